"""The states of one alert, as a pure function of what its series says: ok, pending, firing, and no data.

"Resolved" is how an alert ends, not a state of its series. Instants are seconds since the epoch.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from gonogo.kernel.signals.judgement import Outcome

State = Literal["ok", "pending", "firing", "no_data"]
Move = Literal["pending", "fired", "cleared", "resolved", "lost", "returned"]
Owed = Literal["", "resolved"]


class Key(NamedTuple):
    """One series of one rule; ``series`` is its labels as expressions write them."""

    rule: str
    series: str


class Reading(NamedTuple):
    """What a series says of its rule's condition; ``value`` is in the unit of the threshold."""

    outcome: Outcome
    value: float | None = None


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """Where one series of one rule stands.

    ``true_since`` is when the condition began to hold, ``fired_at`` when the present alert fired. The rest is what
    its receivers know: whether they were told of it (``told``), when something was last told (``told_at``), what is
    still owed to them, when it may go (``ready_at``), and why it doesn't (``muted``).
    """

    labels: dict[str, str] = {}
    state: State = "ok"
    since: float = 0.0
    true_since: float | None = None
    fired_at: float | None = None
    value: float | None = None
    alert: str = ""
    told: bool = False
    told_at: float | None = None
    owed: Owed = ""
    owed_since: float = 0.0
    ready_at: float | None = None
    muted: str = ""
    acknowledged_by: str = ""

    @property
    def is_firing(self) -> bool:
        """Whether it fired and has not resolved; losing its data resolves nothing."""
        return self.fired_at is not None and self.state != "ok"


def advance(
    track: Track, reading: Reading, now: float, hold_s: float, *, fire_blind: bool
) -> tuple[Track, Move | None]:
    """The track after a reading, and the move it made, if any.

    The condition must be read as true from one reading to the next for ``hold_s``. A series without data moves to
    "no data" from any state and is never taken for ok; with ``fire_blind`` it fires after ``hold_s`` of that.
    """
    if reading.outcome == "true":
        return _rise(track, reading.value, now, hold_s)
    if reading.outcome == "no_data":
        return _go_blind(track, now, hold_s, fire_blind)
    return _fall(track, reading.value, now)


def _rise(track: Track, value: float | None, now: float, hold_s: float) -> tuple[Track, Move | None]:
    if track.state == "firing":
        return _keep(track, value), None
    if track.fired_at is not None and track.state == "no_data":
        return _enter(track, "firing", now, value=value), "returned"
    began = track.true_since if track.true_since is not None else now
    if now - began >= hold_s:
        return _fire(track, now, value=value, true_since=began), "fired"
    if track.state == "pending":
        return _keep(track, value), None
    return _enter(track, "pending", now, value=value, true_since=began, fired_at=None), "pending"


def _fall(track: Track, value: float | None, now: float) -> tuple[Track, Move | None]:
    if track.state == "ok":
        return track, None
    if not track.is_firing:
        return _enter(track, "ok", now, value=value, true_since=None, muted="", ready_at=None), "cleared"
    owed: Owed = "resolved" if track.told else ""
    over = _enter(track, "ok", now, value=value, true_since=None, owed=owed, owed_since=now, ready_at=None, muted="")
    return over, "resolved"


def _go_blind(track: Track, now: float, hold_s: float, fire_blind: bool) -> tuple[Track, Move | None]:
    if fire_blind and track.state == "firing":
        return track, None
    began = track.since if track.state == "no_data" else now
    if fire_blind and not track.is_firing and now - began >= hold_s:
        return _fire(track, now, value=None, true_since=began), "fired"
    if track.state == "no_data":
        return track, None
    fired_at = track.fired_at if track.is_firing else None
    return _enter(track, "no_data", now, true_since=None, fired_at=fired_at), "lost"


def _fire(track: Track, now: float, *, value: float | None, true_since: float) -> Track:
    # Whoever was never told that the alert before this one is over already believes what is so again.
    return _enter(
        track,
        "firing",
        now,
        value=value,
        true_since=true_since,
        fired_at=now,
        told=track.owed == "resolved",
        owed="",
        ready_at=None,
        muted="",
        acknowledged_by="",
    )


def _enter(track: Track, state: State, now: float, **changes: object) -> Track:
    return msgspec.structs.replace(track, state=state, since=now, **changes)


def _keep(track: Track, value: float | None) -> Track:
    return track if value == track.value else msgspec.structs.replace(track, value=value)
