"""Whether a plan's expressions compare like with like, held against the signals that are known."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gonogo.kernel.signals import ExpressionError, SignalRegistry, UnitMismatch, check_units, parse_expression
from gonogo.releases.plan import Finding, Plan


def check_plan_units(plan: Plan, registry: SignalRegistry) -> Plan:
    """The plan with an error for every threshold whose unit is unlike its signal's. Unknown signals pass."""
    found = tuple(_find_faults(plan, registry))
    return msgspec.structs.replace(plan, findings=(*plan.findings, *found)) if found else plan


def _find_faults(plan: Plan, registry: SignalRegistry) -> Iterator[Finding]:
    for phase in plan.phases:
        for item in phase.items:
            if item.expression is None:
                continue
            try:
                check_units(parse_expression(item.expression), registry)
            except (ExpressionError, UnitMismatch) as error:
                yield Finding(rule="unlike-units", severity="error", line=item.line, message=str(error))
