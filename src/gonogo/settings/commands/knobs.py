"""The rooms' knobs as settings: one becomes a setting when it is first turned, and what is set reaches it at once.

Until then it is none, so that a store holds what its own catalogs declare and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable

from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.knobs import Knob, Knobs
from gonogo.settings.catalog import Catalog
from gonogo.settings.changes import Commit
from gonogo.settings.commands.catalog import declare_catalog
from gonogo.settings.definition import Definition
from gonogo.settings.desk import Desk
from gonogo.settings.live import Follower, LiveSettings
from gonogo.settings.models import DEFAULT
from gonogo.settings.snapshot import Snapshot

GROUP = "gonogo"


class KnobTurner(Follower):
    """Keeps every knob where its setting stands, and where it started when it has none."""

    def __init__(self, live: LiveSettings, knobs: Knobs) -> None:
        self._live = live
        self._knobs = knobs

    def follow(self, commit: Commit, before: Snapshot, after: Snapshot) -> None:  # noqa: ARG002
        if commit.environment == DEFAULT:
            self._turn(change.key for change in commit.changes if change.key in self._knobs)

    def restart(self) -> None:
        self._turn(knob.name for knob in self._knobs)

    def _turn(self, names: Iterable[str]) -> None:
        values = self._live.snapshot.values
        for name in names:
            self._knobs.turn(name, values.get(name, self._knobs.get_start(name)))


async def follow_knobs(desk: Desk) -> None:
    """Bring the knobs to what is stored, and keep them there. The environment may have moved a start meanwhile."""
    knobs, live = desk.kernel.knobs, desk.live
    turner = KnobTurner(live, knobs)
    live.add_follower(turner)
    await _declare(desk, [knob for knob in knobs if knob.name in live.definitions])
    turner.restart()


def find_definition(knobs: Knobs, key: str) -> Definition | None:
    """What the setting of a knob will be like once somebody turns it; None when there is no such knob."""
    knob = knobs.find(key)
    return None if knob is None else _define(knob, knobs.get_start(key))


async def adopt_knobs(desk: Desk, actor: Actor, keys: Iterable[str]) -> None:
    """Make settings of those ``keys`` that are knobs and no settings yet. Raises ``Forbidden``."""
    knobs = desk.kernel.knobs
    fresh = [knob for key in keys if key not in desk.live.definitions and (knob := knobs.find(key)) is not None]
    if fresh:
        authorise(actor, "admin")
        known = [knob for knob in knobs if knob.name in desk.live.definitions]
        await _declare(desk, [*known, *fresh])


async def _declare(desk: Desk, knobs: list[Knob]) -> None:
    if knobs:
        settings = tuple(_define(knob, desk.kernel.knobs.get_start(knob.name)) for knob in knobs)
        await declare_catalog(desk, SYSTEM, Catalog(settings=settings), source=GROUP)


def _define(knob: Knob, start: float) -> Definition:
    return Definition(
        key=knob.name,
        type="float",
        default=start,
        category=GROUP,
        label=knob.variable,
        description=knob.description,
        min=knob.min,
        max=knob.max,
        unit=knob.unit,
        min_role="admin",
    )
