// The settings page: controls that save themselves, changes by others shown where they are, keys for hands that stay
// on the keyboard. Without it the same forms are sent by hand.
import { SettingsLink } from "./settings-link.js";
import { ago, serverNow } from "./clock.js";
import { refresh } from "./live.js";
import { toast } from "./toast.js";

const place = document.getElementById("settings-version");
const environment = place?.dataset.environment ?? "default";
const AWAY = "The server can't be reached. Nothing was changed.";
const DECK_EVERY = 10_000; // ms
const IMMEDIATE = new Set(["switch", "slider", "select"]);

const rowOf = (element) => element.closest?.("[data-setting]");
const findRow = (key) => document.querySelector(`[data-setting="${CSS.escape(key)}"]`);
const input = (row) => row.querySelector("[data-input]");
const address = (key, move = "") => `/api/settings/${encodeURIComponent(key)}${move}?environment=${encodeURIComponent(environment)}`;

// ——— what a control shows and means ———

function read(row) {
  const field = input(row);
  switch (row.dataset.control) {
    case "switch": return field.checked;
    case "slider":
    case "number": return field.value.trim() === "" || Number.isNaN(Number(field.value)) ? field.value : Number(field.value);
    case "select": return JSON.parse(field.selectedOptions[0].dataset.json);
    case "json": return JSON.parse(field.value);
    default: return field.value;
  }
}

function show(row, value) {
  const field = input(row);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  switch (row.dataset.control) {
    case "switch": field.checked = value === true; break;
    case "slider": row.querySelector("[data-slider]").value = text; field.value = text; break;
    case "color": row.querySelector("[data-swatch]").value = widen(text); field.value = text; break;
    case "json": field.value = JSON.stringify(value, null, 2); break;
    case "secret": field.value = ""; break;
    default: field.value = text;
  }
  setDirty(row, false);
}

function widen(text) {
  const digits = text.replace("#", "").toLowerCase();
  return `#${(digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits).slice(0, 6)}`;
}

function isDirty(row) {
  if (row.dataset.control === "secret") return input(row).value !== "";
  try {
    return JSON.stringify(read(row)) !== JSON.stringify(JSON.parse(row.dataset.value));
  } catch {
    return true; // half-written JSON
  }
}

function setDirty(row, dirty) {
  row.classList.toggle("is-dirty", dirty);
}

function tell(row, text, news = false) {
  const told = row.querySelector("[data-told]");
  if (told.textContent !== text) told.textContent = text;
  told.classList.toggle("is-news", news);
  told.parentElement.title = text || told.parentElement.querySelector(".setting-description").textContent;
}

// ——— a new value, whoever made it ———

function take(row, change) {
  const edited = row.classList.contains("is-dirty") && !row.dataset.saving;
  const same = JSON.stringify(change.value) === row.dataset.value;
  if (same && !change.by) return; // of a snapshot: nothing happened to this one
  row.dataset.value = JSON.stringify(change.value);
  markModified(row, row.dataset.control === "secret" ? true : JSON.stringify(JSON.parse(row.dataset.default)) !== row.dataset.value);
  if (edited) tell(row, `${change.by || "Somebody"} set it to ${row.dataset.value} meanwhile; yours is not saved yet.`, true);
  else {
    show(row, change.value);
    tell(row, "");
    row.classList.remove("has-problem");
  }
  if (change.by) markWho(row, change.by, change.at);
  if (!same && change.by) flash(row);
}

function markModified(row, modified) {
  row.classList.toggle("is-modified", modified);
  row.querySelector("[data-state]").textContent = modified ? "Modified" : "Default";
  row.querySelector("[data-reset]")?.toggleAttribute("disabled", !modified);
}

function markWho(row, by, at) {
  const when = document.createElement("time");
  when.dateTime = at;
  when.dataset.ago = "";
  when.title = at;
  when.textContent = ago(serverNow() - Date.parse(at));
  row.querySelector("[data-who]").replaceChildren(`${by}, `, when);
}

function flash(row) {
  row.classList.remove("is-live");
  void row.offsetWidth; // restarts the animation
  row.classList.add("is-live");
}

function hear(changes, version) {
  for (const change of changes) {
    const row = findRow(change.key);
    if (row) take(row, change);
  }
  if (!place) return;
  place.dataset.version = version;
  if (!place.hidden) place.textContent = version;
}

// ——— saving ———

async function send(method, target, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID?.() ?? String(Math.random()) };
  const answer = await fetch(target, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  if (!answer.ok) throw new Error(told.detail ?? `The server answered ${answer.status}.`);
  return told;
}

async function change(row, method, body) {
  row.dataset.saving = "yes";
  try {
    const { data } = await send(method, address(row.dataset.setting), body);
    delete row.dataset.saving;
    take(row, { value: data.value, by: data.updated_by, at: data.updated_at });
    const version = row.querySelector("input[name=version]");
    if (version) version.value = data.version;
  } catch (problem) {
    delete row.dataset.saving;
    refuse(row, problem);
  }
}

