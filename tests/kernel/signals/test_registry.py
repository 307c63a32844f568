from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from gonogo.kernel.signals.process import declare_process_signals
from gonogo.kernel.signals.registry import (
    BadSignalName,
    Signal,
    SignalConflict,
    SignalNotDeclared,
    SignalRegistry,
)
from gonogo.kernel.signals.ring import Ring
from gonogo.kernel.signals.units import UnknownUnit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DEPTH = Signal("jobs.depth", "", "jobs waiting", ("queue",), "jobs")


def test_the_same_declaration_twice_is_fine_and_another_is_not() -> None:
    registry = SignalRegistry()
    registry.declare(DEPTH)
    registry.declare(DEPTH)
    with pytest.raises(SignalConflict, match="declared already by 'jobs'"):
        registry.declare(Signal("jobs.depth", "ms", "jobs waiting", ("queue",), "jobs"))


@pytest.mark.parametrize("name", ["", "two words", "9lives", "a..b", "a{b}"])
def test_names_must_be_writable_in_an_expression(name: str) -> None:
    with pytest.raises(BadSignalName, match="no signal name"):
        SignalRegistry().declare(Signal(name, "", ""))
    with pytest.raises(BadSignalName):
        SignalRegistry().record(name, 1.0, at=NOW)


def test_units_must_be_known() -> None:
    with pytest.raises(UnknownUnit):
        SignalRegistry().declare(Signal("a", "parsec", ""))
    registry = SignalRegistry()
    with pytest.raises(UnknownUnit):
        registry.record("a", 1.0, at=NOW, unit="parsec")
    assert registry.list_signals(NOW) == []


def test_providers_need_a_declaration() -> None:
    with pytest.raises(SignalNotDeclared, match="declare it before"):
        SignalRegistry().provide("jobs.depth", lambda: 1)


def test_providers_give_a_number_or_labelled_numbers() -> None:
    registry = SignalRegistry()
    registry.declare(DEPTH)
    registry.provide("jobs.depth", lambda: [({"queue": "mail"}, 3.0), ({"queue": "video"}, 5.0)])
    registry.declare(Signal("jobs.total", "", "", (), "jobs"))
    registry.provide("jobs.total", lambda: 8)
    registry.sample_all(NOW)
    assert [(series.labels, series.samples) for series in registry.find_samples("jobs.depth")] == [
        ({"queue": "mail"}, [(NOW.timestamp(), 3.0)]),
        ({"queue": "video"}, [(NOW.timestamp(), 5.0)]),
    ]
    assert registry.find_samples("jobs.total")[0].samples == [(NOW.timestamp(), 8.0)]


def test_sampling_by_name_asks_only_those() -> None:
    registry = SignalRegistry()
    for name in ("a", "b"):
        registry.declare(Signal(name, "", ""))
        registry.provide(name, lambda: 1.0)
    registry.sample(["a", "unheard.of"], NOW)
    assert registry.find_samples("a")
    assert registry.find_samples("b") == []


def test_a_failing_provider_shows_its_error_until_it_answers(caplog: pytest.LogCaptureFixture) -> None:
    registry = SignalRegistry()
    registry.declare(DEPTH)
    answers = iter([ConnectionError("no route"), ConnectionError("no route"), 4.0])

    def ask() -> float:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    registry.provide("jobs.depth", ask)
    registry.sample_all(NOW)
    registry.sample_all(NOW)
    assert registry.list_signals(NOW)[0].error == "ConnectionError: no route"
    assert len(caplog.records) == 1
    registry.sample_all(NOW)
    assert registry.list_signals(NOW)[0].error is None
    assert registry.list_signals(NOW)[0].series[0].value == 4.0


def test_a_provider_without_data_leaves_no_sample() -> None:
    registry = SignalRegistry()
    registry.declare(DEPTH)
    registry.provide("jobs.depth", lambda: None)
    registry.sample_all(NOW)
    assert registry.find_samples("jobs.depth") == []
    assert registry.list_signals(NOW)[0].error is None


def test_pushed_names_are_declared_and_can_be_declared_properly_later() -> None:
    registry = SignalRegistry()
    assert registry.record("cart.size", 3.0, {"shop": "eu"}, at=NOW, unit="MB")
    signal = registry.find_signal("cart.size")
    assert signal == Signal("cart.size", "MB", "", ("shop",), "pushed")
    registry.declare(Signal("cart.size", "", "things in the cart", ("shop",), "shop"))
    assert registry.find_samples("cart.size") == []


