// <chat-room>: an open chat. Messages are sent by POST and come by the feed; after a break what is missing is asked for by
// the last number. What could not be sent stays in the browser and is sent again with the same key.
import { feed } from "../feed.js";
import { ChatApi, Refused, Unreachable } from "./api.js";
import { Composer } from "./composer.js";
import { Log } from "./log.js";
import { element } from "./message.js";
import { Outbox } from "./outbox.js";

const PAGE = 50;
const READ_AFTER = 700;
const SAY_DOWN_AFTER = 2_500;

class ChatRoom extends HTMLElement {
  isUp = true;

  connectedCallback() {
    const data = JSON.parse(this.querySelector("#room-data").textContent);
    Object.assign(this, { chat: data.chat, me: data.me, words: data.words, may: data.may, readSeq: data.read, hasEarlier: data.earlier });
    const token = this.querySelector("[name=csrfmiddlewaretoken]")?.value ?? document.body.getAttribute("hx-headers")?.match(/: "([^"]+)"/)?.[1] ?? "";
    this.api = new ChatApi(this.dataset.api, token);
    this.log = new Log(this, data);
    this.log.take(data.messages);
    this.isNewest = !data.last || this.log.last >= data.last;
    this.log.markNew();
    this.outbox = new Outbox(`chat:${this.me}:${this.chat}`, (entry) => this.sendEntry(entry), () => this.render());
    this.prepareParts();
    this.listen();
    this.render();
    this.log.toStart();
    this.outbox.flush();
    this.readSoon();
  }

  prepareParts() {
    const form = this.querySelector("[data-composer]");
    if (form) this.composer = new Composer(form, this.words, (text, about) => this.write(text, about));
    this.state = this.querySelector("[data-state]");
    this.menu = this.querySelector("[data-menu]");
    this.down = this.querySelector("[data-down]");
    this.confirm = this.querySelector("[data-confirm]");
    this.menu.addEventListener("click", (event) => this.act(event.target.closest("[data-act]")?.dataset.act));
    this.down.addEventListener("click", () => this.log.toEnd());
    this.log.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.querySelector("[data-earlier] a")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.showEarlier();
    });
    document.addEventListener("visibilitychange", () => this.readSoon());
  }

  listen() {
    const mine = (act) => (event) => event.detail.chat === this.chat && act(event.detail);
    feed.addEventListener("message", mine((message) => this.heard(message)));
    feed.addEventListener("message_changed", mine((message) => this.changed(message)));
    feed.addEventListener("read", mine(({ user, seq }) => this.log.read(user, seq)));
    feed.addEventListener("chats_changed", () => this.check());
    feed.addEventListener("resync", () => this.catchUp(true));
    feed.addEventListener("up", () => this.up());
    feed.addEventListener("down", () => this.downSince());
    feed.addEventListener("signed-out", () => this.tell(this.words.signedOut));
    feed.start();
  }

  // --- what comes ----------------------------------------------------------------------------------------------------

  heard(message) {
    if (!this.isNewest || message.seq <= this.log.last) return;
    if (message.partial || message.seq > this.log.last + 1) return this.catchUp();
    this.add([message]);
  }

  add(messages) {
    const fresh = messages.filter((message) => !this.log.messages.has(message.seq));
    if (!fresh.length) return;
    const stay = this.log.isAtEnd || fresh.some((message) => message.author.id === this.me);
    this.log.take(fresh);
    this.querySelector("[data-empty]")?.remove();
    this.render();
    const others = fresh.filter((message) => message.author.id !== this.me);
    if (stay) this.log.toEnd();
    else this.down.hidden = !others.length;
    if (others.length) this.querySelector("[data-heard]").textContent = Log.spoken(others.at(-1));
    this.readSoon();
  }

  changed(message) {
    if (!this.log.messages.has(message.seq)) return;
    if (message.partial) return this.ask(message.seq);
    this.log.take([message]);
    for (const other of this.log.messages.values()) {
      if (other.reply_to?.id === message.id) Object.assign(other.reply_to, { text: message.text.slice(0, 140), deleted: message.deleted });
    }
    this.render();
  }

  // A message of which not everybody may read all: each one asks for his own.
  async ask(seq) {
    try {
      const page = await this.api.get(`messages/?after=${seq - 1}&limit=1`);
      page.filter((message) => message.seq === seq).forEach((message) => this.changed(message));
    } catch (error) {
      this.failed(error);
    }
  }

  // Everything after the last number; `again` also looks for what was corrected on the page meanwhile.
  async catchUp(again = false) {
    if (!this.isNewest) return;
    this.catching ??= (async () => {
      if (again && this.log.messages.size) this.freshen(await this.api.get(`messages/?before=${this.log.last + 1}&limit=${PAGE}`));
      let page;
      do {
        page = await this.api.get(`messages/?after=${this.log.last}&limit=200`);
        this.add(page);
      } while (page.length === 200);
    })();
    try {
      await this.catching;
    } catch (error) {
      this.failed(error);
    } finally {
      this.catching = undefined;
    }
  }

  freshen(messages) {
    this.log.take(messages);
    this.render();
  }

  up() {
    clearTimeout(this.downTimer);
    this.isUp = true;
    this.tell("");
    this.catchUp(this.wasDown);
    this.wasDown = false;
    this.outbox.flush();
  }

  downSince() {
    this.wasDown = true;
    clearTimeout(this.downTimer);
    this.downTimer = setTimeout(() => {
      this.isUp = false;
      this.tell(this.words.offline);
      this.render();
    }, SAY_DOWN_AFTER);
  }

  // Something about my chats changed: is this one still mine, and may I still write?
  async check() {
    try {
      const now = await this.api.get();
      if (now.may.write !== this.may.write) location.reload();
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error) {
    if (error instanceof Refused && error.status === 404) this.close();
    else if (error instanceof Refused && [401, 403].includes(error.status)) this.tell(this.words.signedOut);
    else if (!(error instanceof Unreachable)) throw error;
  }

  close() {
    const link = Object.assign(element("a", "button", this.words.toChats), { href: this.querySelector(".room__back").href });
    const title = element("h1", "", this.querySelector(".room__title").textContent);
    this.replaceChildren(element("div", "room__gone", title, element("p", "", this.words.gone), link));
  }

  tell(text) {
    this.state.textContent = text;
    this.state.hidden = !text;
  }

  // --- what is said ------------------------------------------------------------------------------------------------

  async write(text, about) {
    if (about?.kind === "edit") return this.correct(about.message, text);
    this.isAtEndAfterSend = true;
    this.composer.clear();
    if (!this.isNewest) {
      await this.outbox.add(text, about?.message.id ?? null);
      return location.assign(location.pathname);
    }
    this.outbox.add(text, about?.message.id ?? null);
    this.log.toEnd();
    return undefined;
  }

  async sendEntry(entry) {
    const sent = await this.api.post("messages/", { text: entry.text, client_key: entry.key, reply_to: entry.reply });
    if (sent.seq > this.log.last + 1) await this.catchUp();
    this.add([sent]);
  }

  async correct(message, text) {
    try {
      this.changed(await this.api.patch(`messages/${message.id}/`, { text }));
      this.composer.clear();
    } catch (error) {
      this.composer.say(error.message || this.words.failed);
    }
  }

  async remove(message) {
    try {
      this.changed(await this.api.delete(`messages/${message.id}/`));
    } catch (error) {
      this.tell(error.message || this.words.failed);
    }
  }

  refusal(entry) {
    const again = Object.assign(element("button", "button button--small button--quiet", this.words.again), { type: "button" });
    const discard = Object.assign(element("button", "button button--small", this.words.discard), { type: "button" });
    again.addEventListener("click", () => this.outbox.again(entry.key));
    discard.addEventListener("click", () => {
      this.outbox.remove(entry.key);
      if (!this.composer.text.value) this.composer.fill(entry.text);
    });
    return element("div", "message__refused", element("p", "", entry.refused), element("div", "actions", discard, again));
  }

  // --- what can be done with a message ------------------------------------------------------------------------------

  menuButton(message) {
    const button = element("button", "message__menu");
    button.type = "button";
    button.setAttribute("aria-label", this.words.actions);
    button.setAttribute("aria-haspopup", "menu");
    button.append(this.querySelector("[data-icons]").content.querySelector("[data-icon=ellipsis]").cloneNode(true));
    button.addEventListener("click", () => this.open(message, button));
    return button;
  }

  open(message, button) {
    this.chosen = message;
    const mine = message.author.id === this.me;
    const shown = { reply: this.may.write, copy: true, edit: mine && this.may.write, delete: mine || this.may.manage };
    for (const item of this.menu.querySelectorAll("[data-act]")) item.hidden = !shown[item.dataset.act];
    this.menu.showPopover();
    const at = button.getBoundingClientRect();
    const { width, height } = this.menu.getBoundingClientRect();
    const top = at.bottom + height + 8 < innerHeight ? at.bottom + 4 : Math.max(8, at.top - height - 4);
    const left = Math.max(8, Math.min(at.right - width, innerWidth - width - 8));
    Object.assign(this.menu.style, { position: "fixed", margin: 0, inset: `${top}px auto auto ${left}px` });
    this.menu.querySelector("[data-act]:not([hidden])").focus();
  }

  async act(what) {
    if (!what) return;
    this.menu.hidePopover();
    const message = this.chosen;
    if (what === "reply") this.composer.reply(message);
    if (what === "edit") this.composer.edit(message);
    if (what === "copy") await navigator.clipboard?.writeText(message.text);
    if (what === "delete") {
      this.confirm.returnValue = "";
      this.confirm.showModal();
      this.confirm.addEventListener("close", () => this.confirm.returnValue === "yes" && this.remove(message), { once: true });
    }
  }

  // --- the page ----------------------------------------------------------------------------------------------------

  render() {
    const atEnd = this.log.isAtEnd;
    this.log.render(this.isNewest ? this.outbox.entries : []);
    if (atEnd) this.log.toEnd();
  }

  scrolled() {
    if (this.log.isAtEnd) {
      this.down.hidden = true;
      this.readSoon();
    }
    if (this.log.scroller.scrollTop < 200 && this.hasEarlier) this.showEarlier();
  }

  async showEarlier() {
    if (this.fetching) return;
    this.fetching = true;
    try {
      const page = await this.api.get(`messages/?before=${this.log.first}&limit=${PAGE}`);
      this.hasEarlier = page.length === PAGE;
      if (!this.hasEarlier) this.querySelector("[data-earlier]")?.remove();
      this.log.keepingPlace(() => {
        this.log.take(page);
        this.render();
      });
    } catch (error) {
      this.failed(error);
    } finally {
      this.fetching = false;
    }
  }

  readSoon() {
    clearTimeout(this.readTimer);
    if (document.hidden || !this.isNewest || !this.log.isAtEnd || this.log.lastOfOthers <= this.readSeq) return;
    this.readTimer = setTimeout(async () => {
      const seq = this.log.last;
      try {
        await this.api.post("read/", { seq });
        this.readSeq = Math.max(this.readSeq, seq);
      } catch (error) {
        this.failed(error);
      }
    }, READ_AFTER);
  }
}

customElements.define("chat-room", ChatRoom);
