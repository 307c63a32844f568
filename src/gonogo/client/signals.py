"""Signals: every live number by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gonogo.client.call import Call, Send, make_path


class Signals:
    """``gonogo.signals``."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self) -> Any:
        """Every signal with its unit, labels, source, last values and their age in seconds."""
        return self._send(Call("GET", make_path("signals")))

    def show(self, name: str) -> Any:
        """One signal with its samples: seconds since the epoch and value, oldest first."""
        return self._send(Call("GET", make_path("signals", name)))

    def record(
        self, name: str, values: Sequence[float], unit: str = "", labels: Mapping[str, str] | None = None
    ) -> Any:
        """Add samples of one series; ``unit`` counts the first time a name is seen."""
        body = {"values": list(values), "unit": unit, "labels": dict(labels or {})}
        return self._send(Call("POST", make_path("signals", name), body=body))

    def evaluate(self, expression: str) -> Any:
        """What a gate with this expression, such as ``http.p95 < 200ms over 5m``, would say now."""
        return self._send(Call("POST", make_path("signals", "evaluate"), body={"expression": expression}))
