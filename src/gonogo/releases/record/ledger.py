"""Runs as they are stored, and the one way to add to their journals."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.releases import store
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.folding import apply, fold
from gonogo.releases.deciding.state import RunState
from gonogo.releases.errors import ReleaseNotFound
from gonogo.releases.events import describe_event, name_event
from gonogo.releases.journal import GENESIS, Entry, Fact, chain_entry, is_to_be_signed
from gonogo.releases.plan import Plan
from gonogo.releases.record.signing import Signer

_KEPT = 64
# Made here, once: msgspec crashes when two threads are the first to decode the same type.
_PLANS = msgspec.json.Decoder(Plan)
_ENTRIES = msgspec.json.Decoder(Entry)


class StaleState(Exception):
    """Somebody else wrote to the journal meanwhile: look again and decide again."""


class Run(msgspec.Struct, frozen=True):
    """One run: its row, its plan, and where it stands."""

    row: dict[str, Any]
    course: Course
    state: RunState

    @property
    def id(self) -> str:
        """The run's id."""
        run: str = self.row["id"]
        return run


class Ledger:
    """Loads runs and appends to them. Plans never change and folding goes on from the last state seen."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._courses: OrderedDict[str, Course] = OrderedDict()
        self._states: OrderedDict[str, tuple[str, RunState]] = OrderedDict()
        self._lock = Lock()

    def get(self, tx: Tx, run: str) -> Run:
        """The run as of this transaction. Raises ReleaseNotFound."""
        row = store.find_run(tx, run)
        if row is None:
            raise ReleaseNotFound(
                f"There is no release with the id {run}. `gonogo releases list` shows them.", field="id"
            )
        return Run(dict(row), self._load_course(row["id"], row["plan"]), self._load_state(tx, run))

    def append(self, tx: Tx, run: Run, facts: list[Fact], actor: Actor, *, fresh: bool = False) -> Run:
        """Add facts to the journal, the run's row and the event log.

        With ``fresh`` the run has to be as the caller saw it; raises StaleState.
        """
        head = store.find_head(tx, run.id)
        seq, previous = head or (0, GENESIS)
        if fresh and seq != run.state.seq:
            raise StaleState
        state = self._load_state(tx, run.id) if seq != run.state.seq else run.state
        for fact in facts:
            seq += 1
            entry = self._sign(_place_fact(tx, run.id, fact, actor, seq, previous))
            store.insert_entry(tx, entry)
            state, previous = apply(state, entry), entry.hash
            event = describe_event(run.course, run.row["title"], fact, entry)
            tx.emit(name_event(run.course, fact), run.id, event, actor)
        columns = _read_columns(state) | {"head_seq": seq, "head_hash": previous}
        store.update_run(tx, run.id, columns)
        return Run({**run.row, **columns}, run.course, state)

    def _sign(self, entry: Entry) -> Entry:
        return self._signer.sign(entry) if is_to_be_signed(entry) else entry

    def _load_course(self, run: str, plan: str) -> Course:
        course = self._courses.get(run) or Course(_PLANS.decode(plan))
        self._keep(self._courses, run, course)
        return course

    def _load_state(self, tx: Tx, run: str) -> RunState:
        known = self._states.get(run)
        # A state from a transaction that was undone has a hash that the journal does not hold.
        if known is not None and store.find_hash(tx, run, known[1].seq) != known[0]:
            known = None
        state = known[1] if known else RunState()
        entries = store.list_entries(tx, run, after=state.seq)
        state = fold(entries, state)
        if entries:
            self._keep(self._states, run, (entries[-1].hash, state))
        return state

    def _keep(self, cache: OrderedDict[str, Any], key: str, value: Any) -> None:
        # Readers and the writer are threads of their own.
        with self._lock:
            cache[key] = value
            cache.move_to_end(key)
            while len(cache) > _KEPT:
                cache.popitem(last=False)


def _place_fact(tx: Tx, run: str, fact: Fact, actor: Actor, seq: int, previous: str) -> Entry:
    entry = Entry(
        run=run,
        seq=seq,
        at=format_instant(tx.clock.now()),
        name=fact.name,
        item=fact.item,
        actor=actor.id,
        actor_name=actor.name,
        data=fact.data,
        previous=previous,
    )
    # Through JSON once, so that what is hashed is what will be read back.
    return chain_entry(_ENTRIES.decode(msgspec.json.encode(entry)))


def _read_columns(state: RunState) -> dict[str, Any]:
    return {
        "status": state.status,
        "verdict": state.verdict,
        "finished_at": state.finished_at,
        "rollback_seconds": state.rollback.seconds if state.rollback else None,
    }
