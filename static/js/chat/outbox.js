// What was written and not confirmed yet: kept in the browser, sent one after another with the same client key, so that
// a repeat is harmless. An entry: {key, text, reply, at, refused}.
import { Unreachable } from "./api.js";

const RETRY = 4_000;

export class Outbox {
  #sending = false;
  #timer;

  constructor(name, send, changed) {
    this.name = name;
    this.send = send;
    this.changed = changed;
  }

  get entries() {
    try {
      return JSON.parse(localStorage.getItem(this.name)) ?? [];
    } catch {
      return [];
    }
  }

  #keep(entries) {
    try {
      if (entries.length) localStorage.setItem(this.name, JSON.stringify(entries));
      else localStorage.removeItem(this.name);
    } catch {
      this.unkept = entries; // a browser that keeps nothing: the page at least remembers
    }
    this.changed();
  }

  add(text, reply) {
    const entry = { key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, text, reply, at: new Date().toISOString() };
    this.#keep([...this.entries, entry]);
    this.flush();
    return entry;
  }

  remove(key) {
    this.#keep(this.entries.filter((entry) => entry.key !== key));
  }

  again(key) {
    this.#keep(this.entries.map((entry) => (entry.key === key ? { ...entry, refused: undefined } : entry)));
    this.flush();
  }

  async flush() {
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    try {
      for (let entry = this.#next(); entry; entry = this.#next()) await this.#sendOne(entry);
    } catch {
      this.#timer = setTimeout(() => this.flush(), RETRY);
    } finally {
      this.#sending = false;
    }
  }

  #next() {
    return this.entries.find((entry) => !entry.refused);
  }

  async #sendOne(entry) {
    try {
      await this.send(entry);
      this.remove(entry.key);
    } catch (error) {
      if (error instanceof Unreachable) throw error;
      const refused = error.message || "?";
      this.#keep(this.entries.map((one) => (one.key === entry.key ? { ...one, refused } : one)));
    }
  }
}
