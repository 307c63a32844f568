"""How long a checklist takes to plan, and whether the cost stays linear in its length.

    .venv/bin/python benchmarks/reading.py

Prints the medians of several readings for 250 to 4,000 items, and the ratio of the cost per item between the longest
and the shortest. No two lines of a checklist are the same, and no two checklists share one: "first" is what a
document costs that was never read before, "again" what it costs when a page or an approval reads it once more.
The number to hold: 1,000 items in less than 100 ms.
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
### {n}. Service {name}

- [ ] **Back up service {name}**
  ```bash
  # Keep yesterday's copy of {name}
  cp data/{name}.db data/{name}.db.bak
  sqlite3 data/{name}.db "select count(*) from item"
  # Should be {number}
  ```
- [ ] Error rate < {number}%
- [ ] Restart it: `systemctl restart service-{name}`
- [ ] Somebody has looked at the **dashboard** of service {name}
1. Tell the people in `#service-{name}`
"""
ITEMS_A_CHAPTER = 8


def write_checklist(items: int, round_: int) -> bytes:
    """A checklist of about ``items`` items, none of whose lines says what one of another round says."""
    numbers = range(1, items // ITEMS_A_CHAPTER + 1)
    chapters = [CHAPTER.format(n=n, name=f"r{round_}-{n}", number=n + 1000 * round_) for n in numbers]
    return ("# Release\n\n## Deploy\n" + "".join(chapters) + "\n## Rollback\n\n```bash\n./undo.sh\n```\n").encode()


def time_reading(items: int) -> tuple[float, float, int]:
    """Median milliseconds of reading checklists of ``items`` items, of reading each again, and how many came out."""
    read_checklist(write_checklist(items, 0), "warm.md", BOUND)
    first, again = [], []
    for round_ in range(1, ROUNDS + 1):
        data = write_checklist(items, round_)
        for times in (first, again):
            gc.collect()
            started = time.perf_counter()
            plan = read_checklist(data, "bench.md", BOUND)
            times.append((time.perf_counter() - started) * 1000)
    return statistics.median(first), statistics.median(again), sum(len(phase.items) for phase in plan.phases)


def main() -> None:
    print(f"{'items':>6} {'first ms':>9} {'again ms':>9} {'first µs/item':>14}")
    costs = []
    for size in SIZES:
        first, again, items = time_reading(size)
        costs.append(first / items)
        print(f"{items:>6} {first:>9.1f} {again:>9.1f} {1000 * first / items:>14.1f}")
    print(f"cost per item, longest to shortest: {costs[-1] / costs[0]:.2f} (1.00 is linear)")


if __name__ == "__main__":
    main()
