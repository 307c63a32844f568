// The settings socket: every change as it is committed, without gap or duplicate, also after the server was away.
const LONGEST = 5000; // ms between attempts, whatever happens
const FIRST = 150; // ms before the first attempt to reconnect
const BEATS = 3; // heartbeats that may stay out before the link counts as dead

export class SettingsLink {
  constructor(version, environment, hear) {
    this.version = version;
    this.environment = environment;
    this.hear = hear;
    this.failures = 0;
    this.silence = 15000;
    this.connect();
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", (event) => event.persisted && this.connect());
  }

  connect() {
    this.leaving = false;
    const address = new URL("/api/settings/ws", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (this.version !== null) address.searchParams.set("since", this.version);
    if (this.environment !== "default") address.searchParams.set("environment", this.environment);
    this.socket = new WebSocket(address);
    this.socket.addEventListener("message", (message) => this.take(JSON.parse(message.data)));
    this.socket.addEventListener("close", () => this.lose(), { once: true });
  }

  take(message) {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.socket.close(), this.silence);
    this.failures = 0;
    const read = { hello: () => this.greet(message), snapshot: () => this.replace(message), change: () => this.apply([message], message.version), batch: () => this.apply(message.changes, message.version) };
    read[message.type]?.();
  }

  greet(message) {
    this.silence = message.heartbeat * 1000 * BEATS;
  }

  replace({ settings, version }) {
    const changes = Object.entries(settings).map(([key, value]) => ({ key, value, by: "", at: "" }));
    this.version = version;
    this.hear(changes, version);
  }

  apply(changes, version) {
    if (this.version !== null && version <= this.version) return;
    this.version = version;
    this.hear(changes, version);
  }

  lose() {
    clearTimeout(this.watchdog);
    if (this.leaving) return;
    const ceiling = Math.min(LONGEST, FIRST * 2 ** Math.min(this.failures++, 10));
    setTimeout(() => this.connect(), ceiling / 2 + (Math.random() * ceiling) / 2);
  }

  leave() {
    this.leaving = true;
    clearTimeout(this.watchdog);
    this.socket.close();
  }
}
