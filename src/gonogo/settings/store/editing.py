"""Taking over what other programs wrote: valid values become changes like any other, others are set aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy.dialects.sqlite import insert as upsert

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.vault import SealBroken
from gonogo.settings.changes import Change, Commit, Fault, Wanted
from gonogo.settings.codec import Codec
from gonogo.settings.definition import Definition
from gonogo.settings.errors import BadValue
from gonogo.settings.models import DEFAULT, problems
from gonogo.settings.store.recording import Current, describe_commit, forget_problems, read_current, write_commit
from gonogo.settings.validation import MASK

OUTSIDE = Actor(id="outside", name="outside edit", kind="system", role="admin")
FOUND_LENGTH = 500
_LAST = """
    SELECT after, setting_version FROM settings_history WHERE environment = ? AND key = ? ORDER BY id DESC LIMIT 1"""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the marked rows: commits, and refusals (or None: mended) by environment and key."""

    commits: list[Commit]
    faults: dict[tuple[str, str], Fault | None]


def take_edits(tx: Tx, codec: Codec, definitions: dict[str, Definition], environments: Iterable[str]) -> Taken:
    """Look at every marked row: record what is valid, set aside what is not, and clear the marks."""
    taken = Taken(commits=[], faults={})
    marks = tx.run("SELECT id, environment, key FROM settings_outside_edits ORDER BY id").fetchall()
    if not marks:
        return taken
    by_environment: dict[str, dict[str, None]] = {}
    for _, environment, key in marks:
        by_environment.setdefault(environment, {})[key] = None
    known = {DEFAULT, *environments}
    for environment, marked in by_environment.items():
        keys = list(marked)
        review = _Review(tx, codec, definitions, environment)
        review.run(keys if environment in known else [], taken)
        for key in keys if environment not in known else ():
            review.report(key, "There is no such environment.", "")
    tx.run("DELETE FROM settings_outside_edits WHERE id <= ?", (marks[-1][0],))
    return taken


class _Recorded(NamedTuple):
    after: str | None
    setting_version: int


class _Review:
    def __init__(self, tx: Tx, codec: Codec, definitions: dict[str, Definition], environment: str) -> None:
        self._tx = tx
        self._codec = codec
        self._definitions = definitions
        self._environment = environment

    def run(self, keys: list[str], taken: Taken) -> None:
        rows = read_current(self._tx, self._environment, keys)
        recorded = _read_recorded(self._tx, self._environment, keys)
        changes, accepted = [], []
        for key in keys:
            if key not in self._definitions:
                self.report(key, "No setting of this key is declared.", rows[key].text if key in rows else "")
                continue
            row, last = rows.get(key), recorded.get(key)
            try:
                after = self._read_after(key, row)
            except (BadValue, SealBroken) as error:
                taken.faults[self._environment, key] = self._refuse(key, row, last, str(error))
                continue
            accepted.append(key)
            before = last.after if last is not None else None
            if row is None or not self._codec.is_same(key, before, after):
                changes.append(Change(key, before, after, _count_version(row, last)))
        self._clear_faults(accepted, rows, taken)
        if changes:
            taken.commits.append(self._commit(tuple(changes)))

    def report(self, key: str, problem: str, found: str) -> Fault:
        """Tell of an edit that can't be taken over."""
        definition = self._definitions.get(key)
        shown = MASK if definition is not None and definition.secret else found[:FOUND_LENGTH]
        fault = Fault(shown, problem, format_instant(self._tx.clock.now()))
        data = {"environment": self._environment, "problem": problem, "found": shown}
        self._tx.emit("setting.reload_failed", key, data, OUTSIDE)
        return fault

    def _read_after(self, key: str, row: Current | None) -> str | None:
        if row is not None:
            return self._codec.read_foreign(key, row.text)
        if self._environment == DEFAULT:
            return self._codec.encode(key, self._definitions[key].default)
        return None

    def _refuse(self, key: str, row: Current | None, last: _Recorded | None, problem: str) -> Fault:
        fault = self.report(key, problem, row.text if row is not None else "")
        good = last.after if last is not None else None
        values = {"found": fault.found, "problem": problem, "good": good, "at": fault.at}
        statement = upsert(problems).values(environment=self._environment, key=key, **values)
        self._tx.execute(statement.on_conflict_do_update(index_elements=["environment", "key"], set_=values))
        return fault

    def _clear_faults(self, accepted: list[str], rows: dict[str, Current], taken: Taken) -> None:
        mended = [key for key in accepted if key in rows and rows[key].refused]
        forget_problems(self._tx, self._environment, mended)
        for key in mended:
            self._tx.emit("setting.mended", key, {"environment": self._environment}, OUTSIDE)
        taken.faults.update({(self._environment, key): None for key in mended})

    def _commit(self, changes: tuple[Change, ...]) -> Commit:
        wanted = Wanted(
            texts={}, action="outside edit", event="setting.reloaded", environment=self._environment, why="outside edit"
        )
        commit = write_commit(self._tx, wanted, changes, OUTSIDE)
        subject, data = describe_commit(self._codec, wanted, commit)
        self._tx.emit(wanted.event, subject, data, OUTSIDE)
        return commit


def _read_recorded(tx: Tx, environment: str, keys: list[str]) -> dict[str, _Recorded]:
    found = {key: tx.run(_LAST, (environment, key)).fetchone() for key in keys}
    return {key: _Recorded(*row) for key, row in found.items() if row is not None}


def _count_version(row: Current | None, last: _Recorded | None) -> int:
    return max(row.version if row is not None else 0, last.setting_version if last is not None else 0) + 1
