// Messages as elements. Everything that people wrote goes in as text, never as markup.
const GOES_ON = 5 * 60_000;
const LINK = /https?:\/\/[^\s<>"«»]+[^\s<>"«».,:;!?)\]}]/g;
// The server's zone, so that a live message and a reloaded one show the same time.
const timeZone = document.documentElement.dataset.zone || undefined;
const format = (locale, parts) => new Intl.DateTimeFormat(locale, { ...parts, timeZone });
const time = format("ru", { hour: "2-digit", minute: "2-digit" });
const day = format("ru", { day: "numeric", month: "long" });
const dayOfYear = format("ru", { day: "numeric", month: "long", year: "numeric" });
const date = format("sv", { year: "numeric", month: "2-digit", day: "2-digit" });
const DAY = 24 * 3600_000;

export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export const sameDay = (one, other) => date.format(new Date(one)) === date.format(new Date(other));
export const clock = (moment) => time.format(new Date(moment));

export function dayName(moment, words) {
  const at = new Date(moment);
  const now = new Date();
  if (sameDay(at, now)) return words.today;
  if (sameDay(at, now - DAY)) return words.yesterday;
  return (date.format(at).slice(0, 4) === date.format(now).slice(0, 4) ? day : dayOfYear).format(at);
}

export function goesOn(message, before) {
  return (
    before &&
    before.author.id === message.author.id &&
    sameDay(before.created_at, message.created_at) &&
    new Date(message.created_at) - new Date(before.created_at) < GOES_ON
  );
}

// The same steady colour as the server's filter `hue`: CRC-32 of the name, modulo 8.
export function hue(name) {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(name)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (~crc >>> 0) % 8;
}

function withLinks(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const link = element("a", "", found[0]);
    Object.assign(link, { href: found[0], rel: "nofollow noopener noreferrer", target: "_blank" });
    parts.push(text.slice(from, found.index), link);
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== "");
}

function quote(reply, words) {
  const link = element(
    "a",
    "message__quote",
    element("span", "message__quoted", reply.author.name),
    element("span", "", reply.deleted ? words.deleted : reply.text),
  );
  link.href = `#m${reply.seq}`;
  return link;
}

// `state` of an unsent message: {words, refused}. `menu` opens what can be done with the message.
export function draw(message, { mine, before, words, readers = 0, menu, unsent }) {
  const item = element("li", "message");
  item.classList.toggle("message--mine", mine);
  item.classList.toggle("message--goes-on", Boolean(goesOn(message, before)));
  item.classList.toggle("message--unsent", Boolean(unsent));
  if (message.seq) item.id = `m${message.seq}`;
  const body = element("div", "message__body");
  if (!mine) body.append(element("span", `message__author message__author--${hue(message.author.name)}`, message.author.name));
  if (message.reply_to && !message.deleted) body.append(quote(message.reply_to, words));
  const text = element("p", "message__text", ...(message.deleted ? [words.deleted] : withLinks(message.text)));
  text.classList.toggle("message__text--deleted", Boolean(message.deleted));
  body.append(text, meta(message, words, mine ? readers : 0, unsent));
  if (menu && !message.deleted) body.append(menu());
  item.append(body);
  return item;
}

export const readMark = (readers, words) => (readers ? ` · ${words.readBy} ${readers}` : "");

function meta(message, words, readers, unsent) {
  const line = element("span", "message__meta");
  if (message.edited_at && !message.deleted) line.append(`${words.edited} `);
  const at = element("time", "", clock(message.created_at));
  at.dateTime = message.created_at;
  line.append(at);
  if (unsent) line.append(` · ${unsent}`);
  else line.append(element("span", "message__readers", readMark(readers, words)));
  return line;
}
