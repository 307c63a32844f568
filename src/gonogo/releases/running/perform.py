"""What has been done, as data for the journal."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from gonogo.releases.evidence import Evidence, Verdict
from gonogo.releases.plan import Item
from gonogo.releases.record.files import describe_files, read_tail
from gonogo.releases.shell.session import Session

COMMAND_TIMEOUT_S = 3600.0
OUTCOMES = {"pass": "passed", "fail": "failed", "undecided": "undecided", "no_data": "no_data", "human": "undecided"}


def describe_ended(
    session: Session, item: Item, attempt: int, *, exit_code: int, duration_s: float = 0.0, timed_out: bool = False
) -> tuple[Evidence, dict[str, Any]]:
    """A command's evidence, and what the journal keeps of it: the text it ran and the hashes of its output."""
    files = session.files(item.id, attempt)
    command = session.masker().mask_text(item.command or "")
    facts = files.read_facts()
    evidence = Evidence(
        command=command, exit_code=exit_code, duration_s=duration_s, timed_out=timed_out, pipe_codes=facts.pipes
    )
    # Signs of failure that an exit code hides stand at the end of the output.
    evidence = structs.replace(evidence, stdout=read_tail(files, "stdout"), stderr=read_tail(files, "stderr"))
    data = {
        "attempt": attempt,
        "command": command,
        "host": item.host,
        "exit_code": exit_code,
        "duration_s": round(duration_s, 3),
        "timed_out": timed_out,
        "pipe_codes": list(facts.pipes),
        "left_fence": not facts.whole,
        "evidence": describe_files(files),
    }
    return evidence, data


def describe_verdict(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the outcome of an item."""
    return {"outcome": OUTCOMES[verdict.outcome], "why": verdict.why, "seen": verdict.seen}


def describe_rule(item: Item) -> str:
    """The author's own words that the item was judged by."""
    return item.rule.source if item.rule is not None else ""
