"""Commands that succeed when they find what the words above say is not there: a person looks at what they found."""

from __future__ import annotations

from gonogo.releases.reading.alternatives import shorten
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.rules import Exit, Human

FOUND_IS_BAD = Exit(source="exit 0 or 1", codes=(0, 1), weak=True)


def ask_contradicted(drafts: list[Draft]) -> None:
    """Add a check for a person behind every such command that nothing else judges."""
    judged = {id(draft.judges) for draft in drafts if draft.kind == "check"}
    at = 0
    while at < len(drafts):
        draft = drafts[at]
        at += 1
        if draft.kind == "run" and draft.rule is FOUND_IS_BAD and id(draft) not in judged:
            above = draft.parent.text if draft.parent is not None else draft.text
            question = f'Does the output bear out "{shorten(above)}"?'
            rule = Human(source=above, question=question)
            line = draft.end_line
            drafts.insert(at, Draft("check", line, line, question, judges=draft, rule=rule, parent=draft.parent))
            at += 1
