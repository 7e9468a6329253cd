// <ui-menu><details>…</details></ui-menu>: closes on Escape, on a click outside and when another one opens.
// A `.menu__list` is lifted to the top layer, so that a table that scrolls does not cut it.
const GAP = 4;

class Menu extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    if (!this.details) return;
    this.outside = (event) => {
      if (this.details.open && !this.contains(event.target)) this.details.open = false;
    };
    this.scrolled = (event) => {
      if (this.details.open && this.list?.matches(":popover-open") && !this.contains(event.target)) this.details.open = false;
    };
    document.addEventListener("click", this.outside);
    document.addEventListener("focusin", this.outside);
    document.addEventListener("scroll", this.scrolled, { capture: true, passive: true });
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.list = this.querySelector(".menu__list");
    if (!this.list?.showPopover) return;
    this.list.popover = "manual";
    this.details.addEventListener("toggle", () => (this.details.open ? this.lift() : this.list.hidePopover()));
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.outside);
    document.removeEventListener("focusin", this.outside);
    document.removeEventListener("scroll", this.scrolled, { capture: true });
  }

  pressed(event) {
    if (!this.details.open) return;
    if (event.key === "Escape") {
      this.details.open = false;
      this.details.querySelector("summary").focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const items = [...this.querySelectorAll(".menu__item, .places__item:not(summary)")];
      const step = event.key === "ArrowDown" ? 1 : -1;
      items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
    }
  }

  lift() {
    this.list.showPopover();
    const button = this.details.querySelector("summary").getBoundingClientRect();
    const { width, height } = this.list.getBoundingClientRect();
    const below = button.bottom + GAP;
    const above = button.top - GAP - height;
    const top = below + height <= innerHeight || above < 0 ? below : above;
    const start = this.list.matches(".menu__list--start") ? button.left : button.right - width;
    const left = Math.max(GAP, Math.min(start, innerWidth - width - GAP));
    Object.assign(this.list.style, { position: "fixed", margin: 0, inset: `${top}px auto auto ${left}px` });
  }
}

customElements.define("ui-menu", Menu);
