"""What a keeper tells of its service, in its state file and to whoever follows it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from gonogo.services.spec import PROXIES

Role = Literal["incoming", "active", "draining", "warm", "proxy"]
Phase = Literal["starting", "ready", "unready", "backing_off", "stopping", "ended", "gave_up"]


class Identity(msgspec.Struct, frozen=True):
    """A process id with its start, in clock ticks since the machine's own: a reused id is told apart."""

    pid: int
    started: int


class InstanceState(msgspec.Struct, frozen=True, kw_only=True):
    """One process of the service. ``restarts`` counts crashes since it was first started."""

    name: str
    version: str
    role: Role
    phase: Phase
    process: Identity | None = None
    since: float = 0.0
    restarts: int = 0
    why: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, with its place in the keeper's own order; ``at`` in seconds since 1970."""

    seq: int
    at: float
    name: str
    data: dict[str, Any] = {}


class KeeperState(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. ``journal`` holds the newest entries, ``outside`` what is wrong with the public address ``url``."""

    service: str
    keeper: Identity
    active: str
    previous: str | None = None
    driver: str = "none"
    swapping: str | None = None
    url: str | None = None
    outside: str = ""
    instances: tuple[InstanceState, ...] = ()
    journal: tuple[Entry, ...] = ()

    @property
    def serving(self) -> tuple[InstanceState, ...]:
        """The processes that traffic is meant for."""
        return tuple(each for each in self.instances if each.role == "active")

    @property
    def ready_count(self) -> int:
        """How many of them are ready."""
        return sum(each.phase == "ready" for each in self.serving)

    @property
    def is_ready(self) -> bool:
        """Whether requests are answered: a process is ready, and so is the proxy where there is to be one."""
        way_in = self.driver not in PROXIES or any(
            each.role == "proxy" and each.phase == "ready" for each in self.instances
        )
        return way_in and self.ready_count > 0


class SwapResult(msgspec.Struct, frozen=True, kw_only=True):
    """How a swap went: seconds until the new version was ready, and until traffic had moved."""

    moved: bool
    why: str
    version: str
    previous: str
    ready_s: float = 0.0
    duration_s: float = 0.0
    was_warm: bool = False
