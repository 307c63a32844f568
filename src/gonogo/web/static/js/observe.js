// The charts of one host on one time axis: uPlot, cursors together, changes as marks, a table for who reads instead.
const EVERY = 5_000; // ms between looks while samples come in
const LEFT = 64; // px of every y axis, so that charts and the strip of changes stand under each other
const ROWS = 24; // of the table
const APART = 26; // px between marks of the strip, so that each can be touched
const TOLD = 5; // changes that one mark names
const card = document.querySelector("[data-course]");
const boxes = [...card.querySelectorAll("[data-metrics]")];
const state = card.querySelector("[data-course-state]");
const plots = new Map();
let data = null;
let due = 0;

const paint = (name) => {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
};

const SCALES = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

function tell(value, unit) {
  if (value === null || value === undefined) return "no data";
  if (unit === "%") return `${value.toFixed(value < 10 ? 1 : 0)} %`;
  const [size, letter] = unit.startsWith("B") ? SCALES.find(([least]) => Math.abs(value) >= least) ?? [1, ""] : [1, ""];
  const number = value / size;
  return `${number.toFixed(number < 10 && (letter || !unit) ? 1 : 0)} ${letter}${unit}`.trim();
}

const two = (number) => String(number).padStart(2, "0");

function moment(seconds, span = data.to - data.from) {
  const at = new Date(seconds * 1000);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (span <= 3600) return `${time}:${two(at.getSeconds())}`;
  return span <= 86400 ? time : `${at.getDate()}.${at.getMonth() + 1}. ${time}`;
}

const metrics = (box) => box.dataset.metrics.split(" ").map((name) => data.course[name]);

function columns(box) {
  const series = metrics(box);
  return [series[0].times, ...series.flatMap((one) => [one.avg, one.min, one.max])];
}

function options(box) {
  const unit = metrics(box)[0].unit;
  const top = Number(box.dataset.ceiling) || null;
  const axis = { stroke: paint("--muted"), grid: { stroke: paint("--line"), width: 1 }, ticks: { show: false }, font: "11px sans-serif" };
  const colours = [["--accent", "--accent-soft"], ["--hold", "--hold-soft"]];
  const named = box.dataset.metrics.split(" ").map((name, place) => ({ name, ink: paint(colours[place][0]), soft: paint(colours[place][1]) }));
  return {
    width: box.querySelector(".chart").clientWidth,
    height: 152,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, sync: { key: "observe" } },
    padding: [8, 4, 0, 0],
    scales: { x: { range: () => [data.from, data.to] }, y: { range: (_, __, most) => [0, top ?? Math.max(most * 1.15, unit ? 100 : 1)] } },
    axes: [
      { ...axis, space: 80, size: 24, values: (_, ticks) => ticks.map((tick) => moment(tick)) },
      { ...axis, space: 34, size: LEFT, values: (_, ticks) => ticks.map((tick) => tell(tick, unit)) },
    ],
    series: [{}, ...named.flatMap(({ name, ink, soft }) => [
      { label: name, stroke: ink, width: 1.75, points: { show: false }, gaps: wide },
      { label: `least ${name}`, stroke: "transparent", points: { show: false } },
      { label: `most ${name}`, stroke: "transparent", fill: soft, points: { show: false } },
    ])],
    bands: named.map(({ soft }, place) => ({ series: [place * 3 + 3, place * 3 + 2], fill: soft })),
    hooks: { drawClear: [marks], setCursor: [(plot) => readOut(box, plot.cursor.idx)] },
  };
}

// One sample that came late is no gap; three missing ones are.
function wide(plot, series, first, last, gaps) {
  const [one, two] = plot.data[0];
  const least = 3.5 * Math.abs(plot.valToPos(two, "x", true) - plot.valToPos(one, "x", true));
  return gaps.filter(([from, to]) => to - from > least);
}

