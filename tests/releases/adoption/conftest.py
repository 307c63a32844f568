"""Small checklists with doubts, and answers to them."""

from __future__ import annotations

from typing import Any

from gonogo.releases.adoption import Adoption, Entry, adopt_plan
from gonogo.releases.plan import Item, Kind, Phase, Plan, Source
from gonogo.releases.reading.drafts import Draft, freeze_draft, key_drafts, number_drafts

BY, AT = "ada@quay", "2026-05-04T08:00:00.000Z"


def make_item(kind: Kind, text: str, **fields: Any) -> Draft:
    """One draft; a command says its text."""
    if kind in ("run", "rollback"):
        fields.setdefault("command", text)
    return Draft(kind, fields.pop("line", 1), 1, text, **fields)


def make_plan(*sections: tuple[tuple[str, ...], list[Draft]]) -> Plan:
    """A plan of these sections, each under its headings."""
    from collections import Counter

    seen: Counter[str] = Counter()
    phases = []
    for number, (headings, drafts) in enumerate(sections, 1):
        number_drafts(drafts, f"p{number}")
        key_drafts(drafts, headings, seen)
        items = tuple(map(freeze_draft, drafts))
        *path, title = headings
        phases.append(
            Phase(
                id=f"p{number}", title=title, path=tuple(path), line=number, end_line=number, role="deploy", items=items
            )
        )
    return Plan(source=Source(path="ferry.md", sha256="0" * 64, title="Ferry"), phases=tuple(phases), findings=())


def answer(text: str, kind: str, under: tuple[str, ...] = ("Ferry",), **fields: Any) -> Entry:
    return Entry(text=text, answer=kind, under=under, by=BY, at=AT, **fields)  # type: ignore[arg-type]


def adopt(plan: Plan, *entries: Entry, hosts: tuple[str, ...] | None = None) -> Plan:
    return adopt_plan(plan, Adoption(path="ferry.md.gonogo.toml", entries=entries), hosts)


def items_of(plan: Plan) -> list[Item]:
    return [item for phase in plan.phases for item in phase.items]
