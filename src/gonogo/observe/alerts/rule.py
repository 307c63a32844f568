"""An alert rule as people write it, and as it is worked with."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from gonogo.kernel.durations import parse_duration
from gonogo.kernel.signals import Comparison, Expression, format_duration, list_comparisons
from gonogo.kernel.signals.parsing import parse_expression
from gonogo.observe.errors import BadRule

Severity = Literal["info", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")
"""From least to most."""
Source = Literal["default", "config", "stored"]
RuleName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
Duration = Annotated[str, msgspec.Meta(max_length=20)]
Label = Annotated[str, msgspec.Meta(max_length=200)]
Labels = Annotated[dict[Label, Label], msgspec.Meta(max_length=20)]
BY_RULE = ("rule",)
CHANNELS = ("slack", "webhook", "email")
"""Ways to tell people that can be configured."""


class RuleBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule without its name. Durations are texts such as ``15m``; what is left out is as the operator set it.

    ``no_data`` says what a series does that stops reporting: show it, or fire. While an alert of this rule fires, all
    others with the same values of the labels in ``mutes`` are not told. ``channels`` names who is told; empty is all.
    """

    expression: Annotated[str, msgspec.Meta(max_length=2000)]
    lasting: Duration | None = None
    severity: Severity = "warning"
    description: Annotated[str, msgspec.Meta(max_length=500)] = ""
    labels: Labels = {}
    cooldown: Duration | None = None
    reminder: Duration | None = None
    group_wait: Duration | None = None
    group_by: tuple[Label, ...] = BY_RULE
    no_data: Literal["show", "fire"] = "show"
    mutes: tuple[Label, ...] = ()
    channels: tuple[Label, ...] = ()
    enabled: bool = True


class Manners(msgspec.Struct, frozen=True):
    """What rules do that do not say otherwise; seconds. A reminder of 0 is none."""

    cooldown_s: float = 900.0
    reminder_s: float = 14_400.0
    group_wait_s: float = 10.0


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule ready for work. ``condition`` is the expression without its ``for``, which is ``hold_s``; seconds."""

    name: str
    source: Source
    body: RuleBody
    condition: Expression
    hold_s: float
    cooldown_s: float
    reminder_s: float
    group_wait_s: float

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.body.severity

    @property
    def first(self) -> Comparison:
        """The comparison that gives an alert its signal, threshold and unit."""
        return next(list_comparisons(self.condition))

    @property
    def asked(self) -> str:
        """The condition in the grammar, with the time that it must hold."""
        return f"{self.condition} for {format_duration(self.hold_s)}" if self.hold_s else str(self.condition)


def compile_rule(name: str, body: RuleBody, source: Source, manners: Manners) -> Rule:
    """Read a rule's expression and durations. Raises ``BadRule`` with the field, the reason and the way out."""
    try:
        expression = parse_expression(body.expression)
    except ValueError as error:
        raise BadRule(f"The expression of '{name}' can't be read: {error}.", field="expression") from error
    condition, held = _take_hold(name, expression)
    if held is not None and body.lasting is not None:
        raise BadRule(
            f"'{name}' says twice how long: 'for' in the expression, and 'lasting'. Keep one.", field="lasting"
        )
    return Rule(
        name=name,
        source=source,
        body=body,
        condition=condition,
        hold_s=_read_seconds(name, "lasting", body.lasting, held or 0.0),
        cooldown_s=_read_seconds(name, "cooldown", body.cooldown, manners.cooldown_s),
        reminder_s=_read_seconds(name, "reminder", body.reminder, manners.reminder_s),
        group_wait_s=_read_seconds(name, "group_wait", body.group_wait, manners.group_wait_s),
    )


def check_channels(name: str, body: RuleBody) -> None:
    """Refuse channels that nobody can configure: such a rule would fire and tell nobody. Raises ``BadRule``."""
    for channel in body.channels:
        if channel not in CHANNELS:
            raise BadRule(f"'{name}' tells '{channel}', which is none of {', '.join(CHANNELS)}.", field="channels")


def _take_hold(name: str, expression: Expression) -> tuple[Expression, float | None]:
    for comparison in list_comparisons(expression):
        if comparison.baseline:
            raise BadRule(f"'{name}' asks for a baseline, which only a release has. Give a value.", field="expression")
        if comparison.for_s is not None and comparison is not expression:
            raise BadRule(
                f"'{name}' joins several conditions: say once for how long, as lasting = \"5m\", not within them.",
                field="expression",
            )
    if isinstance(expression, Comparison) and expression.for_s is not None:
        return msgspec.structs.replace(expression, for_s=None), expression.for_s
    return expression, None


def _read_seconds(name: str, field: str, text: str | None, otherwise: float) -> float:
    if text is None:
        return otherwise
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise BadRule(f"'{field}' of '{name}': {error}.", field=field) from error
    if seconds < 0:
        raise BadRule(f"'{field}' of '{name}' can't be below zero.", field=field)
    return seconds
