// Shift-click selects everything between two boxes of a list, as in a mailbox.
let last = null;

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-batch] .batch-box");
  if (!box) return;
  const all = [...box.closest("[data-batch]").querySelectorAll(".batch-box")];
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) for (const each of all.slice(from, to + 1)) each.checked = box.checked;
  last = box;
});
