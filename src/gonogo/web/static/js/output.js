// A command's output as it comes: text is appended from the last offset on, and the view follows the end unless the reader
// scrolled up.
const NEAR = 24; // px from the end that still count as "at the end"
const busy = new WeakSet();

async function pull(box) {
  if (busy.has(box)) return;
  busy.add(box);
  try {
    for (let rounds = 0; rounds < 50 && (await more(box)); rounds++);
  } catch {
    // the link is down: the next event or the reconnection asks again
  } finally {
    busy.delete(box);
  }
}

async function more(box) {
  const address = new URL(box.dataset.output, location.href);
  address.searchParams.set("offset", box.dataset.offset ?? "0");
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return false;
  const { data } = await answer.json();
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  if (data.text) box.append(data.text);
  box.dataset.offset = data.next_offset;
  box.classList.toggle("is-empty", !box.textContent);
  if (atEnd) box.scrollTop = box.scrollHeight;
  return Boolean(data.text) && !data.complete;
}

function pullAll() {
  document.querySelectorAll("[data-output]").forEach(pull);
}

document.addEventListener("gonogo:event", (event) => {
  if (/output|item/.test(event.detail.name)) pullAll();
});
document.addEventListener("gonogo:reconnected", pullAll);
document.addEventListener("htmx:afterSettle", pullAll);
pullAll();
