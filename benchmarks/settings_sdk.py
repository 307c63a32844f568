"""One read of a setting through the SDK: a look-up in this process, with the link to the server open beside it.

    .venv/bin/python benchmarks/settings_sdk.py

Beside it stand a plain dictionary, the least that it could be, and the same read asked of the server over HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gonogo.cli.loadtest.catalog import MARKER
from gonogo.cli.loadtest.server import open_server
from gonogo.client.gonogo import Gonogo

SETTINGS = 10_000
READS = 1_000_000
ASKED = 200
TARGET_NS = 1000.0


def time_reads(read: Callable[[], Any], count: int) -> float:
    """Nanoseconds of one call, the best of five rounds; the call itself is part of it."""
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(count // 5):
            read()
        best = min(best, (time.perf_counter() - started) / (count // 5) * 1e9)
    return best


def main() -> None:
    """Measure and print."""
    with open_server(None, SETTINGS, lambda _share: None) as server, Gonogo(server.url, server.key) as gonogo:
        settings = gonogo.settings.follow()
        plain = dict.fromkeys(settings, 0)
        ours = time_reads(lambda: settings[MARKER], READS)
        least = time_reads(lambda: plain[MARKER], READS)
        asked = time_reads(lambda: gonogo.settings.get(MARKER), ASKED)
    verdict = "pass" if ours < TARGET_NS else "FAIL"
    print(f"{verdict}  settings[key]: {ours:.0f} ns (target: < {TARGET_NS:.0f} ns)")
    print(f"      a dictionary: {least:.0f} ns, so {ours / least:.1f} times; asked over HTTP: {asked / 1e6:.2f} ms")


if __name__ == "__main__":
    main()
