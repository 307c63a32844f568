"""Reading a setting: in process, and over HTTP beside the bare framework on the same web server."""

from __future__ import annotations

import re
import statistics
import subprocess
import timeit

from _settings import MARKER, Stage, make_settings, open_bare, open_stage, report

from gonogo.settings.live import LiveSettings
from gonogo.settings.snapshot import Snapshot
from gonogo.settings.vault import Vault

SETTINGS = 10_000
ROUNDS = 5
SECONDS = 2
TARGET_US = 1.0
TARGET_SHARE = 0.8


def measure_snapshot() -> float:
    """Microseconds of one read in process."""
    live = LiveSettings(Vault("a passphrase for the benchmark alone"))
    live.snapshot = Snapshot(1, {one.key: one.default for one in make_settings(SETTINGS).settings})
    count = 1_000_000
    return min(timeit.repeat(lambda: live[MARKER], number=count, repeat=3)) / count * 1e6


def measure_http(url: str, key: str) -> float:
    """Requests a second of 16 connections."""
    command = ["wrk", "-t1", "-c16", f"-d{SECONDS}", "-H", f"Authorization: Bearer {key}", url]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed:
        raise RuntimeError(printed)
    found = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    assert found is not None
    return float(found[1])


def compare(stage: Stage, bare: str) -> tuple[float, float]:
    """Medians of both, measured in turn, so that the machine's moods strike both alike."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(measure_http(f"{stage.url}/api/settings/{MARKER}", stage.key))
        theirs.append(measure_http(f"{bare}/api/settings/{MARKER}", stage.key))
    return statistics.median(ours), statistics.median(theirs)


def main() -> None:
    """Measure and print."""
    microseconds = measure_snapshot()
    report("read in process", f"{microseconds:.3f} µs", f"< {TARGET_US:.0f} µs", passed=microseconds < TARGET_US)
    with open_stage(SETTINGS) as stage, open_bare() as bare:
        ours, theirs = compare(stage, bare)
    measured = f"{ours:,.0f}/s, the bare framework {theirs:,.0f}/s, ratio {ours / theirs:.2f}"
    report("read over HTTP", measured, f"ratio >= {TARGET_SHARE}", passed=ours / theirs >= TARGET_SHARE)


if __name__ == "__main__":
    main()
