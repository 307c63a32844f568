"""Items while they are still being understood, and the freezing of them into a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from gonogo.releases.plan import Item, Kind, Runs
from gonogo.releases.rules import Rule


@dataclass(slots=True, eq=False)
class Draft:
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
    duration_s: float | None = None
    role: str | None = None
    fence: str | None = None
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
    options: dict[str, str] = field(default_factory=dict)
    id: str = ""


_OPTIONAL = tuple(
    name for name in Draft.__slots__ if name not in ("kind", "line", "end_line", "text", "judges", "parent", "id")
)
_DEFAULTS = {name: getattr(Draft("info", 1, 1, ""), name) for name in _OPTIONAL}


def number_drafts(drafts: list[Draft], phase_id: str) -> None:
    """Give every draft its id: "p1.3" is the third item of phase "p1"."""
    for number, draft in enumerate(drafts, 1):
        draft.id = f"{phase_id}.{number}"


def freeze_draft(draft: Draft) -> Item:
    """The finished item. Every draft it points at must have its id by now."""
    said: dict[str, Any] = {name: value for name in _OPTIONAL if (value := getattr(draft, name)) != _DEFAULTS[name]}
    return Item(
        id=draft.id,
        kind=draft.kind,
        line=draft.line,
        end_line=max(draft.line, draft.end_line),
        text=draft.text,
        judges=draft.judges.id if draft.judges else None,
        parent=draft.parent.id if draft.parent else None,
        **said,
    )
