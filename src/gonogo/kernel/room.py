"""A room's manifest: everything the house needs to know of a room, in one value.

Rooms never import each other; they meet here: signals (numbers), actions (moves), lights and changes (the front
page), events (facts, through the database) and tasks (work).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from gonogo.kernel.actions import Action
from gonogo.kernel.knobs import Knob

if TYPE_CHECKING:
    from gonogo.kernel.kernel import Kernel

LightState = Literal["go", "hold", "no_go", "no_data"]


class Light(msgspec.Struct, frozen=True):
    """One light of the go/no-go board, with its reason in a sentence and where to read more."""

    name: str
    state: LightState
    reason: str
    href: str


class NavEntry(msgspec.Struct, frozen=True):
    """One entry of the navigation. ``key`` is pressed after ``g``."""

    title: str
    href: str
    icon: str
    key: str


class Panel(msgspec.Struct, frozen=True):
    """A block on the front page: a template of the room and what it shows (as ``shown``); live on ``topics``."""

    id: str
    template: str
    context: dict[str, Any]
    topics: tuple[str, ...] = ()
    area: Literal["main", "side"] = "main"


class AlertRule(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that a room comes with: it fires when ``expression`` (of signals) holds for ``lasting``."""

    name: str
    expression: str
    lasting: str
    severity: Literal["warning", "critical"]
    description: str


Hook = Callable[["Kernel"], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a room brings. ``controllers`` are its routes and pages (Litestar's, unknown to the kernel)."""

    name: str
    summary: str
    controllers: Sequence[Any] = ()
    nav: Sequence[NavEntry] = ()
    templates: Path | None = None
    knobs: Sequence[Knob] = ()
    alerts: Sequence[AlertRule] = ()
    declare_signals: Callable[[Kernel], None] | None = None
    actions: Mapping[str, Action] | None = None
    read_lights: Callable[[Kernel], Awaitable[Sequence[Light]]] | None = None
    read_panels: Callable[[Kernel], Awaitable[Sequence[Panel]]] | None = None
    on_start: Hook | None = None
    on_stop: Hook | None = None
