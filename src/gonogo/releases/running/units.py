"""Whether a plan's expressions compare like with like, held against the signals that are known."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gonogo.kernel.signals import ExpressionError, SignalRegistry, UnitMismatch, check_units, parse_expression
from gonogo.releases.plan import Finding, Plan

MOST_EXPRESSIONS = 2000
"""How many different expressions a checklist may hold: each takes a millisecond to parse."""


def check_plan_units(plan: Plan, registry: SignalRegistry) -> Plan:
    """The plan with an error for every threshold whose unit is unlike its signal's. Unknown signals pass."""
    lines: dict[str, list[int]] = {}
    for phase in plan.phases:
        for item in phase.items:
            if item.expression is not None:
                lines.setdefault(item.expression, []).append(item.line)
    found = tuple(_find_faults(lines, registry))
    return msgspec.structs.replace(plan, findings=(*plan.findings, *found)) if found else plan


def _find_faults(lines: dict[str, list[int]], registry: SignalRegistry) -> Iterator[Finding]:
    if len(lines) > MOST_EXPRESSIONS:
        message = f"there are {len(lines)} different thresholds in this file; at most {MOST_EXPRESSIONS} are checked"
        yield Finding(rule="unlike-units", severity="error", line=1, message=message)
        return
    for expression, places in lines.items():
        try:
            check_units(parse_expression(expression), registry)
        except (ExpressionError, UnitMismatch) as error:
            for line in places:
                yield Finding(rule="unlike-units", severity="error", line=line, message=str(error))
