"""A bounded run of samples in time order: two flat arrays, 16 bytes a sample."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence


class Ring:
    """The newest ``length`` samples of one series. Late samples find their place; the same instant is overwritten."""

    def __init__(self, length: int) -> None:
        self._length = max(1, length)
        self._times = array("d")
        self._values = array("d")

    def __len__(self) -> int:
        return len(self._times)

    def add(self, at: float, value: float) -> int:
        """Add a sample taken ``at`` seconds since the epoch; gives how many samples were lost to make room."""
        place = bisect_left(self._times, at)
        if place < len(self._times) and self._times[place] == at:
            self._values[place] = value
            return 1
        self._times.insert(place, at)
        self._values.insert(place, value)
        return self._trim()

    def extend(self, times: Sequence[float], values: Sequence[float]) -> None:
        """Add samples in their order, all of them later than those that are held, as they are read from a store."""
        self._times.extend(times)
        self._values.extend(values)
        surplus = max(0, len(self._times) - self._length)
        del self._times[:surplus], self._values[:surplus]

    def read(self, start: float, end: float) -> list[tuple[float, float]]:
        """The samples from ``start`` to ``end``, both included."""
        low, high = bisect_left(self._times, start), bisect_right(self._times, end)
        return list(zip(self._times[low:high], self._values[low:high], strict=True))

    @property
    def columns(self) -> tuple[array[float], array[float]]:
        """Instants and values as they are kept, oldest first; not to be changed."""
        return self._times, self._values

    def find_before(self, at: float) -> tuple[float, float] | None:
        """The newest sample at or before this instant."""
        place = bisect_right(self._times, at) - 1
        return (self._times[place], self._values[place]) if place >= 0 else None

    def last(self) -> tuple[float, float]:
        """The newest sample; raises ``IndexError`` when there is none."""
        return self._times[-1], self._values[-1]

    def _trim(self) -> int:
        # Deleting from an array's front moves the rest (34 kB at the default length): about a microsecond.
        if len(self._times) <= self._length:
            return 0
        del self._times[0], self._values[0]
        return 1
