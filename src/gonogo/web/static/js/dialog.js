// Native <dialog>s: opened by data-open="id", closed by Esc, a click on the backdrop, or data-close.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.open)?.showModal();
    opener.closest("details[data-menu]")?.removeAttribute("open");
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && outside(event.target, event)) event.target.close();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  menu?.removeAttribute("open");
  menu?.querySelector("summary").focus();
});

function outside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

// A second click must not post twice; the button is given back when the browser restores the page.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  const pressed = event.submitter;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
  requestAnimationFrame(() => pressed?.setAttribute("aria-disabled", "true"));
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
