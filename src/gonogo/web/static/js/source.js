// Side by side: pointing at a line shows what was understood of it, and the other way round.
function lit(line, on) {
  for (const part of document.querySelectorAll(`[data-line="${line}"]`)) part.classList.toggle("is-lit", on);
}

for (const kind of ["pointerover", "pointerout"]) {
  document.addEventListener(kind, (event) => {
    const part = event.target.closest?.("[data-line]");
    if (part) lit(part.dataset.line, kind === "pointerover");
  });
}

const current = document.querySelector("[data-scroll-here]");
current?.scrollIntoView({ block: "center" });
