"""Trying a rule out: a marked test through the real channels, and a dry run over what was stored."""

from __future__ import annotations

import asyncio
from functools import partial

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import SignalRegistry
from gonogo.observe.alerts.channels.channel import Channel
from gonogo.observe.alerts.defaults import SILENCE
from gonogo.observe.alerts.machine import Key, Track
from gonogo.observe.alerts.notice import Notice, tell_instant, write_notice
from gonogo.observe.alerts.notifying import Message
from gonogo.observe.alerts.replay import DryRun, Replay, copy_live, find_lookback, list_signals
from gonogo.observe.alerts.telling import LedgerLine
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.commands.alerts_sending import try_send
from gonogo.observe.errors import ChannelMissing
from gonogo.observe.store.alerts_history import STORED, find_beginning, load_stretch
from gonogo.observe.store.alerts_said import list_silences
from gonogo.observe.store.alerts_told import append_lines
from gonogo.observe.tiers import DAY_S

STRETCH_S = 21_600
"""Seconds of history that are in memory at a time: a tenth of a megabyte for each series."""


class Outcome(msgspec.Struct, frozen=True):
    """How one channel took a test. ``error`` is empty when it did."""

    channel: str
    leads_to: str
    sent: bool
    error: str


async def send_test(kernel: Kernel, actor: Actor, name: str) -> list[Outcome]:
    """Send a marked test of a rule through each of its channels, once. Raises ``ChannelMissing`` when it has none."""
    authorise(actor, "operator")
    watch = kernel.get_part(Watch)
    rule = watch.get_rule(name)
    channels = [one for one in watch.channels.values() if not rule.body.channels or one.name in rule.body.channels]
    if not channels:
        raise ChannelMissing(
            "Nobody would be told. Set GONOGO_SLACK_WEBHOOK, GONOGO_ALERT_WEBHOOK, or GONOGO_ALERT_EMAIL_TO with "
            "GONOGO_SMTP_URL, and start Gonogo anew."
        )
    now = kernel.clock.now().timestamp()
    track = Track(labels={"test": "true"}, state="firing", since=now, fired_at=now, value=rule.first.value.value)
    named = tuple(channel.name for channel in channels)
    message = Message(new_id(), {"rule": name}, named, ((Key(name, ""), "test", track),))
    notice = write_notice(message, watch.rules, watch.place, now)
    outcomes = await asyncio.gather(*(_try_channel(channel, notice) for channel in channels))
    await kernel.db.write(partial(_note_test, outcomes=outcomes, rule=name, notification=notice.id, actor=actor))
    return list(outcomes)


async def dry_run(kernel: Kernel, actor: Actor, name: str, days: int) -> DryRun:
    """Say what a rule would have done in the last ``days``. Runs beside the server's work, a stretch at a time."""
    authorise(actor, "viewer")
    watch, now = kernel.get_part(Watch), kernel.clock.now().timestamp()
    rule = watch.get_rule(name)
    since = now - days * DAY_S
    silences = await kernel.db.read(partial(list_silences, since=since))
    replay = Replay(rule, watch.rules, silences, tuple(watch.channels))
    beginning = await kernel.db.read(find_beginning)
    signals = list_signals(replay.rules)
    stored = [signal for signal in signals if signal in STORED or signal == SILENCE]
    live = SignalRegistry(ring_length=100_000)
    covered: dict[str, float | None] = dict.fromkeys(stored, None if beginning is None else max(since, beginning))
    covered |= {signal: copy_live(kernel.signals, live, signal) for signal in signals if signal not in stored}
    start = max(since, min((at for at in covered.values() if at is not None), default=now) - 1)
    lookback = int(find_lookback(replay.rules)) + 60
    while start < now:
        end = min(now, start + STRETCH_S)
        load = partial(load_stretch, names=stored, start=int(start) - lookback, end=int(end) + 1)
        registry = await kernel.db.read(load)
        for signal in covered.keys() - set(stored):
            copy_live(live, registry, signal)
        await asyncio.to_thread(replay.run, registry, start, end)
        start = end
    return _finish(replay, covered, since, now)


def _finish(replay: Replay, covered: dict[str, float | None], since: float, now: float) -> DryRun:
    result = replay.result
    result.since, result.until = tell_instant(since), tell_instant(now)
    result.covered = {name: None if at is None else tell_instant(max(at, since)) for name, at in covered.items()}
    if "host.disk" in covered:
        result.notes.append("Of disks, only the fullest file system of each host is stored.")
    if any(name not in STORED and name != SILENCE for name in covered):
        result.notes.append("Signals that are no host's are kept in memory alone: the last hours of them.")
    result.notes.append("Acknowledgements are not replayed: they would have stopped reminders.")
    return result


async def _try_channel(channel: Channel, notice: Notice) -> Outcome:
    failure = await try_send(channel, notice, new_id())
    return Outcome(channel.name, channel.shown, failure is None, "" if failure is None else str(failure))


def _note_test(tx: Tx, outcomes: list[Outcome], rule: str, notification: str, actor: Actor) -> None:
    at = format_instant(tx.clock.now())
    lines = [
        LedgerLine(
            at=at,
            rule=rule,
            kind="test",
            outcome="sent" if outcome.sent else "failed",
            reason=outcome.error or f"asked for by {actor.name}",
            channel=outcome.channel,
            notification=notification,
            attempt=1,
        )
        for outcome in outcomes
    ]
    append_lines(tx, lines)
    tx.emit("alert.tested", rule, {"text": rule, "sent": [one.channel for one in outcomes if one.sent]}, actor)
