// <ui-join-waiting data-url="…" data-code="waiting_for_approval">: when the answer of the address changes, the page is
// loaded anew. Without scripts there is the link «Check now».
const EVERY = 10000;

class JoinWaiting extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.ask(), EVERY);
    this.onshow = () => document.hidden || this.ask();
    document.addEventListener("visibilitychange", this.onshow);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.onshow);
  }

  async ask() {
    if (document.hidden) return;
    try {
      const answer = await fetch(this.dataset.url, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && (await answer.text()) !== this.dataset.code) location.reload();
    } catch {
      // No network: the next tick asks again.
    }
  }
}

customElements.define("ui-join-waiting", JoinWaiting);
