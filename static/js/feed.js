// The one WebSocket of a page. `feed` is an EventTarget: an event named after the type of each message ("message",
// "read", "chats_changed" …) with the message as detail, and "up", "down", "resync", "signed-out" about the connection.
const RETRY_FIRST = 500;
const RETRY_LONGEST = 20_000;
const PING_EVERY = 25_000;
const PONG_WITHIN = 10_000;
const CLOSED_SIGNED_OUT = 4401;
const CLOSED_TOO_MANY = 4009;

class Feed extends EventTarget {
  #socket;
  #cursor = "";
  #retry = RETRY_FIRST;
  #timer;
  #ping;
  #pong;
  isUp = false;

  start() {
    if (this.#socket || this.#timer) return;
    addEventListener("online", () => this.#soon(0));
    addEventListener("offline", () => this.#socket?.close());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.#socket) this.#soon(0);
    });
    addEventListener("pageshow", (event) => event.persisted && this.#soon(0));
    this.#connect();
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const since = this.#cursor ? `?since=${encodeURIComponent(this.#cursor)}` : "";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/feed/${since}`);
    this.#socket = socket;
    socket.addEventListener("message", (event) => this.#heard(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => socket === this.#socket && this.#closed(event.code));
  }

  #heard(message) {
    if (message.c) this.#cursor = message.c;
    if (message.type === "pong") return void clearTimeout(this.#pong);
    if (message.type === "hello") return this.#greeted(message.cursor);
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  #greeted(cursor) {
    this.#cursor ||= cursor;
    this.#retry = RETRY_FIRST;
    this.isUp = true;
    clearInterval(this.#ping);
    this.#ping = setInterval(() => this.#ask(), PING_EVERY);
    this.dispatchEvent(new CustomEvent("up"));
  }

  #ask() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send('{"type":"ping"}');
    clearTimeout(this.#pong);
    this.#pong = setTimeout(() => this.#socket?.close(), PONG_WITHIN);
  }

  #closed(code) {
    this.#socket = undefined;
    this.isUp = false;
    clearInterval(this.#ping);
    clearTimeout(this.#pong);
    this.dispatchEvent(new CustomEvent(code === CLOSED_SIGNED_OUT ? "signed-out" : "down"));
    if (code === CLOSED_SIGNED_OUT || code === CLOSED_TOO_MANY) return;
    this.#soon(this.#retry * (0.5 + Math.random()));
    this.#retry = Math.min(this.#retry * 2, RETRY_LONGEST);
  }

  #soon(delay) {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#socket) this.#connect();
    }, delay);
  }
}

export const feed = new Feed();
