"""Every series is judged for itself, and as the kernel's own grammar judges it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.kernel.signals import Signal, SignalRegistry, evaluate, parse_expression
from gonogo.observe.alerts.reading import UnfitUnit, read_series

NOW = 1_772_452_800.0


def make_registry(**series: float) -> SignalRegistry:
    """``host.cpu`` of some hosts, sampled now."""
    registry = SignalRegistry()
    registry.declare(Signal("host.cpu", "%", "", ("host",)))
    registry.declare(Signal("host.disk", "%", "", ("host", "mount")))
    for host, value in series.items():
        registry.record("host.cpu", value, {"host": host}, at=datetime.fromtimestamp(NOW, UTC))
    return registry


def read(text: str, registry: SignalRegistry, now: float = NOW) -> dict[str, str]:
    """Each series' host (and mount) with its outcome."""
    return {
        "/".join(line.labels.values()): line.reading.outcome
        for line in read_series(parse_expression(text), registry, now)
    }


def test_one_reading_for_each_series() -> None:
    assert read("host.cpu > 90%", make_registry(web1=95, web2=12)) == {"web1": "true", "web2": "false"}
    assert read("host.cpu{host=web2} > 90%", make_registry(web1=95, web2=12)) == {"web2": "false"}


def test_a_threshold_may_be_in_another_unit_of_the_same_kind() -> None:
    assert read("host.cpu > 0.9 ratio", make_registry(web1=95)) == {"web1": "true"}
    with pytest.raises(UnfitUnit, match=r"host\.cpu is measured in %, the threshold in ms"):
        read("host.cpu > 90ms", make_registry(web1=95))


def test_an_old_sample_says_nothing() -> None:
    assert read("host.cpu > 90%", make_registry(web1=95), NOW + 60) == {"web1": "true"}
    assert read("host.cpu > 90%", make_registry(web1=95), NOW + 61) == {"web1": "no_data"}


def test_an_unknown_signal_has_no_series() -> None:
    assert read("nothing.such > 1", make_registry()) == {}


def test_joined_conditions_meet_in_the_labels_they_share() -> None:
    registry = make_registry(web1=95, web2=95)
    for host, mount, share in (("web1", "/", 99), ("web1", "/var", 10), ("web2", "/", 10)):
        registry.record("host.disk", share, {"host": host, "mount": mount}, at=datetime.fromtimestamp(NOW, UTC))
    found = read("host.cpu > 90% and host.disk > 90%", registry)
    assert found == {"web1//": "true", "web1//var": "false", "web2//": "false"}
    assert read("host.cpu > 90% and nothing.such > 1", registry) == {"web1": "no_data", "web2": "no_data"}
    assert read("host.cpu > 90% or nothing.such > 1", registry) == {"web1": "true", "web2": "true"}


samples = st.lists(st.tuples(st.integers(-200, 0), st.floats(0, 100)), max_size=12)


@given(
    samples,
    st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    st.sampled_from([0, 50, 100]),
    st.sampled_from(["", " over 30s", " over 120s"]),
)
def test_a_single_series_is_judged_as_the_kernel_does(
    found: list[tuple[int, float]], op: str, threshold: int, window: str
) -> None:
    registry = SignalRegistry()
    registry.declare(Signal("load", "%", ""))
    for at, value in found:
        registry.record("load", value, at=datetime.fromtimestamp(NOW + at, UTC))
    expression = parse_expression(f"load {op} {threshold}%{window}")
    [own] = list(read_series(expression, registry, NOW)) or [None]
    judged = evaluate(expression, registry, datetime.fromtimestamp(NOW, UTC))
    assert (own.reading.outcome if own else "no_data") == judged.outcome
    if own is not None and own.reading.value is not None:
        assert own.reading.value == pytest.approx(judged.parts[0].value)
