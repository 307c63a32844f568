// The command palette: everything on the page marked data-palette, and what /palette knows (runs, pages), found by letters
// in order.
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = document.getElementById("palette-list");
let choices = [];
let matches = [];
let at = 0;

export function score(text, query) {
  const words = text.toLowerCase();
  let from = 0;
  let total = 0;
  for (const letter of query.toLowerCase().replace(/\s+/g, "")) {
    const found = words.indexOf(letter, from);
    if (found < 0) return -1;
    total += found === from ? 3 : /[\s·/_-]/.test(words[found - 1] ?? " ") ? 2 : 0;
    from = found + 1;
  }
  return total - words.length / 100;
}

function onPage() {
  const seen = new Set();
  const found = [];
  for (const element of document.querySelectorAll("[data-palette]")) {
    const text = element.dataset.palette || element.textContent.trim().replace(/\s+/g, " ");
    if (seen.has(text) || element.offsetParent === null) continue;
    seen.add(text);
    found.push({ text, note: element.matches("a") ? "Page" : "Action", act: () => element.click() });
  }
  return found;
}

async function fromServer() {
  const answer = await fetch("/palette", { headers: { Accept: "application/json" } });
  if (!answer.ok) return [];
  const { data } = await answer.json();
  return data.map(({ text, note, href }) => ({ text, note, act: () => location.assign(href) }));
}

function draw() {
  const query = input.value.trim();
  matches = choices
    .map((choice) => ({ choice, points: query ? score(choice.text, query) : 0 }))
    .filter(({ points }) => points >= 0)
    .sort((one, other) => other.points - one.points)
    .slice(0, 30)
    .map(({ choice }) => choice);
  at = Math.min(at, Math.max(0, matches.length - 1));
  list.replaceChildren(...matches.map(option));
  if (!matches.length) list.append(nothing(query));
  input.setAttribute("aria-activedescendant", matches.length ? `palette-${at}` : "");
}

function option(choice, index) {
  const item = document.createElement("li");
  item.id = `palette-${index}`;
  item.className = "palette-option";
  item.role = "option";
  item.setAttribute("aria-selected", String(index === at));
  const note = document.createElement("span");
  note.className = "note";
  note.textContent = choice.note;
  item.append(choice.text, note);
  item.addEventListener("click", () => pick(index));
  return item;
}

function nothing(query) {
  const item = document.createElement("li");
  item.className = "empty";
  item.role = "option";
  item.setAttribute("aria-disabled", "true");
  item.textContent = `Nothing is called “${query}”.`;
  return item;
}

function pick(index) {
  const choice = matches[index];
  dialog.close();
  choice?.act();
}

function move(step) {
  at = (at + step + matches.length) % Math.max(1, matches.length);
  draw();
  document.getElementById(`palette-${at}`)?.scrollIntoView({ block: "nearest" });
}

async function open() {
  input.value = "";
  at = 0;
  choices = onPage();
  draw();
  try {
    const known = new Set(choices.map(({ text }) => text));
    choices = [...choices, ...(await fromServer()).filter(({ text }) => !known.has(text))];
  } catch {
    return; // offline: what is on the page can still be reached
  }
  draw();
}

if (dialog) {
  new MutationObserver(() => dialog.open && open()).observe(dialog, { attributeFilter: ["open"] });
  input.addEventListener("input", () => {
    at = 0;
    draw();
  });
  input.addEventListener("keydown", (event) => {
    const act = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => pick(at) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
