"""Reading a checklist in a test, and finding one's way in the plan."""

from __future__ import annotations

from textwrap import dedent

from gonogo.releases.plan import Item, Plan
from gonogo.releases.reading import Bindings, read_checklist


def read(text: str, bindings: Bindings | None = None) -> Plan:
    return read_checklist(dedent(text).encode(), "checklist.md", bindings)


def list_items(plan: Plan) -> list[Item]:
    return [item for phase in plan.phases for item in phase.items]


def get_item(plan: Plan, text: str) -> Item:
    """The one item whose text or command contains ``text``."""
    found = [item for item in list_items(plan) if text in item.text or text in (item.command or "")]
    assert len(found) == 1, f"{len(found)} items with {text!r}: {[(i.kind, i.text) for i in list_items(plan)]}"
    return found[0]


def list_rules(plan: Plan) -> list[tuple[str, int]]:
    return [(finding.rule, finding.line) for finding in plan.findings]


def list_kinds(plan: Plan) -> list[str]:
    return [item.kind for item in list_items(plan)]
