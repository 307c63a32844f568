// Running clocks, countdowns and relative times. Elements carry their moment in datetime=; the server's clock is the truth.
const skew = (() => {
  const stamp = document.querySelector('meta[name="server-time"]')?.content;
  return stamp ? Date.parse(stamp) - Date.now() : 0;
})();

export const serverNow = () => Date.now() + skew;

const two = (number) => String(number).padStart(2, "0");

export function clock(milliseconds) {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const days = Math.floor(total / 86400);
  const hours = Math.floor((total % 86400) / 3600);
  const tail = `${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
  if (days) return `${days}d ${two(hours)}:${tail}`;
  return hours ? `${hours}:${tail}` : tail;
}

export function ago(milliseconds) {
  const size = Math.abs(milliseconds) / 1000;
  if (size < 5) return "just now";
  const [unit, name] = size < 60 ? [1, "s"] : size < 3600 ? [60, "min"] : size < 86400 ? [3600, "h"] : [86400, "d"];
  const words = `${Math.floor(size / unit)} ${name}`;
  return milliseconds > 0 ? `${words} ago` : `in ${words}`;
}

const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

function tick() {
  const now = serverNow();
  for (const element of document.querySelectorAll("time[data-since]")) write(element, clock(now - Date.parse(element.dateTime)));
  for (const element of document.querySelectorAll("time[data-until]")) write(element, clock(Date.parse(element.dateTime) - now));
  for (const element of document.querySelectorAll("time[data-ago]")) write(element, ago(now - Date.parse(element.dateTime)));
  for (const element of document.querySelectorAll("progress[data-from]")) {
    const from = Date.parse(element.dataset.from);
    element.value = Math.min(1, (now - from) / (Date.parse(element.dataset.to) - from));
  }
  const utc = document.querySelector("[data-utc]");
  if (utc) write(utc, `${new Date(now).toISOString().slice(11, 19)} UTC`);
  setTimeout(tick, 1000 - (now % 1000));
}

tick();
