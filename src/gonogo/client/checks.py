"""HTTP checks: addresses that Gonogo asks again and again."""

from __future__ import annotations

from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path


class Checks:
    """``gonogo.checks``."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self) -> Any:
        """Every check with its state, percentiles and uptime."""
        return self._send(Call("GET", _make_address()))

    def show(self, name: str) -> Any:
        """One check with what it expects, and percentiles over an hour, a day and a week."""
        return self._send(Call("GET", _make_address(name)))

    def results(self, name: str, limit: int | None = None) -> Any:
        """Its newest rounds, newest first."""
        return self._send(Call("GET", _make_address(name, "results"), params=drop_absent(limit=limit)))

    def add(self, name: str, url: str, **expected: Any) -> Any:
        """Ask an address from now on; ``expected`` is what ``[checks.<name>]`` of gonogo.toml may hold."""
        return self._send(Call("POST", _make_address(), body={"name": name, "url": url, **drop_absent(**expected)}))

    def run(self, name: str) -> Any:
        """Ask it now, its contract included."""
        return self._send(Call("POST", _make_address(name, "run"), body={}))

    def remove(self, name: str) -> Any:
        """Ask it no more, and forget its results."""
        return self._send(Call("DELETE", _make_address(name)))


def _make_address(*segments: str) -> str:
    return make_path("v1", "observability", "infrastructure", "checks", *segments)
