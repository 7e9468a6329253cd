// <ui-menu><details>…</details></ui-menu>: closes on Escape, on a click outside and when another one opens.
class Menu extends HTMLElement {
  connectedCallback() {
    const details = this.querySelector("details");
    if (!details) return;
    this.outside = (event) => {
      if (details.open && !this.contains(event.target)) details.open = false;
    };
    document.addEventListener("click", this.outside);
    document.addEventListener("focusin", this.outside);
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !details.open) return;
      details.open = false;
      details.querySelector("summary").focus();
    });
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.outside);
    document.removeEventListener("focusin", this.outside);
  }
}

customElements.define("ui-menu", Menu);