def test_samples_are_found_by_label_and_time() -> None:
    registry = SignalRegistry()
    for second in range(5):
        registry.record("a", float(second), {"host": "one", "zone": "x"}, at=NOW + timedelta(seconds=second))
    registry.record("a", 9.0, {"host": "two", "zone": "x"}, at=NOW)
    assert len(registry.find_samples("a", {"zone": "x"})) == 2
    (series,) = registry.find_samples("a", {"host": "one"}, since=NOW + timedelta(seconds=3))
    assert [value for _, value in series.samples] == [3.0, 4.0]


def test_the_list_tells_the_last_value_and_its_age() -> None:
    registry = SignalRegistry()
    registry.record("a", 1.0, at=NOW)
    registry.record("a", 2.0, at=NOW + timedelta(seconds=5))
    (status,) = registry.list_signals(NOW + timedelta(seconds=20))
    assert (status.series[0].value, status.series[0].age_s, status.series[0].samples) == (2.0, 15.0, 2)


def test_bounds_refuse_and_count() -> None:
    registry = SignalRegistry(ring_length=3, max_series=2)
    for second in range(5):
        assert registry.record("a", float(second), at=NOW + timedelta(seconds=second))
    assert registry.counters.overwritten == 2
    assert [value for _, value in registry.find_samples("a")[0].samples] == [2.0, 3.0, 4.0]
    assert registry.record("b", 1.0, at=NOW)
    assert not registry.record("c", 1.0, at=NOW)
    assert registry.counters.too_many_series == 1
    assert registry.find_signal("c") is None
    assert not registry.record("a", float("nan"), at=NOW)
    assert registry.counters.not_finite == 1


def test_forgetting_makes_room() -> None:
    registry = SignalRegistry(max_series=1)
    registry.record("a", 1.0, {"host": "one"}, at=NOW)
    assert registry.forget("a", {"host": "two"}) == 0
    assert registry.forget("a", {"host": "one"}) == 1
    assert registry.record("b", 1.0, at=NOW)


def test_late_samples_find_their_place_and_the_same_instant_is_overwritten() -> None:
    ring = Ring(10)
    for at, value in [(10.0, 1.0), (30.0, 3.0), (20.0, 2.0), (30.0, 4.0)]:
        ring.add(at, value)
    assert ring.read(0.0, 100.0) == [(10.0, 1.0), (20.0, 2.0), (30.0, 4.0)]
    assert ring.find_before(19.9) == (10.0, 1.0)
    assert ring.find_before(9.9) is None
    assert ring.last() == (30.0, 4.0)


def test_generators_are_providers_too() -> None:
    registry = SignalRegistry()
    registry.declare(DEPTH)

    def ask() -> Iterable[tuple[dict[str, str], float]]:
        yield {"queue": "mail"}, 1.0

    registry.provide("jobs.depth", ask)
    registry.sample_all(NOW)
    assert registry.find_samples("jobs.depth", {"queue": "mail"})


def test_this_process_reports_itself() -> None:
    registry = SignalRegistry()
    declare_process_signals(registry)
    registry.sample_all(NOW)
    seen = {status.signal.name: status for status in registry.list_signals(NOW)}
    assert all(status.error is None and len(status.series) == 1 for status in seen.values())
    assert seen["process.rss"].series[0].value > 1_000_000
    assert seen["process.threads"].series[0].value >= 1
    assert 0 < seen["host.memory"].series[0].value <= 100
    assert set(seen) == {
        *("process.cpu", "process.rss", "process.fds", "process.threads", "process.uptime"),
        *("host.cpu", "host.memory", "host.disk", "host.load1"),
    }


def test_samples_of_a_store_are_added_at_once() -> None:
    ring = Ring(3)
    ring.add(10.0, 1.0)
    ring.extend([20.0, 30.0, 40.0], [2.0, 3.0, 4.0])
    assert [list(column) for column in ring.columns] == [[20.0, 30.0, 40.0], [2.0, 3.0, 4.0]]
    ring.extend([], [])
    assert len(ring) == 3
