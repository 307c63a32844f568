"""A table that never changes: putting a value in makes another table, which shares what it can with the first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from typing import Any

COUNT = 256


class Buckets(Mapping[str, Any]):
    """Values by key, in no order. ``replace`` copies a few small dictionaries where a plain one were copied whole."""

    __slots__ = ("_buckets",)

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self._buckets: tuple[dict[str, Any], ...] = tuple({} for _ in range(COUNT))
        for key, value in (values or {}).items():
            self._buckets[hash(key) % COUNT][key] = value

    def __getitem__(self, key: str) -> Any:
        return self._buckets[hash(key) % COUNT][key]

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._buckets)

    def __len__(self) -> int:
        return sum(map(len, self._buckets))

    def replace(self, changed: Mapping[str, Any], gone: Collection[str] = ()) -> Buckets:
        """This table with other values for some keys, and without those that are ``gone``."""
        buckets = list(self._buckets)
        for number in {hash(key) % COUNT for key in (*changed, *gone)}:
            buckets[number] = dict(buckets[number])
        for key, value in changed.items():
            buckets[hash(key) % COUNT][key] = value
        for key in gone:
            buckets[hash(key) % COUNT].pop(key, None)
        made = Buckets.__new__(Buckets)
        made._buckets = tuple(buckets)
        return made
