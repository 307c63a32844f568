// A uPlot chart of one signal, its threshold as a line, readable by keyboard (arrow keys) and as a table.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function resolved(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value || colour(name);
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

async function points(box) {
  if (box.dataset.points) return JSON.parse(box.dataset.points);
  const answer = await fetch(box.dataset.chart, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`chart data: ${answer.status}`);
  return (await answer.json()).data;
}

function options(box, data) {
  const axis = { stroke: resolved("--muted"), grid: { stroke: resolved("--line"), width: 1 }, ticks: { show: false }, font: "11px sans-serif" };
  return {
    width: box.clientWidth,
    height: Number(box.dataset.height ?? 150),
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { y: { range: (_, low, high) => span(low, high, data.threshold) } },
    axes: [{ ...axis, space: 70, size: 26, values: (_, ticks) => ticks.map((tick) => new Date(tick * 1000).toTimeString().slice(0, 8)) }, { ...axis, size: (_, labels) => widest(labels), values: (_, ticks) => ticks.map((tick) => `${tick.toLocaleString()} ${data.unit ?? ""}`.trim()) }],
    series: [{}, { label: data.label, stroke: resolved("--accent"), width: 2, fill: resolved("--accent-soft"), points: { show: data.times.length < 30, size: 5 } }],
    hooks: { draw: [(plot) => rule(plot, data.threshold)], setCursor: [(plot) => readOut(box, data, plot.cursor.idx)] },
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

function rule(plot, threshold) {
  if (threshold === null || threshold === undefined) return;
  const y = Math.round(plot.valToPos(threshold, "y", true));
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = resolved("--nogo");
  ctx.setLineDash([6, 5]);
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

function readOut(box, data, index) {
  const line = box.parentElement.querySelector("[data-readout]");
  if (!line || index === null || index === undefined) return;
  line.textContent = `${new Date(data.times[index] * 1000).toLocaleTimeString()}: ${data.values[index] ?? "no data"} ${data.unit ?? ""}`;
}

function byKeyboard(box, plot, data) {
  let at = data.times.length - 1;
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    at = Math.min(data.times.length - 1, Math.max(0, at + step));
    plot.setCursor({ left: plot.valToPos(data.times[at], "x"), top: 10 });
  });
}

async function draw(box) {
  box.dataset.drawn = "yes";
  try {
    const data = await points(box);
    await script(box.dataset.library);
    box.querySelector(".uplot")?.remove();
    if (!data.times.length) return;
    const plot = new window.uPlot(options(box, data), [data.times, data.values], box);
    byKeyboard(box, plot, data);
    new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: plot.height })).observe(box);
    addEventListener("gonogo:theme", () => { delete box.dataset.drawn; scan(); }, { once: true });
  } catch (problem) {
    const line = box.parentElement.querySelector("[data-readout]");
    if (line) line.textContent = "The chart could not be drawn; the values are in the table.";
    console.info(problem);
  }
}

function scan() {
  for (const box of document.querySelectorAll("[data-library]:not([data-drawn])")) draw(box);
}

document.addEventListener("htmx:afterSettle", scan);
scan();
