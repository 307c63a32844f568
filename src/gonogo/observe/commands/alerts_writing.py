"""Writing down what a look found: tracks, alerts, ledger, letters and events, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.db.database import Tx
from gonogo.kernel.ids import new_id
from gonogo.kernel.signals import write_series
from gonogo.observe.alerts.alert import Alert, find_type
from gonogo.observe.alerts.machine import Key, Move, Track
from gonogo.observe.alerts.notice import Place, tell_alert, tell_instant, write_notice
from gonogo.observe.alerts.round import Moved, Round
from gonogo.observe.alerts.rule import Rule
from gonogo.observe.alerts.telling import LedgerLine, Letter
from gonogo.observe.store import alerts as store
from gonogo.observe.store import alerts_told

EVENTS: dict[Move, str] = {
    "fired": "alert.fired",
    "resolved": "alert.resolved",
    "lost": "alert.data_lost",
    "returned": "alert.data_returned",
}
NOTICES: dict[Move, str] = {"pending": "alert.pending", "cleared": "alert.cleared"}


def write_round(
    tx: Tx,
    *,
    found: Round,
    before: Mapping[Key, Track],
    rules: Mapping[str, Rule],
    place: Place,
    targets: Mapping[str, str],
) -> None:
    """Keep everything that a look changed. ``targets`` holds addresses that were given for this look alone."""
    idle = set(found.idle)
    changed = {key: found.tracks[key] for key in found.changed if key not in idle}
    store.save_tracks(tx, changed, [key for key in idle if key in before])
    for moved in found.moves:
        _write_move(tx, moved, before.get(moved.key), rules[moved.key.rule])
    alerts_told.append_lines(tx, _list_decisions(found))
    alerts_told.insert_letters(tx, _write_letters(found, rules, place, targets))


def _write_move(tx: Tx, moved: Moved, before: Track | None, rule: Rule) -> None:
    track, at = moved.track, tell_instant(moved.track.since)
    if before is None or before.state == "ok":
        store.insert_alert(tx, describe_alert(rule, track))
    elif moved.move == "cleared":
        store.delete_alert(tx, track.alert)
    elif moved.move == "resolved":
        store.update_alert(tx, track.alert, state="resolved", resolved_at=at, value=track.value)
    elif moved.move == "fired":
        text = tell_alert(rule, "fired", track).text
        store.update_alert(tx, track.alert, state="firing", fired_at=at, value=track.value, message=text)
    else:
        store.update_alert(tx, track.alert, state=track.state)
    fired = before is not None and before.is_firing
    if moved.move in EVENTS and (fired or moved.move == "fired"):
        tx.emit(EVENTS[moved.move], track.alert, describe_event(rule, track), SYSTEM)


def describe_alert(rule: Rule, track: Track) -> Alert:
    """A new alert, as the table has it."""
    told = tell_alert(rule, "fired", track)
    return Alert(
        id=track.alert,
        rule=rule.name,
        host=track.labels.get("host", ""),
        metric_type=find_type(rule.first.signal),
        signal=rule.first.signal,
        severity=rule.severity,
        state="pending" if track.state == "ok" else track.state,
        value=track.value,
        threshold=told.threshold,
        unit=told.unit,
        message=told.text,
        labels=told.labels,
        series=told.series,
        started_at=tell_instant(track.since),
        fired_at=tell_instant(track.fired_at) if track.is_firing and track.fired_at is not None else None,
    )


def describe_event(rule: Rule, track: Track) -> dict[str, object]:
    """What goes with an event about an alert."""
    series = write_series(rule.first.signal, track.labels)
    return {
        "text": f"{rule.name} on {series}",
        "rule": rule.name,
        "severity": rule.severity,
        "series": series,
        "labels": track.labels,
        "value": track.value,
    }


def _list_decisions(found: Round) -> list[LedgerLine]:
    at = tell_instant(found.at)
    return [
        LedgerLine(
            at=at,
            alert=decision.alert,
            rule=decision.key.rule,
            series=decision.key.series,
            kind=decision.kind,
            outcome=decision.outcome,
            reason=decision.reason,
            notification=decision.notification,
        )
        for decision in found.decisions
    ]


def _write_letters(
    found: Round, rules: Mapping[str, Rule], place: Place, targets: Mapping[str, str]
) -> Sequence[Letter]:
    at = tell_instant(found.at)
    return [
        Letter(
            id=new_id(),
            notification=message.id,
            channel=channel,
            target=targets.get(channel, ""),
            body=msgspec.json.encode(write_notice(message, rules, place, found.at)).decode(),
            created_at=at,
            due_at=at,
        )
        for message in found.messages
        for channel in message.channels
    ]
