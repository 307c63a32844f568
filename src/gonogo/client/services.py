"""Services: how they run, and moving them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path


class Services:
    """``gonogo.services``."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self) -> Any:
        """Every service and tunnel with its processes."""
        return self._send(Call("GET", make_path("services")))

    def show(self, name: str) -> Any:
        """One of them."""
        return self._send(Call("GET", make_path("services", name)))

    def up(self, names: Sequence[str] = ()) -> Any:
        """Start services (all when none is named) and what they need."""
        return self._send(Call("POST", make_path("services", "up"), body={"names": [*names]}))

    def down(self, names: Sequence[str] = ()) -> Any:
        """End services (all when none is named), and before them what needs them."""
        return self._send(Call("POST", make_path("services", "down"), body={"names": [*names]}))

    def restart(self, name: str) -> Any:
        """End and start a service's processes, one after the other."""
        return self._send(Call("POST", make_path("services", name, "restart")))

    def scale(self, name: str, replicas: int) -> Any:
        """Give a service so many processes."""
        return self._send(Call("POST", make_path("services", name, "scale"), body={"replicas": replicas}))

    def swap(
        self,
        name: str,
        version: str | None = None,
        command: Sequence[str] | None = None,
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        warm: bool | None = None,
    ) -> Any:
        """Put a version in place of the active one; its ``status`` is ``done``, ``failed``, or still ``running``."""
        body = drop_absent(version=version, command=command and [*command], cwd=cwd, env=env, warm=warm)
        return self._send(Call("POST", make_path("services", name, "swap"), body=body))

    def roll_back(self, name: str) -> Any:
        """Put the version back that was in service before."""
        return self._send(Call("POST", make_path("services", name, "rollback")))

    def swaps(self, name: str) -> Any:
        """The newest swaps and rollbacks of a service."""
        return self._send(Call("GET", make_path("services", name, "swaps")))

    def versions(self, name: str) -> Any:
        """The recorded versions of a service."""
        return self._send(Call("GET", make_path("services", name, "versions")))

    def logs(self, name: str, lines: int = 200, search: str = "", offset: str = "0") -> Any:
        """The last lines that a service printed, those that contain ``search``, or what came after ``offset``."""
        params = drop_absent(lines=lines, search=search or None, offset=offset)
        return self._send(Call("GET", make_path("services", name, "logs"), params))
