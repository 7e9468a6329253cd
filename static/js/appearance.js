// <ui-appearance>: the theme and low-vision form, without a page load. The cookies are those that the server sets.
const root = document.documentElement;
const YEAR = 365 * 24 * 3600;

function apply(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  root.dataset[name] = value;
  const { theme, vision } = root.dataset;
  const dark = document.getElementById("dark");
  if (theme === "dark") dark.media = "screen";
  else if (theme === "light" || vision === "low") dark.media = "not all";
  else dark.media = "screen and (prefers-color-scheme: dark)";
}

class Appearance extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      const { name, value } = event.submitter ?? {};
      if (name !== "theme") return; // the low-vision version changes the form itself: let the server draw it
      event.preventDefault();
      apply(name, value);
      document.querySelectorAll("ui-appearance button[name=theme]").forEach((button) => {
        button.setAttribute("aria-pressed", String(button.value === value));
      });
    });
  }
}

customElements.define("ui-appearance", Appearance);
