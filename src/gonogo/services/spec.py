"""What a keeper is told of its service: plain values that travel as JSON between the server and the keeper.

Nothing here may import more than msgspec: every service has a keeper, and a keeper is to stay small.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Driver = Literal["socket", "reuseport", "caddy", "nginx", "haproxy", "none"]
"""How traffic reaches a version: a socket Gonogo holds, sockets of its own on a common port, a proxy, or not at all."""

PROXIES: tuple[Driver, ...] = ("caddy", "nginx", "haproxy")

_NUL = "\0"


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """A version: what is started, where, and with which environment over the service's own."""

    version: str
    command: tuple[str, ...]
    cwd: str
    env: dict[str, str] = {}
    env_file: str | None = None


def find_launch_fault(launch: Launch) -> tuple[str, str] | None:
    """What no system can start, as field and sentence; None when nothing stands against it."""
    if not launch.command or not launch.command[0]:
        return "command", "A version needs a command: the program and its arguments."
    if any(_NUL in text for text in (*launch.command, launch.cwd, *launch.env.values())):
        return "command", "A command, its folder and its environment can't hold the character NUL."
    bad = next((name for name in launch.env if not name or "=" in name or _NUL in name), None)
    if bad is not None:
        return "env", f"'{bad}' can't be the name of a variable: it needs a character, and none of them may be '='."
    return None


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """When a process is ready and when it lives. Times in seconds; without ``path`` a TCP connection is enough."""

    path: str | None = None
    every: float = 5.0
    timeout: float = 2.0
    healthy_after: int = 1
    unhealthy_after: int = 3
    ready_within: float = 60.0


class Restart(msgspec.Struct, frozen=True, kw_only=True):
    """Waits between restarts: ``first`` seconds, doubled up to ``most``; given up after ``attempts`` in ``within``."""

    first: float = 0.1
    most: float = 30.0
    attempts: int = 10
    within: float = 600.0


class Logs(msgspec.Struct, frozen=True, kw_only=True):
    """A log file is put aside at ``size`` bytes; ``keep`` of those are kept."""

    size: int = 10_000_000
    keep: int = 5


class PublicUrl(msgspec.Struct, frozen=True, kw_only=True):
    """Where a tunnel's address shows: a ``pattern`` in what it prints, or ngrok's own API; ``check`` is asked for."""

    pattern: str | None = None
    api: str | None = None
    check: str | None = "/"


class ServiceSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One service as a keeper runs it."""

    name: str
    launch: Launch
    listen: str | None = None
    port: int | None = None
    driver: Driver = "none"
    replicas: int = 1
    health: Health = Health()
    drain: float = 30.0
    stop_within: float = 10.0
    user: str | None = None
    restart: Restart = Restart()
    logs: Logs = Logs()
    warm: bool = False
    public: PublicUrl | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of ``listen``."""
        host, _, port = (self.listen or "").rpartition(":")
        return host, int(port or 0)
