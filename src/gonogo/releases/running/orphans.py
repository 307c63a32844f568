"""Commands that go on, or ended, without the server that started them: what they left is evidence like any other."""

from __future__ import annotations

import signal
from datetime import datetime
from typing import Any

from gonogo.kernel.clock import parse_instant
from gonogo.releases.deciding.exits import judge_exit
from gonogo.releases.deciding.state import ItemState
from gonogo.releases.journal import Fact
from gonogo.releases.plan import Item
from gonogo.releases.record.ledger import Run
from gonogo.releases.running.perform import COMMAND_TIMEOUT_S, describe_ended, describe_verdict
from gonogo.releases.shell.orphan import end_orphan, inspect_orphan
from gonogo.releases.shell.session import Session

_SERVER_GONE = "The server went away while this was under way"


def describe_found(session: Session, run: Run, item: Item, attempt: int) -> Fact:
    """What became of an attempt: an end that is known settles it by itself."""
    files = session.files(item.id, attempt)
    orphan = inspect_orphan(files)
    if orphan.state != "running" and files.read_ending() == "timed_out":
        code = orphan.exit_code if orphan.exit_code is not None else -signal.SIGTERM
        return Fact(name="item_finished", item=item.id, data=recover_ended(session, run, item, attempt, code))
    if orphan.state == "ended" and orphan.exit_code is not None:
        data = recover_ended(session, run, item, attempt, orphan.exit_code)
        return Fact(name="item_finished", item=item.id, data=data)
    state, why = orphan.state, orphan.why
    if item.action is not None:
        # An action works inside the server and leaves no process to look at.
        state, why = "lost", "how far it came is not known, so look at what it was to change"
    facts = {"attempt": attempt, "orphan": state, "exit_code": orphan.exit_code, "pid": orphan.pid}
    return Fact(name="item_lost", item=item.id, data={**facts, "why": f"{_SERVER_GONE}; {why}."})


def recover_ended(session: Session, run: Run, item: Item, attempt: int, exit_code: int) -> dict[str, Any]:
    """A command that ended unseen, as the data of its ``item_finished``."""
    files = session.files(item.id, attempt)
    session.recover(item.id, attempt, item.host)
    life, late = files.measure_life(), files.read_ending() == "timed_out"
    evidence, data = describe_ended(session, item, attempt, exit_code=exit_code, duration_s=life, timed_out=late)
    return data | describe_verdict(judge_exit(item, run.course.checks.get(item.id, []), evidence))


def is_overdue(item: Item, seen: ItemState, now: datetime) -> bool:
    """Whether a command that is waited for has used up its time: a server that was killed does not prolong it."""
    if seen.started_at is None:
        return False
    return (now - parse_instant(seen.started_at)).total_seconds() >= (item.timeout_s or COMMAND_TIMEOUT_S)


async def end_overdue(session: Session, run: Run, item: Item, attempt: int) -> dict[str, Any]:
    """End a command whose time is over; gives the data of its ``item_finished``, with what it had printed."""
    orphan = await end_orphan(session.files(item.id, attempt))
    limit = item.timeout_s or COMMAND_TIMEOUT_S
    code = orphan.exit_code if orphan.exit_code is not None else -signal.SIGTERM
    evidence, data = describe_ended(session, item, attempt, exit_code=code, duration_s=limit, timed_out=True)
    return data | describe_verdict(judge_exit(item, run.course.checks.get(item.id, []), evidence))


async def end_left_behind(session: Session, item: Item, attempt: int) -> dict[str, Any]:
    """End a command that goes on without its server; gives the data of its ``item_finished``."""
    orphan = await end_orphan(session.files(item.id, attempt))
    why = f"{_SERVER_GONE}, and a person ended it."
    return {"attempt": attempt, "outcome": "failed", "why": why, "exit_code": orphan.exit_code}
