"""Items while they are still being understood, and the freezing of them into a plan."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import msgspec

from gonogo.releases.keys import make_key
from gonogo.releases.plan import Doubt, Item, Kind, Runs
from gonogo.releases.rules import Rule


class Draft(msgspec.Struct, eq=False):
    """An item without its id; it points at other drafts where an item will hold their ids."""

    kind: Kind
    line: int
    end_line: int
    text: str
    command: str | None = None
    judges: Draft | None = None
    scope: Literal["command", "fence"] = "command"
    rule: Rule | None = None
    runs: Runs | None = None
    why: str = ""
    doubt: Doubt | None = None
    duration_s: float | None = None
    role: str | None = None
    fence: str | None = None
    starts_from: str | None = None
    parent: Draft | None = None
    expression: str | None = None
    criteria: tuple[str, ...] = ()
    binds: str | None = None
    level: int | None = None
    promise_s: float | None = None
    timeout_s: float | None = None
    retries: int = 0
    every_s: float | None = None
    host: str | None = None
    idempotent: bool = False
    action: str | None = None
    options: dict[str, str] = {}
    id: str = ""
    key: str = ""


def number_drafts(drafts: list[Draft], phase_id: str) -> None:
    """Give every draft its id: "p1.3" is the third item of phase "p1"."""
    for number, draft in enumerate(drafts, 1):
        draft.id = f"{phase_id}.{number}"


def key_drafts(drafts: list[Draft], headings: tuple[str, ...], seen: Counter[str]) -> None:
    """Give every draft its key: a hash of its headings, its kind of text and its text, and which of equals it is."""
    for draft in drafts:
        text = draft.command or draft.text
        words = "\0".join((*headings, text))
        seen[words] = nth = seen.get(words, 0) + 1
        draft.key = make_key(headings, text, nth)


def freeze_draft(draft: Draft) -> Item:
    """The finished item. Every draft it points at must have its id by now."""
    return Item(
        id=draft.id,
        key=draft.key,
        kind=draft.kind,
        line=draft.line,
        end_line=max(draft.line, draft.end_line),
        text=draft.text,
        judges=draft.judges.id if draft.judges else None,
        parent=draft.parent.id if draft.parent else None,
        command=draft.command,
        scope=draft.scope,
        rule=draft.rule,
        runs=draft.runs,
        why=draft.why,
        doubt=draft.doubt,
        duration_s=draft.duration_s,
        role=draft.role,
        fence=draft.fence,
        starts_from=draft.starts_from,
        expression=draft.expression,
        criteria=draft.criteria,
        binds=draft.binds,
        level=draft.level,
        promise_s=draft.promise_s,
        timeout_s=draft.timeout_s,
        retries=draft.retries,
        every_s=draft.every_s,
        host=draft.host,
        idempotent=draft.idempotent,
        action=draft.action,
        options=draft.options,
    )
