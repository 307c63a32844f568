// One WebSocket a tab. It carries names and sequence numbers, never HTML: a part of the page whose topic was named asks
// for its own, authorised fragment again (hx-trigger="live").
const WAIT = 12; // ms: events closer together than this become one refresh of a part
const FIRST = 400; // ms before the first attempt to reconnect
const LONGEST = 5_000; // ms between attempts, whatever happens
const SAMPLES = 5_000; // ms between looks of a part that draws samples
const SILENCE = 45_000; // ms without a word (heartbeats included) after which the link counts as dead

const state = document.getElementById("link-state");
let socket = null;
let sequence = Number(document.querySelector('meta[name="last-seq"]')?.content) || null; // what the page has seen already
let failures = 0;
let staleSince = null;
let subscribed = "";
let watchdog = 0;
let leaving = false;

const parts = () => [...document.querySelectorAll("[data-live]")];
const wanted = (part) => part.dataset.live.split(/\s+/).filter(Boolean);

function topics() {
  const named = new Set(parts().flatMap(wanted));
  return named.has("*") ? "*" : [...named].sort().join(",");
}

function show(link, text, title = "") {
  if (!state) return;
  state.dataset.link = link;
  state.title = title;
  state.querySelector("[data-link-text]").textContent = text;
  document.documentElement.classList.toggle("is-stale", link === "stale");
}

const waiting = new WeakMap();
const asked = new WeakMap(); // part → when it last asked

// A part with data-pace (ms) asks no more often than that, however fast its events come.
export function refresh(part) {
  if (waiting.has(part)) return;
  const rest = (asked.get(part) ?? -Infinity) + Number(part.dataset.pace ?? 0) - performance.now();
  waiting.set(part, setTimeout(() => {
    waiting.delete(part);
    asked.set(part, performance.now());
    if (part.isConnected) window.htmx.trigger(part, "live");
  }, Math.max(WAIT, rest)));
}

function deliver(event) {
  const noun = event.name.split(".")[0];
  const named = new Set([noun, `${noun}:${event.subject}`, "*"]);
  for (const part of parts()) {
    // A passing notice (no place in the log) changes nothing that is kept; only who asks for notices is told.
    if (event.seq === null && !part.hasAttribute("data-notices")) continue;
    if (wanted(part).some((topic) => named.has(topic))) refresh(part);
  }
  document.dispatchEvent(new CustomEvent("gonogo:event", { detail: event }));
}

function hear(message) {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => socket?.close(), SILENCE);
  const event = JSON.parse(message.data);
  if (event.type === "hello") greet(event);
  else if (event.type === "reset") reset(event);
  else if (event.type === "event") {
    if (event.seq) sequence = Math.max(sequence ?? 0, event.seq);
    deliver(event);
  }
}

// Too far behind to be told every event: everything is asked for once.
function reset(event) {
  sequence = event.seq;
  parts().forEach(refresh);
}

function greet(event) {
  failures = 0;
  if (sequence === null) reset(event); // the page can't tell what it has missed since it was made
  else parts().filter((part) => part.hasAttribute("data-notices")).forEach(refresh); // notices before now are told by nobody
  show("live", "Live", "Changes show up here by themselves.");
  if (staleSince) {
    staleSince = null;
    parts().forEach(refresh);
    document.dispatchEvent(new CustomEvent("gonogo:reconnected"));
  }
}

function lose() {
  clearTimeout(watchdog);
  socket = null;
  if (leaving) return;
  staleSince ??= new Date();
  const time = staleSince.toTimeString().slice(0, 8);
  show("stale", `Stale since ${time}`, "The link to the server is down; the page shows what was true then. Trying again.");
  const ceiling = Math.min(LONGEST, FIRST * 2 ** failures++);
  setTimeout(connect, ceiling / 2 + (Math.random() * ceiling) / 2);
}

function connect() {
  subscribed = topics();
  if (!subscribed) return show("idle", "Static", "Nothing on this page changes by itself.");
  const address = new URL("/api/events/ws", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("topics", subscribed);
  if (sequence !== null) address.searchParams.set("since", sequence);
  socket = new WebSocket(address);
  socket.addEventListener("message", hear);
  socket.addEventListener("close", lose, { once: true });
}

// While the link is down no part asks. One that was asking as it broke says nothing of it: all ask again when it is back.
const isAsking = ({ elt, requestConfig }) => elt.matches("[data-live]") && requestConfig.verb === "get";
document.addEventListener("htmx:beforeRequest", (event) => {
  if (staleSince && isAsking(event.detail)) event.preventDefault();
});
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (isAsking(detail)) detail.error = null; // htmx writes to the console what stands here, else the error's name
});
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  delete detail.error; // the server has answered: from here on a fault is told
});

// A swapped-in part may listen to topics that this link never asked for.
document.addEventListener("htmx:afterSettle", () => {
  if (socket?.readyState !== WebSocket.OPEN || topics() === subscribed) return;
  socket.removeEventListener("close", lose);
  socket.close();
  connect();
});
addEventListener("pagehide", () => {
  leaving = true;
  socket?.close();
});
addEventListener("pageshow", (event) => {
  leaving = false;
  if (event.persisted) connect();
});
addEventListener("online", () => {
  if (!socket) connect();
});

// Samples come without events; a part that draws some looks again while somebody can see it. Those with data-told have events.
setInterval(() => {
  if (document.hidden || !socket) return;
  for (const part of parts()) if (part.querySelector("[data-points]:not([data-told])")) refresh(part);
}, SAMPLES);

connect();
