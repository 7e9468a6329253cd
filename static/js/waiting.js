// The line at the top while something takes long; a form is sent once; after an error the summary has the focus.
const PATIENCE = 400;
const FORGOTTEN_AFTER = 10_000; // a POST that answers with a file leaves the page where it is
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

function refresh() {
  done();
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
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
  setTimeout(refresh, FORGOTTEN_AFTER);
});

// Back from the browser's memory: the form is fresh again.
addEventListener("pageshow", (event) => {
  if (event.persisted) refresh();
});

document.addEventListener("htmx:beforeRequest", wait);
document.addEventListener("htmx:afterRequest", (event) => {
  done();
  const form = event.target.closest?.("form");
  if (form) delete form.dataset.sent;
});

document.querySelector("[data-focus]")?.focus();
