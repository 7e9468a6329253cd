// <ui-dialog><details class="dialog"><summary>…</summary><form class="dialog__body">…</form></details></ui-dialog>
// becomes a modal window. Without this script the details simply open.
class Dialog extends HTMLElement {
  connectedCallback() {
    const details = this.querySelector(":scope > details");
    if (!details || this.window) return;
    const summary = details.querySelector("summary");
    const body = details.querySelector(".dialog__body");
    this.window = document.createElement("dialog");
    this.window.className = "sheet";
    this.window.append(body);
    details.after(this.window);
    const heading = body.querySelector("h1, h2, h3");
    if (heading) {
      heading.id ||= `dialog-${Math.random().toString(36).slice(2)}`;
      this.window.setAttribute("aria-labelledby", heading.id);
    }
    body.querySelectorAll("[data-close]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => this.window.close());
    });
    summary.setAttribute("role", "button");
    summary.setAttribute("aria-haspopup", "dialog");
    summary.addEventListener("click", (event) => {
      event.preventDefault();
      this.window.showModal();
    });
    this.window.addEventListener("click", (event) => {
      if (event.target === this.window) this.window.close();
    });
    if (details.open || body.querySelector("[aria-invalid=true]")) {
      details.open = false;
      this.window.showModal();
    }
  }
}

customElements.define("ui-dialog", Dialog);
