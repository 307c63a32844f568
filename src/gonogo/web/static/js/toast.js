// Short messages in the corner, and every failed request of the page put into words.
const box = document.getElementById("toasts");

export function toast(text, tone = "nogo") {
  if (!box) return;
  const item = document.createElement("div");
  item.className = `toast tone-${tone}`;
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "icon-button";
  close.type = "button";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  close.addEventListener("click", () => item.remove());
  item.append(words, close);
  box.append(item);
  setTimeout(() => item.remove(), tone === "nogo" ? 15000 : 5000);
}

export function describe(request) {
  if (request.status === 401) return "You are signed out. Sign in again to go on.";
  try {
    const problem = JSON.parse(request.responseText);
    return problem.detail || problem.title || `The server answered ${request.status}.`;
  } catch {
    return `The server answered ${request.status}. Reload the page; if it stays, look at the server's log.`;
  }
}

// A fragment that fails while the link is down says nothing new: the header already shows "stale since".
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  else toast(describe(event.detail.xhr));
});
document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.requestConfig?.verb !== "get") toast("The server can't be reached. Nothing was changed; try again when the header says live.");
});
document.addEventListener("gonogo:toast", (event) => toast(event.detail.text ?? event.detail.value ?? "", event.detail.tone ?? "go"));
