"""Signal expressions as data: ``webhooks.success_rate > 95% over 10m``, joined by and/or with parentheses.

One grammar for gates, alerts, health, ramps and soaks. ``str()`` of an expression gives its canonical text back, and
``parse_expression`` of that text gives an equal expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from gonogo.kernel.signals.units import Quantity, format_duration, format_number

Operator = Literal["<", "<=", ">", ">=", "==", "!="]
_BARE = re.compile(r"[\w.:/*-]+\Z")


class ExpressionError(ValueError):
    """The text is no expression. ``column`` counts from 1; the message holds the place, the rule and the way out."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column


class Comparison(msgspec.Struct, frozen=True, kw_only=True, tag="comparison"):
    """One signal held against one value.

    ``over_s`` compares the mean of that many seconds; ``for_s`` wants every sample of that many seconds. With
    ``baseline`` the value is a change since the baseline: in % relative, otherwise in the signal's own unit.
    """

    signal: str
    op: Operator
    value: Quantity
    labels: dict[str, str] = {}
    over_s: float | None = None
    for_s: float | None = None
    baseline: bool = False

    def __str__(self) -> str:
        text = f"{write_series(self.signal, self.labels)} {self.op} "
        if self.baseline:
            return f"{text}{'' if _is_negative(self.value.value) else '+'}{self.value} vs baseline"
        if self.over_s is not None:
            return f"{text}{self.value} over {format_duration(self.over_s)}"
        if self.for_s is not None:
            return f"{text}{self.value} for {format_duration(self.for_s)}"
        return f"{text}{self.value}"


class AllOf(msgspec.Struct, frozen=True, tag="all_of"):
    """Every part has to be true."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " and ".join(f"{part}" if isinstance(part, Comparison) else f"({part})" for part in self.parts)


class AnyOf(msgspec.Struct, frozen=True, tag="any_of"):
    """At least one part has to be true."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " or ".join(f"({part})" if isinstance(part, AnyOf) else f"{part}" for part in self.parts)


Expression = Comparison | AllOf | AnyOf


def write_series(signal: str, labels: dict[str, str]) -> str:
    """Write a series' name as an expression would: ``http.p95{check=api}``."""
    if not labels:
        return signal
    pairs = ", ".join(f"{name}={_quote(labels[name])}" for name in sorted(labels))
    return f"{signal}{{{pairs}}}"


def list_comparisons(expression: Expression) -> Iterator[Comparison]:
    """Walk the comparisons of an expression from left to right."""
    if isinstance(expression, Comparison):
        yield expression
    else:
        for part in expression.parts:
            yield from list_comparisons(part)


def _quote(text: str) -> str:
    if _BARE.match(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_negative(value: float) -> bool:
    return format_number(value).startswith("-")
