"""Boxes that the fence inside them settles: by their own words, by its checks, or by the commands they order."""

from __future__ import annotations

import re

from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.judging import compile_words, find_judged
from gonogo.releases.reading.verbs import asks_for_action
from gonogo.releases.rules import Exit, Human

# These ask to look at something: that a command has run says nothing of what it showed.
_LOOKS = re.compile(
    r"^\W*(?:please\s+)?(?:check|verify|confirm|ensure|validate|test|review|monitor|watch|observe|inspect|look"
    r"|see|compare|make"
    r"|examine|assess|audit|analy[sz]e|evaluate|determine|measure|decide|find|identify|view|read|probe)\b",
    re.IGNORECASE,
)


def settle_box(box: Draft, commands: list[Draft], checks: list[Draft]) -> None:
    """Turn a box into a check on the commands inside it where they settle it; else it stays a person's."""
    if any(command.runs != "auto" for command in commands):
        return
    rule = compile_words(box.text)
    found = find_judged(box.text, rule, commands)
    if found is not None:
        box.kind, box.rule, box.judges, box.scope = "check", rule, found[0], found[1]
        return
    judging = [check for check in checks if check.judges is not None]
    ordered = asks_for_action(box.text)
    if ordered and judging and not any(isinstance(check.rule, Human) for check in judging):
        last = judging[-1]
        box.kind, box.rule, box.judges, box.scope = "check", last.rule, last.judges, last.scope
        return
    weak = any(isinstance(each.rule, Exit) and each.rule.weak for each in commands)
    if ordered and not _LOOKS.match(box.text) and not judging and not weak:
        box.kind, box.rule, box.judges, box.scope = "check", Exit(source="exit 0"), commands[-1], "fence"
