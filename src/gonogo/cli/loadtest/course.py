"""One load test from its start to its figures; cut short, it still has those that were ready."""

from __future__ import annotations

import time
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from gonogo.cli.loadtest.changing import Course, judge_course, measure_edits, measure_fanout, open_crowd
from gonogo.cli.loadtest.figures import Figure, Tally
from gonogo.cli.loadtest.profiles import Profile
from gonogo.cli.loadtest.reading import measure_http, measure_sdk, measure_search
from gonogo.cli.loadtest.server import Server, open_server
from gonogo.cli.loadtest.writing import measure_writes

Tell = Callable[[str, float], None]
"""What is under way, and how much of it is done, 0 to 1."""


class LoadTest:
    """Runs a profile against the server at ``url``, or against a new one. ``figures`` grow as they come."""

    def __init__(self, url: str | None, profile: Profile, tell: Tell) -> None:
        self.figures: list[Figure] = []
        self._url = url
        self._profile = profile
        self._tell = tell

    async def run(self) -> None:
        """Everything that the profile asks for. Raises ``CannotRun``, ``Refused`` or ``TimeoutError``."""
        profile = self._profile
        with self._open(profile.settings) as server:
            self._tell("reads through the SDK", 0)
            self.figures.append(measure_sdk(server, profile))
            self._tell("reads over HTTP, ours and the bare framework's in turn", 0)
            self.figures.append(await measure_http(server, profile))
            self._tell("durable writes, ours and SQLite's in turn", 0)
            self.figures += await measure_writes(server, profile)
            if profile.search_settings <= profile.settings:
                await self._search(server, profile.settings)
            self._tell(f"{profile.clients:,} clients come in", 0)
            async with open_crowd(server, profile.clients) as crowd:
                self._tell("edits by another program", 0)
                self.figures.append(await measure_edits(server, crowd, profile))
                await self._change(server, crowd)
        if profile.search_settings > profile.settings:
            with self._open(profile.search_settings) as server:
                await self._search(server, profile.search_settings)

    async def _search(self, server: Server, count: int) -> None:
        self._tell(f"searches among {count:,} settings", 0)
        self.figures.append(await measure_search(server, self._profile, count))

    async def _change(self, server: Server, crowd: Process) -> None:
        profile = self._profile
        told = f"one change to {profile.clients:,} clients, again and again"
        course = Course(Tally(), [], [], None)
        before, started = server.cpu_s, time.perf_counter()
        try:
            await measure_fanout(server, crowd, profile, lambda share: self._tell(told, share), course)
        finally:
            if before is not None and server.cpu_s is not None:
                used = (server.cpu_s - before) / (time.perf_counter() - started) * 100
                course = course._replace(cpu_percent=used)
            self.figures += judge_course(course, profile, profile.settings)

    def _open(self, count: int) -> AbstractContextManager[Server]:
        told = f"a server with {count:,} settings gets ready"
        self._tell(told, 0)
        return open_server(self._url, count, lambda share: self._tell(told, share))


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is written down. ``passed`` is True when every measured figure meets its target and none is missing."""

    profile: str
    started_at: str
    seconds: float
    is_complete: bool
    passed: bool
    machine: str
    load: float
    figures: list[Figure]


def write_summary(folder: Path, summary: Summary) -> None:
    """``summary.json`` for programs and ``summary.md`` for people."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {**msgspec.structs.asdict(figure), "passed": figure.passed, "target": figure.target}
        for figure in summary.figures
    ]
    body = {**msgspec.structs.asdict(summary), "figures": rows}
    text = msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
    (folder / "summary.json").write_text(f"{text}\n", encoding="utf-8")
    (folder / "summary.md").write_text(draw_markdown(summary), encoding="utf-8")


def draw_markdown(summary: Summary) -> str:
    """The figures as a table."""
    verdict = "passed" if summary.passed else "did not pass" if summary.is_complete else "cut short"
    lines = [f"# Load test of settings: {summary.profile}, {verdict}", ""]
    told = f"Started {summary.started_at}, took {summary.seconds:.0f} s, on {summary.machine}."
    lines += [told, "", f"Load average when it began: {summary.load:.1f}. What else runs here counts against us.", ""]
    lines += ["| what | measured | target | verdict | seen beside it |", "| --- | --- | --- | --- | --- |"]
    for figure in summary.figures:
        beside = "; ".join(text for text in (figure.note, figure.reference) if text)
        lines.append(f"| {figure.name} | {figure.measured} | {figure.target} | {name_verdict(figure)} | {beside} |")
    return "\n".join([*lines, ""])


def name_verdict(figure: Figure) -> str:
    """Pass, FAIL, or that there is no data."""
    return {True: "pass", False: "FAIL", None: "no data"}[figure.passed]
