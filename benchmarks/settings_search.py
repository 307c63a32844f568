"""Search among a hundred thousand settings, through HTTP: whole words, half-typed ones, typos, and nothing at all."""

from __future__ import annotations

import random
import time

import uvloop
from _settings import Stage, open_stage, quantile, report

SETTINGS = 100_000
SEARCHES = 1500
TARGET_MS = 10.0
QUERIES = (
    "spring strength",
    "physics",
    "bloom opac",
    "partcle",
    "camera 4711 radius",
    "gravty damping",
    "s",
    "timeline interval dashboard",
    "0.5",
    "shadow77",
    "cluster thresold performance",
    "nothing-like-this",
)


async def measure(stage: Stage) -> tuple[list[float], list[float]]:
    """Milliseconds of each request, and what the server says of the search alone."""
    chosen = random.Random(1)
    times, inside = [], []
    async with stage.session() as session:
        for number in range(SEARCHES + len(QUERIES)):
            params = {"q": chosen.choice(QUERIES) if number >= len(QUERIES) else QUERIES[number]}
            started = time.perf_counter()
            async with session.get("/api/settings/search", params=params) as answer:
                body = await answer.json()
            if number >= len(QUERIES):
                times.append((time.perf_counter() - started) * 1000)
                inside.append(body["took_ms"])
    return times, inside


async def main() -> None:
    """Measure and print."""
    with open_stage(SETTINGS) as stage:
        times, inside = await measure(stage)
        memory = stage.rss_mb
    p99 = quantile(times, 0.99)
    measured = f"p50 {quantile(times, 0.5):.2f} ms, p99 {p99:.2f} ms; in the server p99 {quantile(inside, 0.99):.2f} ms"
    name = f"search in {SETTINGS:,} settings"
    report(name, f"{measured}; {memory:.0f} MB", f"p99 < {TARGET_MS:.0f} ms", passed=p99 < TARGET_MS)


if __name__ == "__main__":
    uvloop.run(main())
