"""One family's tables within one transaction, and what every part of the backend asks of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec

from gonogo.jobs.rules import to_ms
from gonogo.jobs.schemas import Job, Limit
from gonogo.kernel.db.database import Cursor, Parameters, Tx

decode_job = msgspec.json.Decoder(Job).decode
decode_limit = msgspec.json.Decoder(Limit).decode
encode = msgspec.json.Encoder().encode


@cache
def _fill(sql: str, family: str) -> str:
    return sql.replace("@", family)


class Book:
    """Runs SQL in which ``@`` stands for the family's name. ``now`` is the transaction's moment, milliseconds."""

    __slots__ = ("_family", "_tx", "now")

    def __init__(self, tx: Tx, family: str) -> None:
        self._tx, self._family = tx, family
        self.now = to_ms(tx.clock.now())

    def run(self, sql: str, parameters: Parameters = ()) -> Cursor:
        return self._tx.run(_fill(sql, self._family), parameters)

    def run_many(self, sql: str, rows: Iterable[Parameters]) -> Cursor:
        return self._tx.run_many(_fill(sql, self._family), rows)


def pack(values: Iterable[object]) -> str:
    """A list as one parameter, for ``IN (SELECT value FROM json_each(?))``."""
    return msgspec.json.encode(list(values)).decode()


def count_up(book: Book, name: str, count: int) -> None:
    """Add to a total."""
    if count:
        book.run(
            "INSERT INTO @_totals (name, count) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET count = count + ?2",
            (name, count),
        )
