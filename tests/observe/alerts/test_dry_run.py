"""A dry run over what was stored says exactly what was told when it happened."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from functools import partial
from unittest.mock import AsyncMock, patch

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gonogo.app import ROOMS
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config
from gonogo.kernel.kernel import Kernel
from gonogo.observe.alerts.replay import DryRun
from gonogo.observe.alerts.rule import RuleBody
from gonogo.observe.commands.alerts import NewSilence, silence_alerts
from gonogo.observe.commands.alerts_rules import save_rule
from gonogo.observe.commands.alerts_trying import dry_run
from gonogo.observe.commands.upkeep import seal_hours
from gonogo.observe.metrics import NAMES
from gonogo.observe.schemas import Sample
from gonogo.observe.store.alerts import list_alerts
from gonogo.observe.store.alerts_told import list_lines
from tests.fake_clock import FakeClock
from tests.observe.alerts.stage import pass_time
from tests.observe.stage import report

CPU = NAMES.index("cpu_percent")
HOSTS = ("web1", "web2")
RULE = "hot"

stretches = st.lists(st.tuples(st.integers(1, 14), st.sampled_from([20.0, 92.0, 97.0, None])), min_size=1, max_size=10)
rules = st.builds(
    RuleBody,
    expression=st.sampled_from(["host.cpu > 90%", "host.cpu > 90% for 30s", "host.cpu >= 92% over 40s"]),
    severity=st.sampled_from(["warning", "critical"]),
    cooldown=st.sampled_from(["0s", "2m"]),
    reminder=st.sampled_from(["0s", "1m"]),
    group_wait=st.sampled_from(["0s", "10s", "25s"]),
    group_by=st.sampled_from([("rule",), ("rule", "host")]),
    no_data=st.sampled_from(["show", "fire"]),
)


def spread(found: list[tuple[int, float | None]]) -> list[float | None]:
    return [value for length, value in found for _ in range(length)]


def make_sample(at: int, cpu: float) -> Sample:
    return Sample(at, [cpu if place == CPU else 1.0 for place in range(len(NAMES))])


async def live_through(
    kernel: Kernel, clock: FakeClock, courses: dict[str, list[float | None]], silence_at: int | None
) -> None:
    """Ten seconds at a time: hosts report, the server looks. Two hours later the hour is packed."""
    for place in range(max(len(course) for course in courses.values())):
        if place == silence_at:
            clock.jump(3)
            await silence_alerts(kernel, SYSTEM, NewSilence({"host": "web2"}, "repairs", "90s"))
            clock.jump(-3)
        for host, course in courses.items():
            value = course[place] if place < len(course) else None
            at = int((clock.now() + timedelta(seconds=8)).timestamp()) // 5 * 5
            if value is not None:
                await report(kernel, host, [make_sample(at, value)])
        clock.advance(10)
        kernel.signals.sample(["host.silent_for"], clock.now())
        await pass_time(kernel, clock, 0)


# This machine's own samples, whatever it is busy with, would come after the look that they belong to.
@patch("gonogo.observe.room.open_own", new=AsyncMock())
@patch("gonogo.observe.room.sample_own", new=AsyncMock())
async def compare(
    courses: dict[str, list[float | None]], rule: RuleBody, silence_at: int | None, *, sealed: bool
) -> DryRun:
    """Live through it, replay it, and hold the two against each other; gives the dry run."""
    clock = FakeClock()
    clock.advance(2)
    with tempfile.TemporaryDirectory() as folder:
        config = Config(home=folder, admin_password="correct horse battery staple", database_synchronous="NORMAL")
        config = msgspec.structs.replace(config, slack_webhook="http://127.0.0.1:9/x")
        async with Kernel(config, ROOMS, clock) as kernel:
            await save_rule(kernel, SYSTEM, RULE, rule)
            await live_through(kernel, clock, courses, silence_at)
            lines = await kernel.db.read(partial(list_lines, rule=RULE, limit=1000))
            fired = await kernel.db.read(partial(list_alerts, rule=RULE, limit=1000))
            if sealed:
                await make_history_old(kernel, clock)
            found = await dry_run(kernel, SYSTEM, RULE, 1)
            until = lines[0].at if lines else ""
            replayed = [(one.at, one.series, one.kind, one.outcome, one.reason) for one in found.decisions]
            real = [(one.at, one.series, one.kind, one.outcome, one.reason) for one in reversed(lines) if one.series]
            assert sorted(one for one in replayed if one[0] <= until or not sealed) == sorted(real)
            begun = {(one.series, one.fired_at) for one in found.episodes if one.fired_at <= until or not sealed}
            marked = {(f"host.cpu{series}", at) for series, at in begun}
            assert marked == {(alert.series, alert.fired_at) for alert in fired if alert.fired_at}
            return found


async def make_history_old(kernel: Kernel, clock: FakeClock) -> None:
    """Let the hour end and be packed."""
    clock.jump(7200)
    assert await seal_hours(kernel) > 0


# Each example opens a Gonogo of its own: there are few, and no time is spent on making a failing one smaller.
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.tuples(stretches, stretches), rules, st.none() | st.integers(0, 30))
def test_it_agrees_with_what_really_happened(
    found: tuple[list[tuple[int, float | None]], list[tuple[int, float | None]]], rule: RuleBody, silence_at: int | None
) -> None:
    courses = {host: spread(course) for host, course in zip(HOSTS, found, strict=True)}
    asyncio.run(compare(courses, rule, silence_at, sealed=False))


def test_packed_hours_tell_the_same() -> None:
    course: list[float | None] = [20.0] * 5 + [95.0] * 10 + [20.0] * 5 + [95.0] * 10 + [20.0] * 3
    rule = RuleBody(expression="host.cpu > 90% for 30s", cooldown="15m", group_wait="0s")
    found = asyncio.run(compare({"web1": course}, rule, None, sealed=True))
    assert (found.fired, found.told) == (2, 2)
    assert found.counts["suppressed: cooldown"] == 1


async def test_what_is_in_memory_alone_says_from_when_on(config: Config, clock: FakeClock) -> None:
    async with Kernel(msgspec.structs.replace(config, embedded=True), ROOMS, clock) as kernel:
        for value in (1, 9, 9, 1):
            clock.advance(10)
            kernel.signals.record("shop.load", value, at=clock.now())
        await save_rule(kernel, SYSTEM, "shop", RuleBody(expression="shop.load > 5", group_wait="0s", cooldown="0s"))
        found = await dry_run(kernel, SYSTEM, "shop", 30)
        assert (found.fired, found.covered["shop.load"]) == (1, "2026-03-02T12:00:10.000Z")
        assert any("memory alone" in note for note in found.notes)
        assert await kernel.db.read(list_lines) == [], "nothing is written"
