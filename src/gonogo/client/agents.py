"""Agents: supervised workers, spawned, looked at, stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path


class Agents:
    """``gonogo.agents``. An agent's name does for its id."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self) -> Any:
        """Every agent with its process and the jobs it does now."""
        return self._send(Call("GET", make_path("agents")))

    def show(self, id: str) -> Any:
        """One agent."""
        return self._send(Call("GET", make_path("agents", id)))

    def templates(self) -> Any:
        """What agents can be made from, by name."""
        return self._send(Call("GET", make_path("agents", "templates")))

    def spawn(
        self,
        template: str,
        name: str | None = None,
        *,
        role: str | None = None,
        prompt: str | None = None,
        connectors: Sequence[str] | None = None,
        capabilities: Sequence[str] | None = None,
        modules: str | None = None,
        concurrency: int | None = None,
    ) -> Any:
        """Make an agent and start it; what is not given comes from the template."""
        body = drop_absent(
            template=template,
            name=name,
            role=role,
            prompt=prompt,
            connectors=None if connectors is None else [*connectors],
            capabilities=None if capabilities is None else [*capabilities],
            modules=modules,
            concurrency=concurrency,
        )
        return self._send(Call("POST", make_path("agents"), body=body))

    def stop(self, id: str) -> Any:
        """End its process; the queue takes back what it did not end."""
        return self._send(Call("POST", make_path("agents", id, "stop")))

    def restart(self, id: str) -> Any:
        """End its process if it has one, and start a new one."""
        return self._send(Call("POST", make_path("agents", id, "restart")))

    def forget(self, id: str) -> Any:
        """Take a stopped agent off the list."""
        return self._send(Call("DELETE", make_path("agents", id)))

    def log(self, id: str, offset: int = 0) -> Any:
        """The end of what its process printed, or what came after ``offset``."""
        return self._send(Call("GET", make_path("agents", id, "log"), {"offset": offset}))
