from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.kernel.signals import (
    AllOf,
    AnyOf,
    Comparison,
    Expression,
    ExpressionError,
    Quantity,
    UnitMismatch,
    check_units,
    parse_expression,
)
from gonogo.kernel.signals.registry import Signal, SignalRegistry

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}(\.[a-z0-9_]{1,8}){0,2}", fullmatch=True)
LABELS = st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.text(min_size=0, max_size=8), max_size=3)
UNITS = st.sampled_from(["", "%", "ms", "s", "m", "MB", "GiB", "req/s", "/s", "°C", "MB/s"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
WINDOWS = st.floats(min_value=1e-9, max_value=1e12)


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    kind = draw(st.sampled_from(["latest", "over", "for", "baseline"]))
    return Comparison(
        signal=draw(NAMES),
        labels=draw(LABELS),
        op=draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="])),
        value=Quantity(draw(NUMBERS), draw(UNITS)),
        over_s=draw(WINDOWS) if kind == "over" else None,
        for_s=draw(WINDOWS) if kind == "for" else None,
        baseline=kind == "baseline",
    )


EXPRESSIONS = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=6,
)


@given(EXPRESSIONS)
def test_the_canonical_text_reads_back_the_same(expression: Expression) -> None:
    text = str(expression)
    if len(text) <= 2000:
        assert parse_expression(text) == expression


@given(EXPRESSIONS)
def test_expressions_survive_json(expression: Expression) -> None:
    assert msgspec.json.decode(msgspec.json.encode(expression), type=Expression) == expression


@pytest.mark.parametrize(
    "text",
    [
        "webhooks.success_rate > 95% over 10m",
        "http.p95{check=api} < 200ms for 5m",
        "process.rss{service=web} < +10% vs baseline",
        "process.rss < -5MB vs baseline",
        "settings.count == 78",
        "a < 5 and b < 6 or c != 7",
        "a < 5 and (b < 6 or c >= 7)",
        '(a < 5 and b < 6) and c{name="two words"} <= 7 req/s',
        "orders.for > 1 for 1m",
    ],
)
def test_canonical_texts_stay_as_they_are(text: str) -> None:
    assert str(parse_expression(text)) == text


def test_and_binds_tighter_than_or() -> None:
    expression = parse_expression("a<1 or b<2 and c<3")
    assert isinstance(expression, AnyOf)
    assert isinstance(expression.parts[1], AllOf)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "expected a name"),
        ("http.p95", 9, "expected an operator after 'http.p95'"),
        ("http p95 > 5", 6, "expected an operator after 'http', but found 'p95 > 5'"),
        ("a = 5", 3, "use one of < <= > >= == !="),
        ("a >", 4, "expected a number after '>'"),
        ("a > five", 5, "write a value with its unit"),
        ("a > 5 msec", 7, "'msec' is not a unit"),
        ("a > 5 over", 11, "expected a duration after 'over'"),
        ("a > 5 over 10", 12, "is not a duration"),
        ("a > 5 for 0s", 11, "longer than nothing"),
        ("a > 5 over 5m for 3m", 15, "expected the end"),
        ("a > 10% vs baseline", 5, "give it a sign"),
        ("a > +10%", 5, 'add "vs baseline"'),
        ("a > +10% vs yesterday", 13, 'expected "baseline"'),
        ("(a > 5", 7, 'expected ")"'),
        ("a{x} > 5", 4, 'expected "="'),
        ("a{x=} > 5", 5, "expected a label's value"),
        ("a{x=1 y=2} > 5", 7, "expected a comma or }"),
        ("a{x=1, x=2} > 5", 8, "given twice"),
        ("a > 5\n$", 7, "expected the end"),
        ("a > 1e999", 5, "too large"),
        ("a" * 2001, 2000, "split this one in two"),
    ],
)
def test_errors_name_place_rule_and_way_out(text: str, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert caught.value.column == column
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"column {column}: ")


@given(st.text(alphabet='ab.{}=<>!0159%ms "()+-andorvs\n', max_size=60))
def test_any_text_parses_or_gives_its_column(text: str) -> None:
    try:
        parse_expression(text)
    except ExpressionError as error:
        assert 1 <= error.column <= len(text) + 1


def test_deep_parentheses_are_read() -> None:
    text = "(" * 900 + "a > 1" + ")" * 900
    assert str(parse_expression(text)) == "a > 1"


def test_units_are_checked_against_declared_signals() -> None:
    registry = SignalRegistry()
    registry.declare(Signal("http.p95", "ms", "latency", ("check",), "observe"))
    check_units(parse_expression("http.p95 < 2s and http.p95 < +10% vs baseline and unheard.of > 5MB"), registry)
    with pytest.raises(UnitMismatch, match=r"http\.p95 is measured in ms, the threshold in %"):
        check_units(parse_expression("http.p95 < 5s and http.p95 > 95%"), registry)
    with pytest.raises(UnitMismatch, match="in a plain number"):
        check_units(parse_expression("http.p95 < 200"), registry)
