// <ui-copy data-label="…" data-done="…"><input readonly></ui-copy>: adds the button that copies the value.
class Copy extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input, textarea");
    if (!field || this.button) return;
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "button";
    this.button.textContent = this.dataset.label;
    this.button.addEventListener("click", () => this.copy(field));
    field.addEventListener("focus", () => field.select());
    this.append(this.button);
  }

  async copy(field) {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      document.execCommand("copy");
    }
    this.button.textContent = this.dataset.done;
    document.dispatchEvent(new CustomEvent("portal:toast", { detail: this.dataset.done }));
    setTimeout(() => { this.button.textContent = this.dataset.label; }, 2000);
  }
}

customElements.define("ui-copy", Copy);
