// <ui-sort><table>…<th data-sort="text|number">…</ui-sort>: the header sorts. A cell's data-value goes before its text.
const collator = new Intl.Collator("ru", { numeric: true, sensitivity: "base" });

class Sort extends HTMLElement {
  connectedCallback() {
    this.querySelectorAll("thead th[data-sort]").forEach((head) => {
      if (head.querySelector("button")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => this.sort(head));
      head.append(button);
    });
  }

  sort(head) {
    const column = [...head.parentElement.children].indexOf(head);
    const down = head.getAttribute("aria-sort") === "ascending";
    const body = this.querySelector("tbody");
    const value = (row) => row.children[column]?.dataset.value ?? row.children[column]?.textContent.trim() ?? "";
    const number = (row) => parseFloat(value(row).replace(/\s/g, "").replace(",", ".")) || 0;
    const compare = head.dataset.sort === "number"
      ? (one, two) => number(one) - number(two)
      : (one, two) => collator.compare(value(one), value(two));
    const rows = [...body.rows].sort((one, two) => (down ? -1 : 1) * compare(one, two));
    body.append(...rows);
    head.parentElement.querySelectorAll("[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  }
}

customElements.define("ui-sort", Sort);
