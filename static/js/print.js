// <ui-print data-label="…">: a button that prints the page. Without scripts the browser's own menu does it.
class Print extends HTMLElement {
  connectedCallback() {
    if (this.firstElementChild) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--primary";
    button.textContent = this.dataset.label;
    button.addEventListener("click", () => window.print());
    this.append(button);
  }
}

customElements.define("ui-print", Print);
