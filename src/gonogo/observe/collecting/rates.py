"""Counters that only grow, as rates a second."""

from __future__ import annotations


class Rates:
    """Remembers each counter's last reading."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, float]] = {}

    def measure(self, name: str, count: float, moment: float) -> float | None:
        """The counter's growth a second since its last reading; None at the first one and after a reset."""
        before = self._last.get(name)
        self._last[name] = (moment, count)
        if before is None or moment <= before[0] or count < before[1]:
            return None
        return (count - before[1]) / (moment - before[0])
