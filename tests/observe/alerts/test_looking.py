"""The server's own looks: alerts appear, are told once, survive a restart, and the ledger explains each silence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import msgspec
import pytest

from gonogo.app import ROOMS
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import Signal
from gonogo.observe.alerts.alert import Alert
from gonogo.observe.alerts.rule import RuleBody
from gonogo.observe.alerts.telling import LedgerLine
from gonogo.observe.alerts.views import list_open_alerts, view_rule
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.commands.alerts import NewSilence, acknowledge, end_silence, silence_alerts
from gonogo.observe.commands.alerts_rules import remove_rule, save_rule
from gonogo.observe.commands.alerts_sending import deliver_due
from gonogo.observe.commands.hosts import forget_host
from gonogo.observe.errors import AlertOver
from gonogo.observe.schemas import Sample
from gonogo.observe.store.alerts import list_alerts
from gonogo.observe.store.alerts_told import list_lines
from tests.fake_clock import FakeClock
from tests.observe.alerts.stage import Receiver, pass_time, run_receiver
from tests.observe.stage import make_values, report

RULE = "load"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with run_receiver() as receiver:
        yield receiver


@pytest.fixture
def config(config: Config, receiver: Receiver) -> Config:
    """Told by Slack; only the rule below and no reminders unless a test asks for them."""
    rule = {
        "expression": "test.load > 5 for 20s",
        "severity": "critical",
        "reminder": "5m",
        "group_wait": "0s",
        "description": "Too much to do.",
    }
    return msgspec.structs.replace(config, slack_webhook=receiver.url, tables={"alerts": {RULE: rule}})


class Scene:
    """A kernel whose signal ``test.load`` a test sets, tick by tick."""

    def __init__(self, kernel: Kernel, clock: FakeClock) -> None:
        self.kernel, self.clock = kernel, clock
        kernel.signals.declare(Signal("test.load", "", "", ("host",), "test"))

    async def go(self, *values: float | None, host: str = "web1") -> None:
        """A look each ten seconds, with these values recorded just before; None records nothing."""
        for value in values:
            if value is not None:
                at = self.clock.now() + timedelta(seconds=10)
                self.kernel.signals.record("test.load", value, {"host": host}, at=at)
            await pass_time(self.kernel, self.clock)
            await deliver_due(self.kernel)

    async def wait(self, seconds: float, value: float) -> None:
        """Look at each tick for a while, with the same value."""
        await self.go(*[value] * int(seconds // 10))

    async def list(self) -> list[Alert]:
        return await self.kernel.db.read(partial(list_alerts, rule=RULE))

    async def tell(self) -> list[tuple[str, str, str]]:
        """The ledger, oldest first: kind, outcome, reason."""
        lines: list[LedgerLine] = await self.kernel.db.read(partial(list_lines, rule=RULE, limit=1000))
        return [(line.kind, line.outcome, line.reason) for line in reversed(lines)]

    async def list_events(self) -> list[str]:
        found = await self.kernel.db.read(partial(find_events, names=["alert."]))
        return [event.name for event in found]


@pytest.fixture
async def scene(kernel: Kernel, clock: FakeClock) -> Scene:
    clock.advance(2)
    return Scene(kernel, clock)


async def test_it_fires_is_told_once_reminds_and_resolves(scene: Scene, receiver: Receiver) -> None:
    await scene.go(9, 9)
    assert [(alert.state, alert.host) for alert in await scene.list()] == [("pending", "web1")]
    assert receiver.bodies == []
    await scene.go(9)
    [alert] = await scene.list()
    assert (alert.state, alert.value, alert.threshold, alert.severity) == ("firing", 9.0, 5.0, "critical")
    await scene.wait(300, 9)
    assert [body["text"].split()[1] for body in receiver.bodies] == ["FIRING", "STILL"]
    await scene.go(1)
    [alert] = await scene.list()
    assert (alert.state, alert.resolved_at is not None) == ("resolved", True)
    assert receiver.bodies[-1]["text"].startswith("[development] RESOLVED critical: load on test.load{host=web1}")
    assert await scene.tell() == [
        (kind, outcome, "") for kind in ("fired", "reminder", "resolved") for outcome in ("queued", "sent")
    ]
    assert await scene.list_events() == [
        "alert.fired",
        "alert.notified",
        "alert.notified",
        "alert.resolved",
        "alert.notified",
    ]


async def test_what_passes_before_its_time_leaves_nothing_behind(scene: Scene, receiver: Receiver) -> None:
    await scene.go(9, 9, 1, 1)
    assert await scene.list() == []
    assert await scene.tell() == []
    assert scene.kernel.get_part(Watch).tracks == {}


async def test_the_cooldown_holds_back_and_says_so(scene: Scene, receiver: Receiver) -> None:
    await scene.go(9, 9, 9, 1, 9, 9, 9)
    assert len(await scene.list()) == 2
    assert ("fired", "suppressed", "cooldown until 12:15:32Z") in await scene.tell()
    assert len(receiver.bodies) == 2
    await scene.wait(900, 9)
    assert len(receiver.bodies) == 3
    assert receiver.bodies[-1]["text"].startswith("[development] FIRING")


async def test_each_series_has_its_alert(scene: Scene, receiver: Receiver) -> None:
    for _ in range(3):
        at = scene.clock.now() + timedelta(seconds=10)
        scene.kernel.signals.record("test.load", 8, {"host": "web2"}, at=at)
        await scene.go(9)
    assert {alert.host for alert in await scene.list()} == {"web1", "web2"}
    [body] = receiver.bodies
    assert body["text"].endswith("and 1 more")
    assert len(body["attachments"]) == 2


async def test_a_series_that_falls_silent_is_no_data_and_never_ok(scene: Scene, receiver: Receiver) -> None:
    await scene.go(9, 9, 9, *[None] * 8)
    [alert] = await scene.list()
    assert alert.state == "no_data"
    [shown] = [one for one in list_open_alerts(scene.kernel.get_part(Watch)) if one.rule == RULE]
    assert (shown.firing, shown.state) == (True, "no_data")
    await scene.go(9)
    assert [alert.state for alert in await scene.list()] == ["firing"]
    assert len(receiver.bodies) == 1
    assert await scene.list_events() == ["alert.fired", "alert.notified", "alert.data_lost", "alert.data_returned"]


async def test_a_rule_without_series_says_that_it_has_no_data(scene: Scene) -> None:
    await pass_time(scene.kernel, scene.clock)
    watch = scene.kernel.get_part(Watch)
    assert view_rule(watch, watch.get_rule(RULE))["state"] == "no_data"
    await scene.go(1)
    assert view_rule(watch, watch.get_rule(RULE))["state"] == "ok"


async def test_acknowledged_it_reminds_nobody(scene: Scene, receiver: Receiver) -> None:
    await scene.go(9, 9)
    [alert] = await scene.list()
    with pytest.raises(AlertOver, match="pending"):
        await acknowledge(scene.kernel, SYSTEM, alert.id)
    await scene.go(9)
    found = await acknowledge(scene.kernel, SYSTEM, alert.id, "on it")
    assert (found.acknowledged_by, found.acknowledged_note) == ("Gonogo", "on it")
    await scene.wait(600, 9)
    assert len(receiver.bodies) == 1


async def test_silenced_it_is_told_when_the_silence_is_lifted(scene: Scene, receiver: Receiver) -> None:
    silence = await silence_alerts(scene.kernel, SYSTEM, NewSilence({"host": "web*"}, "moving racks", "2h"))
    await scene.go(9, 9, 9, 9)
    assert receiver.bodies == []
    assert [(kind, outcome) for kind, outcome, _ in await scene.tell()] == [("fired", "suppressed")]
    await end_silence(scene.kernel, SYSTEM, silence.id)
    await scene.go(9)
    assert len(receiver.bodies) == 1


async def test_a_restart_forgets_nothing(config: Config, clock: FakeClock, receiver: Receiver) -> None:
    clock.advance(2)
    async with Kernel(config, ROOMS, clock) as kernel:
        scene = Scene(kernel, clock)
        await scene.go(9, 9)
    async with Kernel(config, ROOMS, clock) as kernel:
        scene = Scene(kernel, clock)
        await scene.go(9)
        assert [alert.state for alert in await scene.list()] == ["firing"]
        await silence_alerts(kernel, SYSTEM, NewSilence({"host": "web9"}, "elsewhere"))
        [alert] = await scene.list()
        await acknowledge(kernel, SYSTEM, alert.id)
    async with Kernel(config, ROOMS, clock) as kernel:
        scene = Scene(kernel, clock)
        assert len(kernel.get_part(Watch).silences) == 1
        await scene.go(None, None)
        assert [alert.state for alert in await scene.list()] == ["firing"], "samples are still on their way"
        await scene.wait(600, 9)
        await scene.go(1)
        assert [body["text"].split()[1] for body in receiver.bodies] == ["FIRING", "RESOLVED"]


async def test_a_forgotten_host_takes_its_alerts_along(scene: Scene, receiver: Receiver) -> None:
    now = int(scene.clock.now().timestamp())
    await report(scene.kernel, "web1", [Sample(now, make_values(now))])
    await scene.go(9, 9, 9)
    await forget_host(scene.kernel, SYSTEM, "web1")
    async with scene.kernel.get_part(Watch).lock:
        pass
    await scene.kernel.db.write(lambda _tx: None)
    [alert] = await scene.list()
    assert (alert.state, alert.ended_because) == ("resolved", "host web1 is watched no more")
    assert ("resolved", "suppressed", "host web1 is watched no more") in await scene.tell()


async def test_rules_come_and_go_while_it_runs(scene: Scene, receiver: Receiver) -> None:
    await save_rule(scene.kernel, SYSTEM, "busy", RuleBody(expression="test.load > 3", group_wait="0s"))
    await scene.go(4)
    assert [alert.rule for alert in await scene.kernel.db.read(list_alerts)] == ["busy"]
    await remove_rule(scene.kernel, SYSTEM, "busy")
    [alert] = await scene.kernel.db.read(list_alerts)
    assert (alert.state, alert.ended_because) == ("resolved", "the rule was removed")
    await scene.go(4)
    assert len(await scene.kernel.db.read(list_alerts)) == 1


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"expression": "host.cpu >"}, "expression"),
        ({"expression": "host.cpu > 90%", "cooldown": "soon"}, "cooldown"),
        ({"expression": "host.cpu > 90%", "colour": "red"}, "colour"),
        ({"lasting": "5m"}, "expression"),
        ({"expression": "host.cpu > 90% for 5m", "lasting": "5m"}, "Keep one"),
        ({"expression": "host.cpu > +10% vs baseline"}, "baseline"),
        ("host.cpu > 90%", "table"),
    ],
)
async def test_a_rule_that_cannot_be_used_stops_the_start(config: Config, entry: object, told: str) -> None:
    broken = msgspec.structs.replace(config, tables={"alerts": {"broken": entry}})
    with pytest.raises(ConfigError, match=rf"(?s)alerts\.broken.*{told}"):
        async with Kernel(broken, ROOMS):
            pass


async def test_a_default_can_be_changed_in_part_or_switched_off(config: Config, clock: FakeClock) -> None:
    entries = {"host-cpu-critical": {"lasting": "1m"}, "check-down": {"enabled": False}}
    async with Kernel(msgspec.structs.replace(config, tables={"alerts": entries}), ROOMS, clock) as kernel:
        rules = kernel.get_part(Watch).rules
        assert (rules["host-cpu-critical"].asked, rules["host-cpu-critical"].source) == (
            "host.cpu >= 90% for 1m",
            "config",
        )
        assert not rules["check-down"].body.enabled
        kernel.knobs.turn("gonogo.health.cpu_critical", 97)
        await pass_time(kernel, clock)
        assert kernel.get_part(Watch).rules["host-cpu-critical"].asked == "host.cpu >= 97% for 1m"
