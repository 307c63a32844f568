"""The checks of a database: each gives the sentences of what it found wrong, and says what it looked at."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator

import msgspec

from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.database.asking import Asked, quote_path

_COUNT = re.compile(r"^(?P<table>[\w.]+)(?P<op>==|>=|<=|>|<|=)(?P<count>\d+)$")
_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "=": operator.eq,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_MOST_TOLD = 3


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a database is to hold. ``rows`` read ``table>=1``, ``json`` and ``unique`` name ``table.column``."""

    tables: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    json: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()


def check_database(database: Asked, wanted: Wanted, say: Callable[[str], None]) -> tuple[list[str], dict[str, int]]:
    """Everything that is wrong, and the rows of the tables that were counted."""
    faults = list(database.find_faults())
    say("✘ integrity" if faults else "✔ integrity")
    faults += _find_absent("table", wanted.tables, database.list_tables(), say)
    faults += _find_absent("index", wanted.indexes, database.list_indexes(), say)
    counts: dict[str, int] = {}
    for rule in wanted.rows:
        faults += _check_count(database, rule, counts, say)
    for column in wanted.json:
        faults += _check_json(database, column, say)
    for columns in wanted.unique:
        faults += _check_unique(database, columns, say)
    for fault in faults:
        say(f"✘ {fault}")
    return faults, counts


def _find_absent(kind: str, names: tuple[str, ...], there: set[str], say: Callable[[str], None]) -> list[str]:
    if names:
        say(f"{kind}s asked for: {', '.join(names)}")
    return [f"there is no {kind} {name}" for name in names if name not in there]


def _check_count(database: Asked, rule: str, counts: dict[str, int], say: Callable[[str], None]) -> list[str]:
    match = _COUNT.match(rule)
    if match is None:
        raise BadInput(f"'rows' are written as table>=1 or table==78, not '{rule}'.", field="rows")
    table = match["table"]
    [(count,)] = database.select(f"SELECT count(*) FROM {quote_path(table)}")
    counts[table] = int(count)
    say(f"{table} has {count} rows")
    if _OPERATORS[match["op"]](int(count), int(match["count"])):
        return []
    return [f"{table} has {count} rows, and {match['op']} {match['count']} was asked for"]


def _check_json(database: Asked, column: str, say: Callable[[str], None]) -> list[str]:
    table, name = _split_column(column, "json")
    faults, seen = [], 0
    for (value,) in database.select(f"SELECT {quote_path(name)} FROM {quote_path(table)}"):
        seen += 1
        if isinstance(value, str | bytes) and not _is_json(value):
            faults.append(f"{column} holds what is no JSON: {str(value)[:60]!r}")
    say(f"{column}: {seen} values, {len(faults)} of them no JSON")
    return _shorten(faults)


def _check_unique(database: Asked, columns: str, say: Callable[[str], None]) -> list[str]:
    table, names = _split_column(columns, "unique")
    listed = ", ".join(quote_path(name) for name in names.split("+"))
    statement = f"SELECT {listed}, count(*) FROM {quote_path(table)} GROUP BY {listed} HAVING count(*) > 1"
    faults = [
        f"{columns} {', '.join(map(str, key))} is there {count} times" for *key, count in database.select(statement)
    ]
    say(f"{columns}: {len(faults)} duplicate keys")
    return _shorten(faults)


def _split_column(text: str, option: str) -> tuple[str, str]:
    table, _, column = text.rpartition(".")
    if not table:
        raise BadInput(f"'{option}' are written as table.column, not '{text}'.", field=option)
    return table, column


def _shorten(faults: list[str]) -> list[str]:
    return list(_cut(faults))


def _cut(faults: list[str]) -> Iterator[str]:
    yield from faults[:_MOST_TOLD]
    if len(faults) > _MOST_TOLD:
        yield f"and {len(faults) - _MOST_TOLD} more of this kind"


def _is_json(value: str | bytes) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True
