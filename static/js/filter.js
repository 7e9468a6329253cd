// <ui-filter target="id">: a search field over the rows of a table or the items of a list that is already on the page.
// е = ё; words in any order; Latin look-alikes; and what was typed with the wrong keyboard layout is understood.
const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё";
const LOOK_ALIKE = { a: "а", b: "в", c: "с", e: "е", h: "н", k: "к", m: "м", o: "о", p: "р", t: "т", x: "х", y: "у" };

const swap = (text, from, to) => [...text].map((letter) => to[from.indexOf(letter)] ?? letter).join("");
const fold = (text) => text.toLowerCase().replaceAll("ё", "е").replace(/[«»"]/g, "").replace(/\s+/g, " ").trim();
const alike = (text) => [...text].map((letter) => LOOK_ALIKE[letter] ?? letter).join("");

export function readings(query) {
  const typed = query.toLowerCase();
  const all = [typed, swap(typed, LATIN, CYRILLIC), swap(typed, CYRILLIC, LATIN)];
  return [...new Set([...all.map(fold), alike(fold(typed))])].filter(Boolean);
}

export function matches(text, query) {
  const whole = fold(text);
  const places = [whole, alike(whole)];
  const variants = readings(query);
  if (!variants.length) return true;
  return variants.some((variant) => variant.split(" ").every((word) => places.some((place) => place.includes(word))));
}

class Filter extends HTMLElement {
  connectedCallback() {
    if (this.field) return;
    const label = document.createElement("label");
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = this.dataset.label;
    this.field = document.createElement("input");
    Object.assign(this.field, { type: "search", className: "input", placeholder: this.dataset.label, autocomplete: "off" });
    label.append(words, this.field);
    this.found = document.createElement("output");
    this.append(label, this.found);
    this.field.addEventListener("input", () => this.apply());
    document.addEventListener("htmx:afterSwap", () => this.apply());
  }

  apply() {
    const target = document.getElementById(this.getAttribute("target"));
    const rows = target ? [...target.querySelectorAll(target.matches("table") ? "tbody > tr" : ":scope > *")] : [];
    const query = this.field.value;
    for (const row of rows) row.hidden = !matches(row.textContent, query);
    const left = rows.filter((row) => !row.hidden).length;
    this.found.textContent = !query.trim() ? "" : left ? `${this.dataset.found} ${left}` : this.dataset.none;
  }
}

customElements.define("ui-filter", Filter);
