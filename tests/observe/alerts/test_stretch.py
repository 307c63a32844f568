"""What a dry run reads is what a look reads, but for what changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from gonogo.kernel.signals import Signal, SignalRegistry
from gonogo.observe.alerts.machine import Track
from gonogo.observe.alerts.reading import read_series
from gonogo.observe.alerts.rule import Manners, Rule, RuleBody, compile_rule
from gonogo.observe.alerts.stretch import Stretch

START = 1_772_452_802
TICKS = range(START, START + 600, 10)
EXPRESSIONS = (
    "host.cpu > 90%",
    "host.cpu <= 90%",
    "host.cpu == 90%",
    "host.cpu > 0.9",
    "host.cpu{host=web1} > 90%",
    "host.cpu > 90% over 40s",
    "host.cpu > 90% and host.cpu < 95%",
    "host.cpu > 5s",
    "host.gone > 1",
)
courses = st.dictionaries(st.integers(-30, 150), st.sampled_from([0.0, 90.0, 92.0, 97.0]), max_size=180)


def make_registry(found: dict[str, dict[int, float]]) -> SignalRegistry:
    registry = SignalRegistry()
    registry.declare(Signal("host.cpu", "%", "", ("host",), "test"))
    for host, course in found.items():
        for place, value in course.items():
            registry.record("host.cpu", value, {"host": host}, at=datetime.fromtimestamp(START - 2 + 5 * place, UTC))
    return registry


def read(rule: Rule, registry: SignalRegistry, at: int) -> dict[str, tuple[object, float]] | str:
    try:
        return {str(line.labels): (line.reading, line.age_s) for line in read_series(rule.condition, registry, at)}
    except ValueError as error:
        return str(error)


@given(st.fixed_dictionaries({"web1": courses, "web2": courses}), st.sampled_from(EXPRESSIONS))
def test_what_is_left_out_is_false(found: dict[str, dict[int, float]], expression: str) -> None:
    registry, rule = make_registry(found), compile_rule("r", RuleBody(expression=expression), "stored", Manners())
    stretch = Stretch({"r": rule}, registry, TICKS)
    before: dict[str, object] = {}
    for at in TICKS:
        whole = read(rule, registry, at)
        try:
            lines = {str(line.labels): (line.reading, line.age_s) for line in stretch.read(rule, at, {})}
        except ValueError as error:
            assert whole == str(error)
            continue
        assert isinstance(whole, dict)
        assert lines.items() <= whole.items()
        assert all(reading.outcome == "false" for name, (reading, _) in whole.items() if name not in lines)  # type: ignore[attr-defined]
        outcomes: dict[str, object] = {name: reading.outcome for name, (reading, _) in whole.items()}  # type: ignore[attr-defined]
        assert stretch.turns(at) or outcomes == before
        before = outcomes


@given(courses)
def test_a_series_with_a_track_is_always_read(course: dict[int, float]) -> None:
    registry = make_registry({"web1": course or {0: 1.0}})
    rule = compile_rule("r", RuleBody(expression="host.cpu > 90%"), "stored", Manners())
    stretch = Stretch({"r": rule}, registry, TICKS)
    for at in TICKS:
        whole = read(rule, registry, at)
        for state in ("pending", "firing", "no_data"):
            known = {"{host=web1}": Track(labels={"host": "web1"}, state=state, since=float(START))}  # type: ignore[arg-type]
            lines = {str(line.labels): (line.reading, line.age_s) for line in stretch.read(rule, at, known)}
            assert lines == whole
        [line] = stretch.read(rule, at, {"{host=web1}": Track(labels={"host": "web1"})})
        assert isinstance(whole, dict)
        assert line.reading.outcome == whole[str(line.labels)][0].outcome  # type: ignore[attr-defined]
