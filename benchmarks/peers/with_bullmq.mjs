// BullMQ on Node.
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";

const [url, mode, text] = process.argv.slice(2);
const count = Number(text);
const connection = new Redis(url, { maxRetriesPerRequest: null });
const now = () => (performance.timeOrigin + performance.now()) / 1000;
const SPAN_S = 10; // as in tally.py
const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

if (mode === "work") {
  const waits = [];
  let first = 0;
  let told = false;
  new Worker("bench", async (job) => {
    const at = now();
    first ||= at;
    waits.push(at - job.data.sent);
    if (!told && (waits.length === count || at - first >= SPAN_S)) {
      told = true;
      const figures = { seconds: at - first, count: waits.length, waits };
      process.stdout.write(JSON.stringify(figures) + "\n", () => process.exit(0));
    }
  }, { connection, concurrency: 100 });
} else {
  const queue = new Queue("bench", { connection });
  if (mode === "fill") {
    for (let left = count; left > 0; left -= 500) {
      await queue.addBulk(Array.from({ length: 500 }, () => ({ name: "noop", data: { sent: now() } })));
    }
  } else {
    for (let sent = 0; sent < count; sent += 1) {
      await queue.add("noop", { sent: now() });
      await pause(25);
    }
  }
  await queue.close();
  connection.disconnect();
}
