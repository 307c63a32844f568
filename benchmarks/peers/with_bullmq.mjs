// BullMQ on Node.
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";

const [url, mode, text] = process.argv.slice(2);
const count = Number(text);
const connection = new Redis(url, { maxRetriesPerRequest: null });
const now = () => Date.now() / 1000;
const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

if (mode === "work") {
  const waits = [];
  let first = 0;
  new Worker("bench", async (job) => {
    const at = now();
    first ||= at;
    waits.push(at - job.data.sent);
    if (waits.length === count) {
      process.stdout.write(JSON.stringify({ seconds: at - first, waits }) + "\n", () => process.exit(0));
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
