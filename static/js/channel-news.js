// The number beside «Каналы» in the menu while a page is open. It opens no socket of its own: it hears what a page hears
// that has the feed. A new post is one more; what may be less is asked, each page at its own moment, so that a recalled
// post does not bring every reader of a school to the server in one second. An open channel counts by itself.
import { feed } from "./feed.js";

const PLACE = "channels:list";
const WITHIN = 5_000;

const shown = () => Number(document.querySelector(`ui-count[place="${PLACE}"] > span`)?.textContent);
const show = (count) => document.dispatchEvent(new CustomEvent("portal:count", { detail: { place: PLACE, count } }));
const isOpen = ({ channel }) => document.querySelector(`channel-posts[data-channel="${Number(channel)}"]`);

async function ask() {
  const answer = await fetch("/api/v1/channels/", { headers: { Accept: "application/json" } });
  if (answer.ok) show((await answer.json()).reduce((sum, { unread }) => sum + unread, 0));
}

feed.addEventListener("post_published", ({ detail }) => isOpen(detail) || show(shown() + 1));
feed.addEventListener("posts_read", ({ detail }) => isOpen(detail) || ask());
feed.addEventListener("post_recalled", ({ detail }) => isOpen(detail) || (shown() && setTimeout(ask, Math.random() * WITHIN)));
feed.addEventListener("resync", () => setTimeout(ask, Math.random() * WITHIN));
