// What allauth's scripts for passkeys leave out: a browser without them, and a word when a key did not work.
const failed = document.querySelector("[data-key-failed]");

if (!window.PublicKeyCredential) {
  for (const button of document.querySelectorAll("[data-needs-key]")) button.hidden = true;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  if (!failed) return;
  const button = document.querySelector("[data-needs-key]");
  let line = document.querySelector("#key-failed");
  if (!line) {
    line = document.createElement("p");
    line.id = "key-failed";
    line.className = "field__error";
    line.setAttribute("role", "alert");
    (button ?? failed).after(line);
  }
  line.textContent = failed.dataset.keyFailed;
});
