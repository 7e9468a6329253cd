// <ui-count place="chats:list"><span>3</span></ui-count>: the number beside a line of the menu, kept fresh by
// document.dispatchEvent(new CustomEvent("portal:count", {detail: {place: "chats:list", count: 4}})).
class Count extends HTMLElement {
  connectedCallback() {
    this.hear = ({ detail }) => {
      if (detail.place !== this.getAttribute("place")) return;
      this.firstElementChild.textContent = detail.count;
      this.hidden = !detail.count;
    };
    document.addEventListener("portal:count", this.hear);
  }

  disconnectedCallback() {
    document.removeEventListener("portal:count", this.hear);
  }
}

customElements.define("ui-count", Count);