function refuse(row, problem) {
  const away = problem instanceof TypeError;
  const text = away ? AWAY : problem.message.replace(`'${row.dataset.setting}' `, "It ");
  if (IMMEDIATE.has(row.dataset.control)) show(row, JSON.parse(row.dataset.value));
  tell(row, text);
  toast(text);
}

function save(row) {
  let value;
  try {
    value = read(row);
  } catch (problem) {
    return tell(row, `This is not JSON: ${problem.message}`);
  }
  if (JSON.stringify(value) === row.dataset.value && row.dataset.control !== "secret") return setDirty(row, false);
  return change(row, "PUT", { value });
}

function checkJson(row) {
  const field = input(row);
  try {
    JSON.parse(field.value);
    field.removeAttribute("aria-invalid");
    tell(row, "");
  } catch (problem) {
    field.setAttribute("aria-invalid", "true");
    tell(row, `This is not JSON: ${problem.message}`);
  }
}

document.addEventListener("input", (event) => {
  const row = rowOf(event.target);
  if (!row) return;
  if (event.target.matches("[data-slider], [data-swatch]")) input(row).value = event.target.value;
  else if (row.dataset.control === "slider") row.querySelector("[data-slider]").value = event.target.value;
  if (row.dataset.control === "json") checkJson(row);
  if (!IMMEDIATE.has(row.dataset.control)) setDirty(row, isDirty(row));
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) return event.target.form.submit();
  const row = rowOf(event.target);
  if (row && (IMMEDIATE.has(row.dataset.control) || event.target.matches("[data-swatch]"))) save(row);
});

// Ahead of the page's own handler, which would lock the form for a request that never leaves.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const row = rowOf(form);
  if (form.matches("[data-move]")) move(form);
  else if (!row) return;
  else if (form.querySelector("[data-reset]")) change(row, "DELETE");
  else save(row);
  event.preventDefault();
  event.stopPropagation();
}, true);

async function move(form) {
  try {
    const answer = await send("POST", form.dataset.api, JSON.parse(form.dataset.body));
    const count = answer.data?.changed;
    toast(typeof count === "number" ? `${form.dataset.done} ${count} settings changed.` : form.dataset.done, "go");
    if (!form.closest("#drawer")) return location.reload();
    form.closest("dialog").close();
  } catch (problem) {
    toast(problem instanceof TypeError ? AWAY : problem.message);
  }
}

// ——— keyboard: e edits, r resets, h opens the history of the row that j and k have reached ———

const current = () => document.querySelector("[data-setting].is-current");
const keys = {
  e: (row) => {
    input(row).focus();
    input(row).select?.();
  },
  r: (row) => row.querySelector("[data-reset]:not([disabled])")?.click(),
  h: (row) => row.querySelector("[data-history]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches("[data-input], [data-slider]")) return leave(event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const row = rowOf(event.target) ?? current();
  if (!row || !keys[event.key] || event.defaultPrevented) return;
  event.preventDefault();
  keys[event.key](row);
});

function leave(field) {
  const row = rowOf(field);
  show(row, JSON.parse(row.dataset.value));
  tell(row, "");
  row.querySelector(".setting-name").focus();
}

// ——— live ———

// A refusal, or its end, has no new value to tell of: its row is asked for again. A new catalog changes the list itself.
document.addEventListener("gonogo:event", ({ detail }) => {
  if (detail.name === "setting.reload_failed" || detail.name === "setting.mended") renew(detail.subject);
  if (detail.name === "setting.declared") relist();
});
document.addEventListener("gonogo:reconnected", () => {
  for (const row of document.querySelectorAll(".setting.has-problem")) renew(row.dataset.setting);
});

async function renew(key) {
  const row = findRow(key);
  if (!row || row.classList.contains("is-dirty")) return;
  const answer = await fetch(`/settings/${encodeURIComponent(key)}/row?env=${encodeURIComponent(environment)}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || !row.isConnected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-setting]");
  const wasCurrent = row.classList.contains("is-current");
  row.replaceWith(fresh);
  fresh.classList.toggle("is-current", wasCurrent);
  window.htmx.process(fresh);
}

function relist() {
  const body = document.getElementById("settings-body");
  if (body && !body.querySelector(".is-dirty")) window.htmx.ajax("GET", location.pathname + location.search, { target: body, swap: "innerHTML" });
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "drawer-body") document.getElementById("drawer-body").replaceChildren();
});

// Reads and clients change without an event to tell of it. While the link is down there is nobody to ask.
const deck = document.getElementById("settings-deck");
if (deck) setInterval(() => !document.hidden && !document.documentElement.classList.contains("is-stale") && refresh(deck), DECK_EVERY);

document.querySelector(".settings-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// The page is as old as its version; the link begins there, so nothing between falls through.
if (place) new SettingsLink(place.dataset.version === "" ? null : Number(place.dataset.version), environment, hear);
