// Live parts are replaced while somebody reads, types or has a menu open. This keeps their place.
const shown = new Map(); // part id → the server's last HTML, to leave an unchanged part alone

const isBusy = (part) => {
  const active = document.activeElement;
  if (part.querySelector("dialog[open]")) return true;
  return part.contains(active) && active.matches("input, textarea, select") && (active.value ?? "") !== (active.defaultValue ?? "");
};

function key(part) {
  return part.id || part.getAttribute("hx-get");
}

function keepPlace(part) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const mark = focused && (focused.id ? `#${CSS.escape(focused.id)}` : focused.getAttribute("href") && `a[href="${CSS.escape(focused.getAttribute("href"))}"]`);
  const open = [...part.querySelectorAll("details[open][id]")].map((details) => details.id);
  const scrolled = [...part.querySelectorAll("[data-keep-scroll][id]")].map((box) => [box.id, box.scrollTop, box.scrollLeft]);
  const rows = [...part.querySelectorAll("[data-row].is-current[id]")].map((row) => row.id);
  return () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    for (const [id, top, left] of scrolled) document.getElementById(id)?.scrollTo(left, top);
    for (const id of rows) document.getElementById(id)?.classList.add("is-current");
    if (mark) document.querySelector(mark)?.focus({ preventScroll: true });
  };
}

const restores = [];

function guard(event, part, html) {
  if (isBusy(part)) {
    event.detail.shouldSwap = false;
    part.addEventListener("focusout", () => window.htmx.trigger(part.closest("[data-live]"), "live"), { once: true });
    return;
  }
  if (shown.get(key(part)) === html) event.detail.shouldSwap = false;
  else {
    shown.set(key(part), html);
    restores.push(keepPlace(part));
  }
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.target.matches("[data-live]") || event.detail.requestConfig.verb !== "get") return;
  if (event.detail.xhr.status === 200 && event.detail.target.getAttribute("hx-swap") !== "none") {
    guard(event, event.detail.target, event.detail.serverResponse);
  }
});
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const content = event.detail.fragment.firstElementChild?.outerHTML ?? "";
  guard(event, event.detail.target, content);
});
document.addEventListener("htmx:afterSettle", () => {
  while (restores.length) restores.pop()();
});
