// A uPlot chart of one or more series: a threshold as a line, moments as marks, readable by keyboard (arrow keys) and as a table.
const WORDS = 20; // px above a chart for the words of its marks
const held = new Map(); // a box's id → its box, data and plot: who replaces the box keeps the plot, cursor and all

function resolved(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

const script = (() => {
  let loading = null;
  return (address) => (loading ??= new Promise((done, fail) => {
    const tag = document.createElement("script");
    tag.src = address;
    tag.addEventListener("load", done);
    tag.addEventListener("error", fail);
    document.head.append(tag);
  }));
})();

const lines = (data) => data.series ?? [{ unit: data.unit ?? "", tone: "accent", values: data.values }];
const columns = (data) => [data.times, ...lines(data).map((line) => line.values)];
const time = (seconds) => new Date(seconds * 1000).toTimeString().slice(0, 8);

function options(chart) {
  const { box, data } = chart;
  const axis = { stroke: resolved("--muted"), grid: { stroke: resolved("--line"), width: 1 }, ticks: { show: false }, font: "11px sans-serif" };
  const few = (plot) => plot.data[0].length < 30;
  return {
    width: box.clientWidth,
    height: Number(box.dataset.height ?? 150),
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    padding: [data.marks ? WORDS : null, null, null, null],
    scales: { y: { range: (_, low, high) => span(low, high, chart.data.threshold) } },
    axes: [{ ...axis, space: 70, size: 26, values: (_, ticks) => ticks.map(time) }, { ...axis, size: (_, labels) => widest(labels), values: (_, ticks) => ticks.map((tick) => `${tick.toLocaleString()} ${chart.data.unit ?? ""}`.trim()) }],
    series: [{}, ...lines(data).map(({ unit, tone }) => ({ label: unit, stroke: resolved(`--${tone}`), width: 2, fill: resolved(`--${tone}-soft`), dash: tone === "nogo" ? [6, 3] : undefined, points: { show: few, size: 5 } }))],
    hooks: { draw: [(plot) => rule(plot, chart.data.threshold), (plot) => mark(plot, chart.data.marks ?? [])], setCursor: [() => readOut(chart)] },
  };
}

const widest = (labels) => 14 + 6.2 * Math.max(4, ...(labels ?? []).map((label) => label.length));

function span(low, high, threshold) {
  const values = [low, high, threshold].filter((value) => value !== null && value !== undefined);
  const least = Math.min(...values);
  const most = Math.max(...values);
  const air = (most - least || Math.abs(most) || 1) * 0.15;
  return [least >= 0 ? Math.max(0, least - air) : least - air, most + air];
}

function stroke(plot, name, dash, from, to) {
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = resolved(name);
  ctx.setLineDash(dash);
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
  ctx.restore();
}

function rule(plot, threshold) {
  if (threshold === null || threshold === undefined) return;
  const y = Math.round(plot.valToPos(threshold, "y", true));
  const { left, width } = plot.bbox;
  stroke(plot, "--nogo", [6, 5], [left, y], [left + width, y]);
}

// Each moment as an upright line, its words above it on the side that has the room.
function mark(plot, marks) {
  const { ctx, bbox } = plot;
  for (const { at, text } of marks) {
    const x = Math.round(plot.valToPos(at, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    stroke(plot, "--text", [], [x, bbox.top - WORDS * 0.8 * devicePixelRatio], [x, bbox.top + bbox.height]);
    ctx.save();
    ctx.font = `600 ${11 * devicePixelRatio}px sans-serif`;
    ctx.fillStyle = resolved("--text");
    ctx.textBaseline = "bottom";
    ctx.textAlign = x - bbox.left > bbox.width / 2 ? "right" : "left";
    ctx.fillText(` ${text} `, x, bbox.top - 5 * devicePixelRatio);
    ctx.restore();
  }
}

function readOut({ box, data, plot }) {
  const line = box.parentElement.querySelector("[data-readout]");
  const index = plot?.cursor.idx;
  if (!line || index === null || index === undefined) return;
  const told = lines(data).map(({ unit, values }) => `${values[index] ?? "no data"} ${unit}`.trim());
  const [from, to] = [data.times[index - 1] ?? -Infinity, data.times[index]];
  const moved = (data.marks ?? []).filter(({ at }) => at > from && at <= to).map(({ text }) => text);
  line.textContent = `${time(to)}: ${[...told, ...moved].join(", ")}`;
}

function byKeyboard(event, { plot, data }) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const last = data.times.length - 1;
  const at = Math.min(last, Math.max(0, (plot.cursor.idx ?? last) + step));
  plot.setCursor({ left: plot.valToPos(data.times[at], "x"), top: 10 });
}

const resizing = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const plot = held.get(target.id)?.plot;
    if (plot && target.clientWidth) plot.setSize({ width: target.clientWidth, height: plot.height });
  }
});

// The plot of a box that was replaced goes on in the new one.
function carry(chart, box, data) {
  resizing.unobserve(chart.box);
  Object.assign(chart, { box, data });
  box.append(chart.plot.root);
  chart.plot.setData(columns(data));
  readOut(chart);
}

function begin(box, data) {
  const chart = { box, data, plot: null };
  chart.plot = new window.uPlot(options(chart), columns(data), box);
  held.set(box.id, chart);
  return chart;
}

async function draw(box) {
  box.dataset.drawn = "yes";
  try {
    const data = JSON.parse(box.dataset.points);
    await script(box.dataset.library);
    if (!data.times.length || !box.isConnected) return;
    const chart = held.get(box.id) ?? begin(box, data);
    if (chart.box !== box) carry(chart, box, data);
    box.onkeydown = (event) => byKeyboard(event, chart);
    resizing.observe(box);
  } catch (problem) {
    const line = box.parentElement.querySelector("[data-readout]");
    if (line) line.textContent = "The chart could not be drawn; the values are in the table.";
    console.info(problem);
  }
}

function scan() {
  for (const [id, { plot }] of held) {
    if (document.getElementById(id)) continue;
    plot.destroy();
    held.delete(id);
  }
  for (const box of document.querySelectorAll("[data-library]:not([data-drawn])")) draw(box);
}

function redraw() {
  for (const { box, plot } of held.values()) {
    plot.destroy();
    delete box.dataset.drawn;
  }
  held.clear();
  scan();
}

document.addEventListener("htmx:afterSettle", scan);
addEventListener("gonogo:theme", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
scan();
