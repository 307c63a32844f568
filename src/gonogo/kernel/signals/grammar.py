"""The lark parser of signal expressions (grammar.lark). Imported only when something is parsed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args

from gonogo.kernel.signals.expression import AllOf, AnyOf, Comparison, Expression, ExpressionError, Operator
from gonogo.kernel.signals.units import Quantity, UnknownUnit, get_unit, is_duration, to_base

_Window = tuple[Literal["over", "for", "baseline"], float]
_DURATION_HINT = "write a duration such as 30s, 5m or 24h"
_EXPECTED = (
    ("EQUAL", 'expected "=" and a value', "labels read {check=api}"),
    ("OP", "expected an operator", "use one of < <= > >= == !="),
    ("STRING", "expected a label's value", 'write a word, or text in double quotes as in {name="two words"}'),
    ("NUMBER", "expected a number", "write a value with its unit, such as 95%, 200ms or 78"),
    ("NAME", "expected a name", "write a signal such as http.p95 (gonogo signals list shows them)"),
    ("BASELINE", 'expected "baseline"', "a change reads: process.rss < +10% vs baseline"),
    ("RBRACE", "expected a comma or }", "labels read {check=api, host=web}"),
)


def read_tree(text: str) -> Expression:
    """Parse and build in one pass; lark's own errors become :class:`ExpressionError`."""
    try:
        return cast(Expression, _build_parser().parse(text))
    except UnexpectedInput as error:
        raise _explain(error, text) from error


@lru_cache(maxsize=1)
def _build_parser() -> Lark:
    rules = Path(__file__).with_suffix(".lark").read_text(encoding="utf-8")
    return Lark(rules, parser="lalr", maybe_placeholders=True, transformer=_Builder())


@v_args(inline=True)
class _Builder(Transformer[Token, Expression]):
    def any_of(self, *parts: Expression) -> Expression:
        return parts[0] if len(parts) == 1 else AnyOf(parts)

    def all_of(self, *parts: Expression) -> Expression:
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def comparison(
        self,
        name: Token,
        labels: dict[str, str] | None,
        op: Token,
        value: tuple[Token, Quantity],
        window: _Window | None,
    ) -> Comparison:
        kind, seconds = window or (None, 0.0)
        _check_sign(value[0], baseline=kind == "baseline")
        return Comparison(
            signal=str(name),
            labels=labels or {},
            op=cast(Operator, str(op)),
            value=value[1],
            over_s=seconds if kind == "over" else None,
            for_s=seconds if kind == "for" else None,
            baseline=kind == "baseline",
        )

    def labels(self, *pairs: tuple[Token, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in pairs:
            if str(name) in found:
                raise ExpressionError(f"label {str(name)!r} is given twice; keep one", _column(name))
            found[str(name)] = value
        return found

    def label(self, name: Token, value: Token) -> tuple[Token, str]:
        return name, _unquote(str(value)) if value.type == "STRING" else str(value)

    def quantity(self, number: Token, unit: Token | None) -> tuple[Token, Quantity]:
        value = float(number)
        if value in (float("inf"), float("-inf")):
            raise ExpressionError("the number is too large; write one that a float can hold", _column(number))
        try:
            return number, Quantity(value, get_unit(str(unit or "")).name)
        except UnknownUnit as error:
            raise ExpressionError(str(error), _column(unit or number)) from error

    def over(self, value: tuple[Token, Quantity]) -> _Window:
        return "over", _read_seconds(value)

    def hold(self, value: tuple[Token, Quantity]) -> _Window:
        return "for", _read_seconds(value)

    def baseline(self) -> _Window:
        return "baseline", 0.0


def _read_seconds(value: tuple[Token, Quantity]) -> float:
    number, quantity = value
    if not is_duration(quantity.unit):
        raise ExpressionError(f"{quantity} is not a duration; {_DURATION_HINT}", _column(number))
    seconds = to_base(quantity.value, quantity.unit)
    if seconds <= 0:
        raise ExpressionError(f"a window is longer than nothing; {_DURATION_HINT}", _column(number))
    return seconds


def _check_sign(number: Token, *, baseline: bool) -> None:
    signed = number[0] in "+-"
    if baseline and not signed:
        raise ExpressionError('a value "vs baseline" is a change; give it a sign, such as +10% or -5%', _column(number))
    if number[0] == "+" and not baseline:
        raise ExpressionError('a value with + is a change; add "vs baseline", or leave the + out', _column(number))


def _explain(error: UnexpectedInput, text: str) -> ExpressionError:
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    offset = len(text.rstrip()) if ended else error.pos_in_stream or 0
    before = text[:offset].split()
    place = f" after {before[-1]!r}" if before else ""
    found = "the text ends" if ended else f"found {text[offset : offset + 16]!r}"
    rule, hint = _find_rule(_list_expected(error), before[-1] if before else "", ended)
    return ExpressionError(f"{rule}{place}, but {found}; {hint}", offset + 1)


def _list_expected(error: UnexpectedInput) -> set[str]:
    if isinstance(error, UnexpectedToken):
        return set(error.expected)
    return set(error.allowed or ()) if isinstance(error, UnexpectedCharacters) else set()


def _find_rule(expected: set[str], last: str, ended: bool) -> tuple[str, str]:
    if last in ("over", "for") and "NUMBER" in expected:
        return "expected a duration", _DURATION_HINT
    if ended and "RPAR" in expected:
        return 'expected ")"', "close each parenthesis that was opened"
    for terminal, rule, hint in _EXPECTED:
        if terminal in expected:
            return rule, hint
    return "expected the end, a unit, and / or, or a window", "a window reads: over 10m, for 5m or vs baseline"


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _unquote(text: str) -> str:
    return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
