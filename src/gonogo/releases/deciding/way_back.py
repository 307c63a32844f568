"""The steps of a rollback that a person settles: one of several ways, and steps in words. Pure.

They are found on the whole plan, so that a review before the release asks about them, not the rollback in the night.
"""

from __future__ import annotations

from msgspec.structs import replace

from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.rollback import is_of_way_back
from gonogo.releases.deciding.ways import explain_option, is_one_of_several
from gonogo.releases.plan import Finding, Item, Phase, Plan, Severity

IN_WORDS = "only a person can do this: a rollback that nobody attends stops here"
_SHOWN = 8


def doubt_way_back(plan: Plan) -> Plan:
    """The plan with the doubts of its rollback steps that no single line shows."""
    course = Course(plan)
    return replace(plan, phases=tuple(_doubt_phase(course, phase) for phase in plan.phases))


def note_words(plan: Plan) -> Plan:
    """The plan with a finding that names the rollback steps at which an unattended rollback stops."""
    course = Course(plan)
    items = [item for item in course.items.values() if _is_in_words(course, item)]
    if not items:
        return plan
    lines = ", ".join(str(item.line) for item in items[:_SHOWN]) + ("…" if len(items) > _SHOWN else "")
    told = f"{len(items)} steps of the rollback are" if len(items) > 1 else "a step of the rollback is"
    message = f"{told} in words (line {lines}): a rollback that nobody attends stops there until a person has done them"
    severity: Severity = "info" if all(item.adopted for item in items) else "warning"
    found = Finding(rule="rollback-words", severity=severity, line=items[0].line, message=message)
    findings = sorted((*plan.findings, found), key=lambda each: (each.line, each.rule, each.message))
    return replace(plan, findings=tuple(findings))


def _doubt_phase(course: Course, phase: Phase) -> Phase:
    if not any(item.kind == "rollback" for item in phase.items):
        return phase
    return replace(phase, items=tuple(_doubt_item(course, item) for item in phase.items))


def _doubt_item(course: Course, item: Item) -> Item:
    if item.kind != "rollback" or item.doubt is not None:
        return item
    if _is_in_words(course, item):
        return replace(item, doubt="words", why=IN_WORDS)
    if course.is_machine(item) and is_one_of_several(course, item):
        return replace(item, doubt="alternative", why=explain_option(course.phases[item.id]))
    return item


def _is_in_words(course: Course, item: Item) -> bool:
    return item.kind == "rollback" and not course.is_machine(item) and is_of_way_back(course, item)
