// The live graph: traffic is that of the last minute, so it ebbs without any event. While some is shown, look again.
import { refresh } from "./live.js";

const EVERY = 5_000; // ms

setInterval(() => {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-graph]")) if (part.querySelector(".is-busy")) refresh(part);
}, EVERY);