function marks(plot) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 4]);
  for (const change of data.changes) {
    const x = Math.round(plot.valToPos(change.at, "x", true)) + 0.5;
    ctx.strokeStyle = paint(change.bad ? "--nogo" : "--accent");
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function readOut(box, index) {
  const line = box.querySelector("[data-readout]");
  const labels = box.dataset.labels.split("|");
  const at = index ?? lastKnown(box);
  line.replaceChildren(...metrics(box).map((one, place) => {
    const words = document.createElement("span");
    words.className = place ? "key-b" : "key-a";
    const when = index === null || index === undefined ? "" : ` at ${moment(one.times[at])}`;
    words.textContent = `${labels[place]} ${tell(one.avg[at], one.unit)}${place ? "" : when}`;
    return words;
  }));
}

function lastKnown(box) {
  const [one] = metrics(box);
  for (let at = one.avg.length - 1; at >= 0; at--) if (one.avg[at] !== null) return at;
  return one.avg.length - 1;
}

// Left and right move one cursor through all charts; Home and End go to the edges, Escape lets go of it.
function byKeyboard(event, box, plot) {
  const last = lastKnown(box);
  const at = plot.cursor.idx ?? last;
  const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
  if (event.key === "Escape") plot.setCursor({ left: -10, top: -10 }, true, true);
  if (next === undefined) return;
  event.preventDefault();
  const index = Math.min(last, Math.max(0, next));
  plot.setCursor({ left: Math.max(0, plot.valToPos(metrics(box)[0].times[index], "x")), top: 10 }, true, true);
}

function draw() {
  for (const box of boxes) {
    const plot = plots.get(box);
    if (plot) {
      plot.setData(columns(box));
      if ((plot.cursor.left ?? -10) < 0) readOut(box, null);
      continue;
    }
    const holder = box.querySelector(".chart");
    const made = new window.uPlot(options(box), columns(box), holder);
    plots.set(box, made);
    holder.onkeydown = (event) => byKeyboard(event, box, made);
    readOut(box, null);
  }
}

function redraw() {
  for (const plot of plots.values()) plot.destroy();
  plots.clear();
  if (data) draw();
}

// Changes that stand too close to be pointed at one by one share a mark.
function gather(width) {
  const groups = [];
  for (const change of data.changes) {
    const left = ((change.at - data.from) / (data.to - data.from)) * width;
    const last = groups.at(-1);
    if (last && left - last.left < APART) last.changes.push(change);
    else groups.push({ left, changes: [change] });
  }
  return groups;
}

function strip() {
  const line = card.querySelector("[data-change-strip]");
  const width = line.clientWidth;
  const shown = gather(width).map(({ left, changes }) => {
    const mark = document.createElement("button");
    const edge = left < width * 0.2 ? " is-early" : left > width * 0.8 ? " is-late" : "";
    mark.type = "button";
    mark.className = `change-mark${changes.some(({ bad }) => bad) ? " is-bad" : ""}${edge}`;
    mark.style.insetInlineStart = `${((left / width) * 100).toFixed(2)}%`;
    const told = changes.slice(0, TOLD).map((change) => `${moment(change.at)} ${change.text}`);
    if (changes.length > TOLD) told.push(`and ${changes.length - TOLD} more`);
    mark.dataset.text = told.join("\n");
    mark.setAttribute("aria-label", told.join("; "));
    return mark;
  });
  if (!shown.length) {
    const none = document.createElement("span");
    none.className = "change-none";
    none.textContent = "nothing was changed in this time";
    shown.push(none);
  }
  if (!line.contains(document.activeElement)) line.replaceChildren(...shown);
}

function table() {
  const all = boxes.flatMap((box) => metrics(box).map((one, place) => ({ one, title: metrics(box).length > 1 ? `${box.dataset.title}, ${box.dataset.labels.split("|")[place]}` : box.dataset.title })));
  const times = all[0].one.times;
  const step = Math.max(1, Math.ceil(times.length / ROWS));
  const head = ["Time", ...all.map(({ title }) => title)].map((text) => cell("th", text, "col"));
  const rows = [];
  for (let at = times.length - 1; at >= 0; at -= step) {
    rows.push(row([cell("th", moment(times[at]), "row"), ...all.map(({ one }) => cell("td", tell(one.avg[at], one.unit)))]));
  }
  const [thead, tbody] = [document.createElement("thead"), document.createElement("tbody")];
  thead.append(row(head));
  tbody.append(...rows);
  card.querySelector("[data-course-table] table").replaceChildren(thead, tbody);
}

function cell(name, text, scope) {
  const made = document.createElement(name);
  made.textContent = text;
  if (scope) made.scope = scope;
  return made;
}

function row(cells) {
  const made = document.createElement("tr");
  made.append(...cells);
  return made;
}

async function load() {
  due = 0;
  const query = new URLSearchParams({ host: card.dataset.host, span: card.dataset.span, points: Math.min(600, Math.max(120, Math.round(card.clientWidth / 3))) });
  try {
    const answer = await fetch(`/observe/course?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    data = (await answer.json()).data;
    draw();
    strip();
    table();
    state.textContent = "";
  } catch (problem) {
    // The link's own mark says since when; what was drawn stays.
    state.textContent = data ? "Not refreshed." : `The charts could not be loaded: ${problem.message}.`;
  }
}

function soon() {
  if (!due && !document.hidden && !document.documentElement.classList.contains("is-stale")) due = setTimeout(load, EVERY);
}

document.addEventListener("gonogo:event", ({ detail }) => {
  const { name, subject } = detail;
  if (name === "host.sampled" ? subject === card.dataset.host : !name.startsWith("host.")) soon();
});
document.addEventListener("gonogo:reconnected", load);
document.addEventListener("visibilitychange", () => document.hidden || soon());
addEventListener("gonogo:theme", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new ResizeObserver(() => {
  for (const [box, plot] of plots) plot.setSize({ width: box.querySelector(".chart").clientWidth, height: plot.height });
}).observe(card);
load();
