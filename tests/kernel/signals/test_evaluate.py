from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.kernel.signals import (
    Judgement,
    Signal,
    SignalRegistry,
    capture_baseline,
    evaluate,
    is_fresh,
    parse_expression,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fill(registry: SignalRegistry, name: str, values: list[float], every: float = 5.0, **labels: str) -> None:
    """Record values that end at NOW, oldest first."""
    for back, value in enumerate(reversed(values)):
        registry.record(name, value, labels, at=NOW - timedelta(seconds=back * every))


def judge(text: str, registry: SignalRegistry, baseline: dict[str, float] | None = None) -> Judgement:
    return evaluate(parse_expression(text), registry, NOW, baseline)


@pytest.fixture
def registry() -> SignalRegistry:
    found = SignalRegistry()
    for name, unit in (("rate", "%"), ("p95", "ms"), ("rss", "B"), ("count", ""), ("share", "ratio")):
        found.declare(Signal(name, unit, "", (), "test"))
    return found


@pytest.mark.parametrize(
    ("text", "values", "outcome"),
    [
        ("count == 78", [77.0, 78.0], "true"),
        ("count == 78", [78.0, 77.0], "false"),
        ("count != 78", [77.0], "true"),
        ("p95 < 0.2s", [199.0], "true"),
        ("p95 < 0.2s", [200.0], "false"),
        ("p95 <= 0.2s", [200.0], "true"),
        ("share >= 95%", [0.95], "true"),
        ("share > 95%", [0.94], "false"),
    ],
)
def test_without_a_window_the_latest_sample_counts(
    registry: SignalRegistry, text: str, values: list[float], outcome: str
) -> None:
    fill(registry, text.split()[0], values)
    assert judge(text, registry).outcome == outcome


def test_over_takes_the_mean_of_the_window_only(registry: SignalRegistry) -> None:
    fill(registry, "rate", [0.0] * 20 + [90.0, 100.0] * 6)
    judgement = judge("rate > 94% over 1m", registry)
    assert judgement.outcome == "true"
    (part,) = judgement.parts
    assert part.value == pytest.approx(95.0)
    assert (part.window, part.window_s, len(part.samples)) == ("over", 60.0, 12)
    assert "mean of 12 samples" in part.why


def test_for_wants_every_sample_of_the_window(registry: SignalRegistry) -> None:
    fill(registry, "p95", [150.0] * 70)
    assert judge("p95 < 200ms for 5m", registry).outcome == "true"
    registry.record("p95", 250.0, at=NOW - timedelta(seconds=100))
    judgement = judge("p95 < 200ms for 5m", registry)
    assert judgement.outcome == "false"
    assert "was 250ms 100 s ago, not < 200ms for 5m" in judgement.why
    assert judge("p95 < 200ms for 90s", registry).outcome == "true"


def test_for_needs_a_covered_window(registry: SignalRegistry) -> None:
    fill(registry, "p95", [150.0] * 9)
    judgement = judge("p95 < 200ms for 5m", registry)
    assert judgement.outcome == "no_data"
    assert "only 40 s of the 5m asked for" in judgement.why


def test_a_breach_is_known_even_before_the_window_is_covered(registry: SignalRegistry) -> None:
    fill(registry, "p95", [150.0, 300.0, 150.0])
    assert judge("p95 < 200ms for 5m", registry).outcome == "false"


def test_a_gap_leaves_the_window_uncovered(registry: SignalRegistry) -> None:
    fill(registry, "p95", [150.0] * 10)
    registry.record("p95", 150.0, at=NOW - timedelta(minutes=6))
    registry.record("p95", 150.0, at=NOW - timedelta(minutes=3))
    judgement = judge("p95 < 200ms for 5m", registry)
    assert judgement.outcome == "no_data"
    assert "gap of" in judgement.why


def test_a_window_shorter_than_the_sampling_carries_the_latest(registry: SignalRegistry) -> None:
    registry.record("p95", 150.0, at=NOW - timedelta(seconds=70))
    registry.record("p95", 150.0, at=NOW - timedelta(seconds=20))
    assert judge("p95 < 200ms for 5s", registry).outcome == "true"
    assert judge("p95 < 200ms over 5s", registry).outcome == "true"


@pytest.mark.parametrize("text", ["count == 1", "count == 1 over 10m", "count == 1 for 10m", "count < +1 vs baseline"])
def test_stale_samples_are_no_data(registry: SignalRegistry, text: str) -> None:
    for minutes in range(1, 20):
        registry.record("count", 1.0, at=NOW - timedelta(minutes=minutes, seconds=1))
    judgement = evaluate(parse_expression(text), registry, NOW, {"count": 1.0})
    assert judgement.outcome == "no_data"
    assert judgement.parts[0].age_s == 61.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("unheard.of > 1", "nobody reports unheard.of"),
        ("rate > 1%", "has no samples yet"),
        ("rate{host=web} > 1%", "rate{host=web} has no samples yet"),
        ("rate > 1ms", "% cannot be compared with ms"),
    ],
)
def test_no_data_says_why(registry: SignalRegistry, text: str, words: str) -> None:
    judgement = judge(text, registry)
    assert judgement.outcome == "no_data"
    assert words in judgement.why


