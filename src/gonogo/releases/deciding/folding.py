"""From a journal to where its run stands: a fold over the entries, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from gonogo.releases.deciding.state import (
    SETTLED,
    Asked,
    Failure,
    ItemState,
    ItemStatus,
    Options,
    Rollback,
    RunState,
    RunStatus,
)
from gonogo.releases.journal import Entry

T = TypeVar("T", bound=msgspec.Struct)


_OTHER_WAY = "Another way was chosen."


def fold(entries: Iterable[Entry], state: RunState | None = None) -> RunState:
    """The state after these entries."""
    state = state or RunState()
    for entry in entries:
        state = apply(state, entry)
    return state


def apply(state: RunState, entry: Entry) -> RunState:
    """The state after one more entry. Names it does not know change nothing."""
    change = _CHANGES.get(entry.name)
    changed = change(state, entry) if change else state
    return replace(changed, seq=entry.seq)


def _start(state: RunState, entry: Entry) -> RunState:
    options = _build(Options, entry.data.get("options", {}))
    return replace(state, status="running", options=options, started_at=entry.at)


def _capture(state: RunState, entry: Entry) -> RunState:
    return replace(state, captured=entry.data)


def _start_item(state: RunState, entry: Entry) -> RunState:
    before, changes = _item(state, entry), bool(entry.data.get("changes"))
    now = ItemState(
        status="waiting" if entry.data.get("until") else "running",
        attempt=entry.data.get("attempt", before.attempt),
        retries_from=before.retries_from,
        started_at=entry.at,
        until=entry.data.get("until"),
        chosen=before.chosen,
        changed=before.changed or changes,
    )
    state = _reset(state, entry.data.get("resets", ()))
    state = _put(state, entry, now)
    return replace(_go_on(state), changed=state.changed or changes)


def _finish_item(state: RunState, entry: Entry) -> RunState:
    outcome = entry.data.get("outcome", "failed")
    facts = {name: entry.data[name] for name in _FACTS if name in entry.data}
    now = replace(_item(state, entry), **facts, status=outcome, outcome=outcome, finished_at=entry.at)
    state = _put(state, entry, replace(now, until=None, orphan=None))
    return _go_on(_leave_fence(state, entry))


def _leave_fence(state: RunState, entry: Entry) -> RunState:
    """A command that ended its fence by ``exit`` leaves the rest of it out, as a shell would."""
    items = dict(state.items)
    for key in entry.data.get("unreached", ()):
        if state.get_item(key).status not in SETTLED:
            why = "A command above it in its fence ended the fence by `exit`."
            items[key] = replace(state.get_item(key), status="skipped", why=why, finished_at=entry.at)
    return replace(state, items=items)


_FACTS = ("why", "seen", "rule", "exit_code", "duration_s", "timed_out", "started_at", "retry_at", "judgement")


def _lose_item(state: RunState, entry: Entry) -> RunState:
    data = entry.data
    now = replace(_item(state, entry), status="unknown", why=data.get("why", ""), orphan=data.get("orphan"))
    return _put(state, entry, replace(now, exit_code=data.get("exit_code")))


def _complete_by_person(state: RunState, entry: Entry) -> RunState:
    decision, changes = entry.data.get("decision"), bool(entry.data.get("changes"))
    before = _item(state, entry)
    status: dict[str | None, ItemStatus] = {"no_go": "failed", "hold": before.status}
    now = replace(
        before,
        status=status.get(decision, "done"),
        decision=decision,
        by=entry.data.get("name", entry.actor_name),
        note=entry.data.get("note", ""),
        finished_at=before.finished_at if decision == "hold" else entry.at,
        until=before.until if decision == "hold" else None,
        changed=before.changed or changes,
        alone=entry.data.get("alone", ""),
    )
    if decision == "no_go":
        now = replace(now, outcome="failed", why=f"{now.by} decided NO-GO." + (f" {now.note}" if now.note else ""))
    return replace(_go_on(_put(state, entry, now)), changed=state.changed or changes)


def _skip(state: RunState, entry: Entry) -> RunState:
    by, reason = entry.data.get("name", entry.actor_name), entry.data.get("reason", "")
    left_out = [entry.item or "", *entry.data.get("checks", ())]
    gone = {
        key: replace(state.get_item(key), status="skipped", by=by, note=reason, finished_at=entry.at, until=None)
        for key in left_out
    }
    now = replace(gone[entry.item or ""], alone=entry.data.get("alone", ""))
    return _go_on(_put(replace(state, items={**state.items, **gone}), entry, now))


def _retry(state: RunState, entry: Entry) -> RunState:
    state = _reset(state, [*entry.data.get("resets", ()), entry.item])
    # While it is on its way back, a run keeps what it goes back for.
    return _go_on(state) if state.rollback is not None else replace(_go_on(state), failure=None)


def _choose(state: RunState, entry: Entry) -> RunState:
    by, note = entry.data.get("name", entry.actor_name), entry.data.get("note", "")
    now = replace(_item(state, entry), status="chosen", chosen=True, by=by, note=note)
    # Of a rollback's several ways, one step chooses the whole way; the others are left out with it.
    same = {
        key: replace(state.get_item(key), status="chosen", chosen=True, by=by) for key in entry.data.get("also", ())
    }
    left_out = {
        key: replace(state.get_item(key), status="skipped", by=by, note=_OTHER_WAY, finished_at=entry.at)
        for key in entry.data.get("instead", ())
    }
    return _go_on(_put(replace(state, items={**state.items, **same, **left_out}), entry, now))


def _ask(state: RunState, entry: Entry) -> RunState:
    asked = Asked(entry.item or "", entry.data.get("reason", ""), entry.data.get("attempt", 0))
    return replace(state, status="waiting", asked=asked)


def _hold(state: RunState, entry: Entry) -> RunState:
    data, items = entry.data, entry.data.get("items", ())
    asked = Asked(items[0], data["reason"], data.get("attempt", 0)) if items and data.get("reason") else None
    return replace(state, status="held", why=data.get("why", ""), asked=asked)


def _fail(state: RunState, entry: Entry) -> RunState:
    failure = Failure(entry.item, entry.data.get("why", ""), entry.at)
    return replace(_cut_waits(state, entry), failure=failure, asked=None)


def _request_rollback(state: RunState, entry: Entry) -> RunState:
    failure = state.failure or _blame(entry, "asked for the rollback")
    state = replace(_cut_waits(state, entry), rollback_requested=True, requested_level=entry.data.get("level"))
    return replace(_go_on(replace(state, status="running")), failure=failure, verdict=None, finished_at=None)


def _blame(entry: Entry, act: str) -> Failure:
    """What a person ended the run for: the item that had broken, if there was one, and their own words."""
    reason = entry.data.get("reason", "")
    told = f"{entry.actor_name} {act}{f': {reason}' if reason else '.'}"
    return Failure(entry.data.get("item"), f"{entry.data.get('why', '')} {told}".strip(), entry.at)


def _cut_waits(state: RunState, entry: Entry) -> RunState:
    """No clock goes on once the run goes no further."""
    cut = {
        key: replace(
            seen,
            status="failed",
            outcome="failed",
            why="The run ended before this wait did.",
            until=None,
            finished_at=entry.at,
        )
        for key, seen in state.items.items()
        if seen.status == "waiting"
    }
    return replace(state, items={**state.items, **cut}) if cut else state


def _start_rollback(state: RunState, entry: Entry) -> RunState:
    rollback = _build(Rollback, {**entry.data, "started_at": entry.at})
    return replace(state, status="rolling_back", rollback=rollback, asked=None)


def _finish_rollback(state: RunState, entry: Entry) -> RunState:
    if state.rollback is None:
        return state
    data = {name: entry.data[name] for name in ("seconds", "outcome", "why") if name in entry.data}
    return replace(state, rollback=replace(state.rollback, finished_at=entry.at, **data))


def _stop(state: RunState, entry: Entry) -> RunState:
    if state.rollback is not None:
        return replace(_go_on(state), rollback=replace(state.rollback, stopped_by=entry.actor_name), stopped=True)
    failure = state.failure or _blame(entry, "stopped the run")
    return replace(_go_on(_cut_waits(state, entry)), failure=failure, stopped=True)


def _resume(state: RunState, _entry: Entry) -> RunState:
    if state.status != "held":
        return state
    held = {key: replace(seen, decision=None) for key, seen in state.items.items() if seen.decision == "hold"}
    return _go_on(replace(state, items={**state.items, **held}))


def _finish(state: RunState, entry: Entry) -> RunState:
    verdict, why = entry.data.get("verdict"), entry.data.get("why", "")
    state = _end_running(_cut_waits(state, entry), entry)
    return replace(state, status="finished", verdict=verdict, why=why, finished_at=entry.at, asked=None)


def _end_running(state: RunState, entry: Entry) -> RunState:
    ended = {
        key: replace(seen, status="unknown", finished_at=entry.at)
        for key, seen in state.items.items()
        if seen.status == "running"
    }
    return replace(state, items={**state.items, **ended}) if ended else state


def _build(kind: type[T], data: dict[str, Any]) -> T:
    known = {name: data[name] for name in kind.__struct_fields__ if name in data}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in known.items()})


def _item(state: RunState, entry: Entry) -> ItemState:
    return state.get_item(entry.item or "")


def _put(state: RunState, entry: Entry, item: ItemState) -> RunState:
    return replace(state, items={**state.items, entry.item or "": item})


def _reset(state: RunState, items: Iterable[str | None]) -> RunState:
    fresh = {item: _reopen(state.get_item(item)) for item in items if item}
    return replace(state, items={**state.items, **fresh}) if fresh else state


def _reopen(item: ItemState) -> ItemState:
    # The attempts go on counting, so that evidence of earlier ones keeps its files; retries start afresh.
    return ItemState(
        status="chosen" if item.chosen else "open",
        attempt=item.attempt,
        retries_from=item.attempt,
        chosen=item.chosen,
        changed=item.changed,
    )


def _go_on(state: RunState) -> RunState:
    if state.status == "finished":
        return state
    status: RunStatus = "rolling_back" if state.rollback and not state.rollback.finished_at else "running"
    return replace(state, status=status, asked=None, why="")


_CHANGES: dict[str, Callable[[RunState, Entry], RunState]] = {
    "started": _start,
    "captured": _capture,
    "item_started": _start_item,
    "item_finished": _finish_item,
    "item_lost": _lose_item,
    "item_ticked": _complete_by_person,
    "item_signed": _complete_by_person,
    "item_decided": _complete_by_person,
    "item_taken_over": _complete_by_person,
    "item_skipped": _skip,
    "item_retried": _retry,
    "item_chosen": _choose,
    "person_asked": _ask,
    "held": _hold,
    "failed": _fail,
    "rollback_requested": _request_rollback,
    "rollback_started": _start_rollback,
    "rollback_finished": _finish_rollback,
    "stopped": _stop,
    "resumed": _resume,
    "finished": _finish,
}
