// The field where a message is written: it grows, Enter sends (where there is a keyboard), it says what is being answered or
// corrected and how much room is left.
const LIMIT = 4000;
const SHOW_LEFT = 500;
const hasKeyboard = matchMedia("(hover: hover) and (pointer: fine)");

export class Composer {
  about = null; // {kind: "reply" | "edit", message}

  constructor(form, words, submit) {
    this.form = form;
    this.words = words;
    this.submit = submit;
    this.text = form.querySelector("[data-text]");
    this.box = form.querySelector("[data-about]");
    this.error = form.querySelector("[data-error]");
    this.left = form.querySelector("[data-left]");
    this.button = form.querySelector("[data-send]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener("input", () => this.fit());
    this.text.addEventListener("keydown", (event) => this.pressed(event));
    form.querySelector("[data-about-close]").addEventListener("click", () => this.forget());
    this.fit();
  }

  pressed(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && hasKeyboard.matches) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && this.about) this.forget();
  }

  fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, innerHeight / 3)}px`;
    const left = LIMIT - [...this.text.value.trim()].length;
    this.left.hidden = left > SHOW_LEFT;
    this.left.classList.toggle("is-over", left < 0);
    this.left.textContent = `${this.words.left} ${left}`;
  }

  send() {
    const text = this.text.value.trim();
    if (!text) return this.text.focus();
    this.say("");
    this.submit(text, this.about);
  }

  clear() {
    this.text.value = "";
    this.forget();
    this.fit();
  }

  fill(text) {
    this.text.value = text;
    this.fit();
    this.text.focus();
  }

  reply(message) {
    this.about = { kind: "reply", message };
    this.show(`${this.words.replyTo}: ${message.author.name}`, message.text);
  }

  edit(message) {
    this.about = { kind: "edit", message };
    this.show(this.words.editing, message.text);
    this.fill(message.text);
  }

  show(title, text) {
    this.box.querySelector("[data-about-title]").textContent = title;
    this.box.querySelector("[data-about-text]").textContent = text;
    this.box.hidden = false;
    const label = this.about.kind === "edit" ? this.words.save : this.words.send;
    this.button.setAttribute("aria-label", label);
    this.text.focus();
  }

  forget() {
    if (this.about?.kind === "edit") this.text.value = "";
    this.about = null;
    this.box.hidden = true;
    this.button.setAttribute("aria-label", this.words.send);
    this.fit();
  }

  say(error) {
    this.error.textContent = error;
    this.error.hidden = !error;
  }
}
