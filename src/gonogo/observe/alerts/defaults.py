"""The rules that every Gonogo begins with: hosts by the thresholds of health, silent hosts, failing checks."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from gonogo.kernel.knobs import Knobs
from gonogo.kernel.room import AlertRule
from gonogo.observe.alerts.rule import RuleBody
from gonogo.observe.knobs import read_limits

SILENCE = "host.silent_for"
_NAMES = {"cpu": "CPU", "memory": "Memory", "disk": "A disk"}
_FIXED = {
    "host-silent": RuleBody(
        expression=f"{SILENCE} > 90s",
        lasting="1m",
        severity="critical",
        description="The host reports no longer: it is down, cut off, or its agent is.",
        mutes=("host",),
    ),
    "check-down": RuleBody(
        expression="check.up == 0",
        lasting="1m",
        severity="critical",
        description="What this check looks at is down.",
        group_by=("rule", "check"),
    ),
}


def list_defaults(knobs: Knobs, of_rooms: Iterable[AlertRule]) -> dict[str, RuleBody]:
    """The rules by name, with the thresholds as they stand now."""
    found = dict(_FIXED)
    for component, told in _NAMES.items():
        limits = read_limits(knobs, component)
        for level, share in (("warning", limits.warning), ("critical", limits.critical)):
            found[f"host-{component}-{level}"] = RuleBody(
                expression=f"host.{component} >= {share:g}%",
                lasting="5m",
                severity="critical" if level == "critical" else "warning",
                description=f"{told} is in use to {share:g} % or more.",
            )
    for rule in of_rooms:
        found[rule.name] = RuleBody(
            expression=rule.expression,
            lasting=rule.lasting,
            severity=rule.severity,
            description=rule.description,
        )
    return found


def name_thresholds(knobs: Knobs) -> tuple[float, ...]:
    """What the rules above depend on: another tuple means that they have to be written anew."""
    return tuple(value for name in _NAMES for value in msgspec.structs.astuple(read_limits(knobs, name))[:2])
