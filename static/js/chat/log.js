// The messages on the page, by number: drawn in order with days between them, older ones above, unsent ones below.
import { clock, dayName, draw, element, readMark, sameDay } from "./message.js";

const NEAR_END = 120;

export class Log {
  messages = new Map(); // seq → message

  constructor(room, { me, words, readers, read }) {
    Object.assign(this, { room, me, words, firstNew: 0 });
    this.readers = new Map(Object.entries(readers).map(([user, seq]) => [Number(user), seq]));
    this.list = room.querySelector("[data-said]");
    this.scroller = room.querySelector("[data-scroll]");
    this.readBefore = read;
  }

  get last() {
    return Math.max(0, ...this.messages.keys());
  }

  get lastOfOthers() {
    return Math.max(0, ...[...this.messages.values()].filter((one) => one.author.id !== this.me).map((one) => one.seq));
  }

  get first() {
    return Math.min(...this.messages.keys());
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  take(messages) {
    for (const message of messages) this.messages.set(message.seq, message);
  }

  // `start`: the first message that was unread when the page opened gets the line «new».
  markNew() {
    const unread = this.ordered().find((message) => message.seq > this.readBefore && message.author.id !== this.me);
    this.firstNew = unread?.seq ?? 0;
  }

  ordered() {
    return [...this.messages.values()].sort((one, other) => one.seq - other.seq);
  }

  render(unsent = []) {
    const rows = [];
    let before = null;
    for (const message of this.ordered()) {
      if (!before || !sameDay(before.created_at, message.created_at)) rows.push(this.line("said__day", dayName(message.created_at, this.words)));
      if (message.seq === this.firstNew) rows.push(Object.assign(this.line("said__new", this.words.new), { id: "new" }));
      const goesAfter = message.seq === this.firstNew ? null : before;
      rows.push(this.drawn(message, goesAfter));
      before = message;
    }
    for (const entry of unsent) rows.push(this.unsent(entry));
    this.list.replaceChildren(...rows);
  }

  line(kind, text) {
    return element("li", kind, element("span", "", text));
  }

  drawn(message, before) {
    const mine = message.author.id === this.me;
    return draw(message, { mine, before, words: this.words, readers: mine && !message.deleted ? this.readersOf(message) : 0, menu: () => this.room.menuButton(message) });
  }

  unsent(entry) {
    const message = { text: entry.text, created_at: entry.at, author: { id: this.me, name: "" }, reply_to: null };
    const state = entry.refused ? this.words.refused : this.room.isUp ? this.words.sending : this.words.waiting;
    const row = draw(message, { mine: true, before: null, words: this.words, unsent: state });
    if (entry.refused) row.querySelector(".message__body").append(this.room.refusal(entry));
    return row;
  }

  readersOf(message) {
    let count = 0;
    for (const [user, seq] of this.readers) if (seq >= message.seq && user !== this.me) count += 1;
    return count;
  }

  read(user, seq) {
    this.readers.set(user, Math.max(seq, this.readers.get(user) ?? 0));
    for (const message of this.messages.values()) {
      if (message.author.id !== this.me || message.seq > seq || message.deleted) continue;
      const mark = this.list.querySelector(`#m${message.seq} .message__readers`);
      if (mark) mark.textContent = readMark(this.readersOf(message), this.words);
    }
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  toStart() {
    const mark = this.list.querySelector("#new");
    if (mark) mark.scrollIntoView({ block: "start" });
    else this.toEnd();
  }

  // What stands above grows; what the reader looks at stays where it is.
  keepingPlace(change) {
    const { scrollHeight, scrollTop } = this.scroller;
    change();
    this.scroller.scrollTop = scrollTop + this.scroller.scrollHeight - scrollHeight;
  }

  static spoken(message) {
    return `${message.author.name}, ${clock(message.created_at)}: ${message.text}`;
  }
}