def test_samples_of_the_future_do_not_count(registry: SignalRegistry) -> None:
    registry.record("count", 1.0, at=NOW + timedelta(seconds=1))
    assert judge("count == 1", registry).outcome == "no_data"


@pytest.mark.parametrize(
    ("text", "now_value", "outcome"),
    [
        ("rss < +10% vs baseline", 109.0, "true"),
        ("rss < +10% vs baseline", 111.0, "false"),
        ("rss > -5% vs baseline", 94.0, "false"),
        ("rss <= +20B vs baseline", 120.0, "true"),
        ("rss < +20B vs baseline", 120.0, "false"),
    ],
)
def test_changes_are_held_against_the_baseline(
    registry: SignalRegistry, text: str, now_value: float, outcome: str
) -> None:
    fill(registry, "rss", [100.0])
    baseline = capture_baseline(parse_expression(text), registry, NOW)
    assert baseline == {"rss": 100.0}
    registry.record("rss", now_value, at=NOW)
    judgement = judge(text, registry, baseline)
    assert judgement.outcome == outcome
    assert judgement.parts[0].baseline == 100.0


def test_without_a_baseline_there_is_no_data(registry: SignalRegistry) -> None:
    fill(registry, "rss", [100.0])
    assert "no baseline of rss" in judge("rss < +10% vs baseline", registry).why
    assert judge("rss < +10% vs baseline", registry, {"rss": 0.0}).outcome == "no_data"
    assert judge("rss < +1B vs baseline", registry, {"rss": 99.5}).outcome == "true"


def test_a_stale_value_is_no_baseline(registry: SignalRegistry) -> None:
    registry.record("rss", 1.0, at=NOW - timedelta(minutes=5))
    assert capture_baseline(parse_expression("rss < +10% vs baseline"), registry, NOW) == {}


def test_the_worst_series_speaks_for_all(registry: SignalRegistry) -> None:
    fill(registry, "p95", [100.0], check="api")
    fill(registry, "p95", [300.0], check="web")
    judgement = judge("p95 < 200ms", registry)
    assert judgement.outcome == "false"
    assert (judgement.parts[0].series, judgement.parts[0].series_count) == ({"check": "web"}, 2)
    assert judge("p95{check=api} < 200ms", registry).outcome == "true"
    assert judge("p95 < 400ms", registry).parts[0].value == 300.0


VALUES = {"yes": "count >= 0", "no": "count < 0", "none": "rate > 1%"}
TRUTH = {"yes": "true", "no": "false", "none": "no_data"}


@pytest.mark.parametrize(
    ("left", "joint", "right", "outcome"),
    [
        ("yes", "and", "yes", "true"),
        ("yes", "and", "no", "false"),
        ("no", "and", "none", "false"),
        ("yes", "and", "none", "no_data"),
        ("yes", "or", "none", "true"),
        ("no", "or", "none", "no_data"),
        ("no", "or", "no", "false"),
        ("no", "or", "yes", "true"),
    ],
)
def test_and_or_are_three_valued(registry: SignalRegistry, left: str, joint: str, right: str, outcome: str) -> None:
    fill(registry, "count", [1.0])
    judgement = judge(f"{VALUES[left]} {joint} {VALUES[right]}", registry)
    assert judgement.outcome == outcome
    assert [part.outcome for part in judgement.parts] == [TRUTH[left], TRUTH[right]]
    assert judgement.why


def test_parts_keep_the_last_sixty_samples_in_the_threshold_unit(registry: SignalRegistry) -> None:
    fill(registry, "p95", [float(value) for value in range(100)])
    part = judge("p95 < 1s over 1h", registry).parts[0]
    assert len(part.samples) == 60
    assert part.samples[-1].value == pytest.approx(0.099)
    assert part.samples[-1].at == NOW


def test_judgements_are_json(registry: SignalRegistry) -> None:
    fill(registry, "count", [1.0])
    judgement = judge("count == 1 and rate > 5% for 1m", registry)
    assert msgspec.json.decode(msgspec.json.encode(judgement), type=Judgement) == judgement


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(-10, 10)), max_size=40), st.sampled_from(["over", "for"]))
def test_a_threshold_and_its_opposite_never_both_hold(samples: list[tuple[float, float]], window: str) -> None:
    registry = SignalRegistry()
    for back, value in samples:
        registry.record("count", value, at=NOW - timedelta(seconds=back))
    above = judge(f"count > 0 {window} 5m", registry).outcome
    below = judge(f"count <= 0 {window} 5m", registry).outcome
    assert not (above == below == "true")
    if window == "over":
        assert (above == "no_data") == (below == "no_data")


@pytest.mark.parametrize("window", ["over", "for"])
def test_one_sample_of_the_last_second_covers_no_window(registry: SignalRegistry, window: str) -> None:
    registry.record("rate", 99.0, at=NOW - timedelta(seconds=1))
    judgement = judge(f"rate > 95% {window} 10m", registry)
    assert judgement.outcome == "no_data"
    assert "only 1 s of the 10m asked for" in judgement.why
    assert is_fresh(judgement)
    assert not is_fresh(judge("rate{host=web} > 95%", registry))
