"""Reads: in a program, over HTTP beside the bare framework, and by search."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from gonogo.cli.loadtest.catalog import MARKER, QUERIES
from gonogo.cli.loadtest.figures import Figure, find_quantile, tell_times
from gonogo.cli.loadtest.lanes import count_answers, open_lane, write_request
from gonogo.cli.loadtest.profiles import Profile
from gonogo.cli.loadtest.server import END_LIMIT_S, Server
from gonogo.client.gonogo import Gonogo

SDK_LIMIT_NS = 1000.0
HTTP_SHARE = 0.8
SEARCH_LIMIT_MS = 10.0


def measure_sdk(server: Server, profile: Profile) -> Figure:
    """One read of a value that is followed."""
    with Gonogo(server.url, server.key) as gonogo:
        settings = gonogo.settings.follow()
        best = min(_time_reads(settings, profile.sdk_reads // 5) for _ in range(5))
    return Figure(name="read through the SDK", value=best, limit=SDK_LIMIT_NS, unit="ns", note="best of five rounds")


def _time_reads(settings: object, count: int) -> float:
    rounds = range(count)
    started = time.perf_counter()
    for _ in rounds:
        settings[MARKER]  # type: ignore[index]
    return (time.perf_counter() - started) / count * 1e9


async def measure_http(server: Server, profile: Profile) -> Figure:
    """Answers a second beside those of the bare framework, in turns so that both have the same weather."""
    path = f"/api/settings/{MARKER}"
    ours, bare = [0.0], [0.0]
    with open_bare() as url:
        mine = write_request(server.url, path, server.headers)
        theirs = write_request(url, path, server.headers)
        for _ in range(profile.http_rounds):
            ours.append(await count_answers(server.url, mine, profile.http_round_s) / profile.http_round_s)
            bare.append(await count_answers(url, theirs, profile.http_round_s) / profile.http_round_s)
    return Figure(
        name="HTTP read beside the bare framework",
        value=max(ours) / max(bare),
        limit=HTTP_SHARE,
        unit="×",
        is_least=True,
        note=f"{max(ours):,.0f} a second",
        reference=f"bare: {max(bare):,.0f} a second",
    )


async def measure_search(server: Server, profile: Profile, count: int) -> Figure:
    """A search over HTTP, with typos among the words."""
    requests = [write_request(server.url, f"/api/settings/search?q={quote(q)}", server.headers) for q in QUERIES]
    lane, times = await open_lane(server.url), []
    try:
        for number in range(profile.searches + len(requests)):
            started = time.perf_counter()
            await lane.ask(requests[number % len(requests)])
            times.append(time.perf_counter() - started)
    finally:
        lane.close()
    times = times[len(requests) :]
    return Figure(
        name=f"search over HTTP, p99, {count:,} settings",
        value=find_quantile(times, 0.99) * 1000,
        limit=SEARCH_LIMIT_MS,
        unit="ms",
        note=tell_times(times),
    )


@contextmanager
def open_bare() -> Iterator[str]:
    """The address of the bare framework in a process of its own."""
    command = [sys.executable, "-m", "gonogo.cli.loadtest.bare"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.wait(END_LIMIT_S)
