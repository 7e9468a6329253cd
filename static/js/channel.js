// <channel-posts data-channel="3" data-said="A new post">: the posts as they are now, without a reload. What is new is read
// from the page itself, so a post looks the same whichever way it came.
import { feed } from "./feed.js";

const NEWS = ["post_published", "post_changed", "post_recalled"];

class ChannelPosts extends HTMLElement {
  connectedCallback() {
    this.hear = ({ type, detail }) => this.heard(type, detail);
    for (const type of NEWS) feed.addEventListener(type, this.hear);
    feed.addEventListener("resync", this.hear);
    feed.start();
  }

  disconnectedCallback() {
    for (const type of [...NEWS, "resync"]) feed.removeEventListener(type, this.hear);
  }

  async heard(type, detail) {
    if (type !== "resync" && String(detail.channel) !== this.dataset.channel) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.count(page);
    const fresh = page.querySelector("channel-posts");
    if (!fresh || this.contains(document.activeElement?.closest("details[open]"))) return;
    this.replaceChildren(...fresh.children);
    if (type === "post_published") document.dispatchEvent(new CustomEvent("portal:toast", { detail: this.dataset.said }));
  }

  // The page was read as it was drawn, so its menu has the number without these posts.
  count(page) {
    const [place, count] = ["channels:list", Number(page.querySelector('ui-count[place="channels:list"] > span')?.textContent)];
    document.dispatchEvent(new CustomEvent("portal:count", { detail: { place, count } }));
  }
}

customElements.define("channel-posts", ChannelPosts);
