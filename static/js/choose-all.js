// <ui-choose-all data-label="…" data-chosen="…"> around a form with checkboxes in a table: one box for all, and the count.
class ChooseAll extends HTMLElement {
  connectedCallback() {
    const corner = this.querySelector("thead [data-choose-all]");
    if (!corner || this.all) return;
    this.all = document.createElement("input");
    this.all.type = "checkbox";
    this.all.setAttribute("aria-label", this.dataset.label);
    corner.append(this.all);
    this.addEventListener("change", (event) => this.changed(event));
    this.tell();
  }

  boxes() {
    return [...this.querySelectorAll("tbody tr:not([hidden]) input[type=checkbox]:not(:disabled)")];
  }

  changed(event) {
    if (event.target === this.all) this.boxes().forEach((box) => { box.checked = this.all.checked; });
    this.tell();
  }

  tell() {
    const boxes = this.boxes();
    const chosen = boxes.filter((box) => box.checked).length;
    this.all.checked = chosen > 0 && chosen === boxes.length;
    this.all.indeterminate = chosen > 0 && chosen < boxes.length;
    const output = this.querySelector("output[data-chosen]");
    if (output) output.textContent = chosen ? `${this.dataset.chosen} ${chosen}` : "";
  }
}

customElements.define("ui-choose-all", ChooseAll);
