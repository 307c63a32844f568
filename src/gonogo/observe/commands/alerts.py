"""What people do about alerts: acknowledge, silence, and let a silence end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

import msgspec

from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.durations import parse_duration
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import format_duration
from gonogo.observe.alerts.alert import Alert
from gonogo.observe.alerts.machine import Key, Track
from gonogo.observe.alerts.muting import Silence
from gonogo.observe.alerts.rule import Labels
from gonogo.observe.alerts.telling import LedgerLine
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.commands.alerts_writing import describe_event
from gonogo.observe.errors import AlertNotFound, AlertOver, BadSilence, SilenceNotFound
from gonogo.observe.store import alerts as store
from gonogo.observe.store import alerts_said, alerts_told

LONGEST_SILENCE_S = 366 * 86_400.0


class NewSilence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which alerts to keep quiet about, for how long, and why. Matchers may hold ``*`` for any part of a value."""

    matchers: Labels
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    lasting: Annotated[str, msgspec.Meta(max_length=20)] = "1h"


async def acknowledge(kernel: Kernel, actor: Actor, id: str, note: str = "") -> Alert:
    """Say that somebody looks after it: no reminders from now on. Raises ``Forbidden``, or that it is not firing."""
    authorise(actor, "member")
    watch = kernel.get_part(Watch)
    async with watch.lock:
        found = watch.find_track(id)
        if found is None or not found[1].is_firing:
            raise await _explain_absence(kernel, id)
        key, track = found[0], msgspec.structs.replace(found[1], acknowledged_by=actor.name)
        described = describe_event(watch.rules[key.rule], track)

        def write(tx: Tx) -> Alert:
            at = format_instant(tx.clock.now())
            changes = {"acknowledged_at": at, "acknowledged_by": actor.name, "acknowledged_note": note}
            store.update_alert(tx, id, **changes)
            store.save_tracks(tx, {key: track}, ())
            tx.emit("alert.acknowledged", id, described | {"note": note}, actor)
            alert = store.find_alert(tx, id)
            assert alert is not None
            return alert

        alert = await kernel.db.write(write)
        watch.tracks[key] = track
    return alert


async def silence_alerts(kernel: Kernel, actor: Actor, new: NewSilence) -> Silence:
    """Tell nobody of alerts that match. Raises ``Forbidden`` or ``BadSilence``."""
    authorise(actor, "member")
    watch, now = kernel.get_part(Watch), kernel.clock.now().timestamp()
    silence = Silence(
        id=new_id(),
        matchers=dict(new.matchers),
        starts_at=now,
        ends_at=now + _read_lasting(new),
        created_by=actor.name,
        reason=new.reason,
    )
    async with watch.lock:

        def write(tx: Tx) -> None:
            alerts_said.insert_silence(tx, silence)
            lasting = format_duration(silence.ends_at - silence.starts_at)
            data = {"text": new.reason, "matchers": silence.matchers, "lasting": lasting}
            tx.emit("alert.silenced", silence.id, data, actor)

        await kernel.db.write(write)
        watch.silences.append(silence)
    return silence


async def end_silence(kernel: Kernel, actor: Actor, id: str) -> Silence:
    """Let a silence end now. Raises ``Forbidden`` or ``SilenceNotFound``."""
    authorise(actor, "member")
    watch, now = kernel.get_part(Watch), kernel.clock.now().timestamp()
    async with watch.lock:
        silence = next((one for one in watch.silences if one.id == id and one.ends_at > now), None)
        if silence is None:
            raise SilenceNotFound(
                f"No silence '{id}' is in force. `gonogo alerts silences` lists those that are.", field="id"
            )

        def write(tx: Tx) -> None:
            alerts_said.end_silence(tx, id, now)
            tx.emit("alert.unsilenced", id, {"text": silence.reason, "matchers": silence.matchers}, actor)

        await kernel.db.write(write)
        watch.silences.remove(silence)
    return msgspec.structs.replace(silence, ends_at=now)


async def end_alerts(kernel: Kernel, concerns: Callable[[Key, Track], bool], because: str) -> None:
    """Forget series that will not come back; their alerts end, and the ledger says that nobody was told."""
    watch = kernel.get_part(Watch)
    async with watch.lock:
        ended = {key: track for key, track in watch.tracks.items() if concerns(key, track)}
        if not ended:
            return
        await kernel.db.write(partial(_write_ends, ended=ended, because=because))
        watch.tracks = {key: track for key, track in watch.tracks.items() if key not in ended}


def _write_ends(tx: Tx, ended: dict[Key, Track], because: str) -> None:
    at = format_instant(tx.clock.now())
    store.save_tracks(tx, {}, ended)
    for key, track in ended.items():
        if not track.is_firing:
            if track.state != "ok":
                store.delete_alert(tx, track.alert)
            continue
        store.update_alert(tx, track.alert, state="resolved", resolved_at=at, ended_because=because)
        line = LedgerLine(
            at=at, rule=key.rule, series=key.series, alert=track.alert, kind="resolved", outcome="suppressed"
        )
        alerts_told.append_lines(tx, [msgspec.structs.replace(line, reason=because)])
        tx.emit("alert.resolved", track.alert, {"text": f"{key.rule}{key.series}", "because": because}, SYSTEM)


async def _explain_absence(kernel: Kernel, id: str) -> AlertNotFound | AlertOver:
    alert = await kernel.db.read(partial(store.find_alert, id=id))
    if alert is None:
        return AlertNotFound(f"There is no alert '{id}'. `gonogo alerts list` shows those that fire.", field="id")
    return AlertOver(
        f"This alert is {alert.state.replace('_', ' ')}; only a firing one can be acknowledged.", field="id"
    )


def _read_lasting(new: NewSilence) -> float:
    if not new.matchers:
        raise BadSilence("Say which alerts to silence, such as host=web1 or rule=host-cpu-*.", field="matchers")
    try:
        seconds = parse_duration(new.lasting)
    except ValueError as error:
        raise BadSilence(f"'lasting': {error}.", field="lasting") from error
    if not 0 < seconds <= LONGEST_SILENCE_S:
        raise BadSilence("A silence lasts longer than nothing and at most a year.", field="lasting")
    return seconds
