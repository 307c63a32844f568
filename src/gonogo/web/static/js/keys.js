// Keyboard first: j/k walk the rows, Enter opens one, g-then-letter goes to a room, ? explains.
let prefix = null;

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("is-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
  all[at]?.classList.remove("is-current");
  next.classList.add("is-current");
  const stop = next.matches("a, button") ? next : next.querySelector("a, button, summary");
  stop?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function go(letter) {
  const link = document.querySelector(`a[data-key="${CSS.escape(letter)}"]`);
  if (link) location.assign(link.href);
}

// A letter on a button presses it: in the row that is walked to, in the first row of a review, or the only one there is.
function press(letter) {
  const place = document.querySelector("[data-row].is-current") ?? document.querySelector("[data-review] [data-row]");
  const button = `[data-press="${CSS.escape(letter)}"]`;
  const all = document.querySelectorAll(button);
  const found = place?.querySelector(button) ?? (all.length === 1 ? all[0] : null);
  found?.click();
  return found !== null && found !== undefined;
}

const single = {
  j: () => walk(1),
  k: () => walk(-1),
  t: () => window.gonogoTheme.toggle(),
  "?": () => document.getElementById("shortcuts")?.showModal(),
  "/": () => document.querySelector("input[type=search]")?.focus(),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    document.getElementById("palette")?.showModal();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (prefix) {
    clearTimeout(prefix);
    prefix = null;
    return go(event.key);
  }
  if (event.key === "g") {
    prefix = setTimeout(() => (prefix = null), 1500);
    return;
  }
  const act = single[event.key];
  if (!act) {
    if (event.key.length === 1 && press(event.key)) event.preventDefault();
    return;
  }
  event.preventDefault();
  act();
});
