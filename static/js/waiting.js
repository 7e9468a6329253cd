// The line at the top while something takes long; a form is sent once; after an error the summary has the focus.
const PATIENCE = 400;
let line;
let timer;

function wait() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    line ??= Object.assign(document.createElement("div"), { className: "waiting" });
    document.body.append(line);
  }, PATIENCE);
}

function done() {
  clearTimeout(timer);
  line?.remove();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.target === "_blank" || form.matches("[data-stays]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  wait();
});

// Back from the browser's memory: the form is fresh again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  done();
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});

document.addEventListener("htmx:beforeRequest", wait);
document.addEventListener("htmx:afterRequest", (event) => {
  done();
  const form = event.target.closest?.("form");
  if (form) delete form.dataset.sent;
});

document.querySelector("[data-focus]")?.focus();
