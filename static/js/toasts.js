// <ui-toasts>: short news. Any script: document.dispatchEvent(new CustomEvent("portal:toast", {detail: "…"})).
// A server answer to htmx may say it by the header HX-Trigger: {"portal:toast": "…"}.
const SHOWN_FOR = 7000;

class Toasts extends HTMLElement {
  connectedCallback() {
    this.hear = (event) => this.say(event.detail?.value ?? event.detail);
    document.addEventListener("portal:toast", this.hear);
  }

  disconnectedCallback() {
    document.removeEventListener("portal:toast", this.hear);
  }

  say(text) {
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.append(String(text));
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "✕";
    close.setAttribute("aria-label", this.dataset.close);
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
    this.append(toast);
    let timer = setTimeout(() => toast.remove(), SHOWN_FOR);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), SHOWN_FOR); });
  }
}

customElements.define("ui-toasts", Toasts);
