"""How long a checklist takes to plan, and whether the cost stays linear in its length.

    .venv/bin/python benchmarks/reading.py

Prints the median of several readings for 250 to 4,000 items and the ratio of the cost per item between the
longest and the shortest. The number to hold: 1,000 items in less than 100 ms.
"""

from __future__ import annotations

import gc
import statistics
import time

from gonogo.releases.reading import Bindings, read_checklist

SIZES = (250, 500, 1000, 2000, 4000)
ROUNDS = 9
BOUND = Bindings(signals={"error rate": "http.error_rate", "latency": "http.p95"})
# Eight items: what a real checklist mixes, so that no shortcut for one kind hides the cost of the others.
CHAPTER = """
### {n}. Service {n}

- [ ] **Back up service {n}**
  ```bash
  # Keep yesterday's copy
  cp data/{n}.db data/{n}.db.bak
  sqlite3 data/{n}.db "select count(*) from item"
  # Should be {n}
  ```
- [ ] Error rate < {n}%
- [ ] Restart it: `systemctl restart service-{n}`
- [ ] Somebody has looked at the **dashboard** of service {n}
1. Tell the people in `#service-{n}`
"""
ITEMS_A_CHAPTER = 8


def write_checklist(items: int) -> bytes:
    """A checklist of about ``items`` items."""
    chapters = [CHAPTER.format(n=n) for n in range(1, items // ITEMS_A_CHAPTER + 1)]
    return ("# Release\n\n## Deploy\n" + "".join(chapters) + "\n## Rollback\n\n```bash\n./undo.sh\n```\n").encode()


def time_reading(data: bytes) -> tuple[float, int]:
    """Median milliseconds of reading ``data``, and how many items came out."""
    read_checklist(data, "warm.md", BOUND)
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        started = time.perf_counter()
        plan = read_checklist(data, "bench.md", BOUND)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), sum(len(phase.items) for phase in plan.phases)


def main() -> None:
    print(f"{'items':>6} {'median ms':>10} {'µs/item':>8}")
    costs = []
    for size in SIZES:
        median, items = time_reading(write_checklist(size))
        costs.append(median / items)
        print(f"{items:>6} {median:>10.1f} {1000 * median / items:>8.1f}")
    print(f"cost per item, longest to shortest: {costs[-1] / costs[0]:.2f} (1.00 is linear)")


if __name__ == "__main__":
    main()
