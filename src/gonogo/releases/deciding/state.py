"""Where a run stands, as ``folding.py`` reads it from the journal. Pure."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

ItemStatus = Literal[
    "open", "chosen", "running", "waiting", "passed", "failed", "undecided", "no_data", "unknown", "skipped", "done"
]
RunStatus = Literal["new", "running", "waiting", "held", "rolling_back", "finished"]
FinalVerdict = Literal["go", "no_go"]
Policy = Literal["rollback", "ask", "stop"]

SETTLED: frozenset[ItemStatus] = frozenset({"passed", "done", "skipped"})


class ItemState(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of one item. Instants are UTC text; ``until`` is a deadline, ``retry_at`` the next look.
    ``judgement`` is a gate's: value, threshold, window and samples.

    ``done`` was done by a person: ticked, signed, decided or taken over; ``by`` and ``note`` say by whom and how.
    ``alone`` says why a signature or decision is of whoever started the run.
    ``chosen`` means that a person had it run in spite of its doubt, ``changed`` that it may have changed what is
    released. ``until`` is there only while it waits.
    """

    status: ItemStatus = "open"
    attempt: int = 0
    retries_from: int = 0
    started_at: str | None = None
    finished_at: str | None = None
    until: str | None = None
    retry_at: str | None = None
    outcome: str | None = None
    why: str = ""
    seen: str | None = None
    rule: str = ""
    exit_code: int | None = None
    duration_s: float | None = None
    timed_out: bool = False
    by: str | None = None
    note: str = ""
    decision: str | None = None
    orphan: str | None = None
    judgement: dict[str, Any] | None = None
    alone: str = ""
    chosen: bool = False
    changed: bool = False


class Asked(msgspec.Struct, frozen=True):
    """What the run waits for a person to do, held or not: tick, sign, decide, judge, doubt, failed, undecided,
    no_data or unknown."""

    item: str
    reason: str
    attempt: int = 0


class Failure(msgspec.Struct, frozen=True):
    """Why the run is NO-GO, and since when."""

    item: str | None
    why: str
    at: str


class Rollback(msgspec.Struct, frozen=True, kw_only=True):
    """A rollback under way or over. Seconds are from its start to the end of its last command.

    ``stopped_by`` is who ended it before it was through.
    """

    level: int | None
    phase: str | None
    items: tuple[str, ...]
    verification: tuple[str, ...]
    promise_s: float | None
    started_at: str
    finished_at: str | None = None
    seconds: float | None = None
    outcome: str | None = None
    why: str = ""
    stopped_by: str | None = None


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How the run was asked to go.

    ``accept_humans`` is for whom ticks are given in advance, except for the items in ``not_accepted``; signatures and
    decisions only for those in ``accepted``, which there are while whoever started may give them: ``alone`` says why.
    ``starters`` are all names of who started: none of them is a second pair of eyes.
    """

    attended: bool = True
    on_no_go: Policy = "ask"
    accept_humans: str | None = None
    not_accepted: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    alone: str = ""
    started_by: str = ""
    started_by_name: str = ""
    started_for: str = ""
    starters: tuple[str, ...] = ()


class RunState(msgspec.Struct, frozen=True, kw_only=True):
    """The whole run. ``changed`` is true once something may have changed what is released."""

    seq: int = 0
    status: RunStatus = "new"
    verdict: FinalVerdict | None = None
    why: str = ""
    options: Options = Options()
    items: dict[str, ItemState] = {}
    changed: bool = False
    captured: dict[str, Any] | None = None
    asked: Asked | None = None
    failure: Failure | None = None
    requested_level: int | None = None
    rollback_requested: bool = False
    stopped: bool = False
    rollback: Rollback | None = None
    started_at: str | None = None
    finished_at: str | None = None

    def get_item(self, item: str) -> ItemState:
        """The item's state; an item that nothing has happened to is open."""
        return self.items.get(item, _OPEN)


_OPEN = ItemState()
