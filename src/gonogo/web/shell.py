"""What the frame around a page shows: who is here, where, and where one can go."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request

import gonogo
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import NavEntry

FRONT = NavEntry("Control room", "/", "home", "h")
ADMINISTRATION = (
    NavEntry("Audit", "/audit", "audit", "a"),
    NavEntry("People", "/people", "people", "p"),
    NavEntry("Keys", "/keys", "keys", "k"),
)
SHORT = 4
"""Entries that fit the bottom bar of a phone, beside "More"."""


class NavGroup(msgspec.Struct, frozen=True):
    """Some entries under a title; an empty title shows none."""

    title: str
    entries: tuple[NavEntry, ...]


class Shell(msgspec.Struct, frozen=True):
    """The frame of one page for one actor.

    ``current`` is the href of the entry that the page belongs to; ``seq`` the newest event the page can't have missed.
    """

    actor: Actor | None
    environment: str
    version: str
    nav: tuple[NavGroup, ...]
    current: str
    seq: int = 0

    @property
    def short_nav(self) -> tuple[NavEntry, ...]:
        """What the bottom bar of a phone has room for."""
        return tuple(entry for group in self.nav for entry in group.entries)[:SHORT]


def make_shell(request: Request[Any, Any, Any]) -> Shell:
    """The frame for this request."""
    kernel: Kernel = request.app.state.kernel
    rooms = tuple(entry for room in kernel.rooms for entry in room.nav)
    nav = (NavGroup("", (FRONT, *rooms)), NavGroup("Administration", ADMINISTRATION))
    return Shell(
        actor=request.scope.get("user"),
        environment=kernel.config.environment,
        version=gonogo.__version__,
        nav=tuple(group for group in nav if group.entries),
        current=_find_current(request.url.path, nav),
        seq=getattr(request.state, "seq", 0),
    )


def _find_current(path: str, nav: tuple[NavGroup, ...]) -> str:
    hrefs = [entry.href for group in nav for entry in group.entries]
    inside = [href for href in hrefs if path == href or (href != "/" and path.startswith(f"{href}/"))]
    return max(inside, key=len, default="")
