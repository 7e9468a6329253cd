// <chat-list>: the lines of the chats kept fresh by the feed. The server draws them; a message only touches its own line,
// and whatever else happens ("chats_changed", a chat that is not here yet) asks the server for the list again.
import { feed } from "../feed.js";
import { clock } from "./message.js";

const firstWords = (name) => name.split(" ").slice(0, 2).join(" ");

class ChatList extends HTMLElement {
  connectedCallback() {
    this.me = Number(this.dataset.user);
    this.on("message", (message) => this.said(message));
    this.on("read", (read) => read.user === this.me && this.read(read));
    this.on("chats_changed", () => this.refresh());
    this.on("resync", () => this.refresh());
    this.on("message_changed", (message) => this.changed(message));
    this.wasDown = false;
    this.on("down", () => { this.wasDown = true; });
    this.on("up", () => this.wasDown && this.refresh());
    this.addEventListener("htmx:afterSettle", () => this.count());
    feed.start();
  }

  on(type, act) {
    feed.addEventListener(type, (event) => act(event.detail));
  }

  refresh() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => document.dispatchEvent(new Event("chats-changed")), 50);
  }

  row(chat) {
    return this.querySelector(`li[data-chat="${Number(chat)}"]`);
  }

  said(message) {
    const row = this.row(message.chat);
    if (!row) return this.refresh();
    if (message.seq <= Number(row.dataset.last)) return;
    row.dataset.last = message.seq;
    row.querySelector("[data-preview]").textContent = this.preview(message);
    const when = row.querySelector("[data-when]");
    Object.assign(when, { dateTime: message.created_at, textContent: clock(message.created_at) });
    if (message.author.id !== this.me) this.bump(row, 1);
    if (row.parentElement.firstElementChild !== row && !row.contains(document.activeElement)) row.parentElement.prepend(row);
    this.count();
  }

  changed(message) {
    const row = this.row(message.chat);
    if (row && message.partial) return this.refresh();
    if (row && Number(row.dataset.last) === message.seq) row.querySelector("[data-preview]").textContent = this.preview(message);
  }

  preview(message) {
    if (message.deleted) return this.dataset.deleted;
    return `${message.author.id === this.me ? this.dataset.you : firstWords(message.author.name)}: ${message.text.slice(0, 90)}`;
  }

  read({ chat, seq }) {
    const row = this.row(chat);
    if (!row) return;
    this.show(row, Math.max(0, Number(row.dataset.last) - seq));
    this.count();
  }

  bump(row, by) {
    this.show(row, Number(row.querySelector("[data-unread] > span").textContent) + by);
  }

  show(row, unread) {
    const badge = row.querySelector("[data-unread]");
    badge.firstElementChild.textContent = unread;
    badge.hidden = !unread;
  }

  count() {
    const waiting = this.querySelectorAll("li[data-chat]:not([data-muted]) [data-unread]:not([hidden])").length;
    const detail = { place: "chats:list", count: waiting };
    document.dispatchEvent(new CustomEvent("portal:count", { detail }));
  }
}

customElements.define("chat-list", ChatList);
