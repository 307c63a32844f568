"""What is not as expected, in sentences."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.kernel.config import ConfigError
from gonogo.observe.checks.board import CheckState, Result, read_quantile, summarise
from gonogo.observe.checks.definition import BadCheck, mask_headers, read_checks, validate_check
from gonogo.observe.checks.judging import Answer, list_faults
from tests.observe.checks.stage import make_check

URL = "https://shop.example/health"


def judge(body: bytes, **options: Any) -> list[str]:
    return list_faults(make_check(URL, **options), Answer(seconds=0.1, status=200, body=body))


@pytest.mark.parametrize(
    ("expected", "status", "faults"),
    [
        ((), 204, []),
        ((), 500, ["status 500, expected 2xx"]),
        ((401,), 401, []),
        ((200, 204), 301, ["status 301, expected 200 or 204"]),
    ],
)
def test_status(expected: tuple[int, ...], status: int, faults: list[str]) -> None:
    check = make_check(URL, status=expected)
    assert list_faults(check, Answer(seconds=0.1, status=status)) == faults


@pytest.mark.parametrize(
    ("wanted", "found", "faults"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": {"b": [1, {"c": True}]}}, {"a": {"b": [1, {"c": True, "d": 0}]}}, []),
        ({"a": 1}, {}, ["'a' is missing"]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["'a.b' is 2, expected 1"]),
        ({"a": True}, {"a": 1}, ["'a' is 1, expected true"]),
        ({"a": [1]}, {"a": [1, 2]}, ["'a' is [1,2], expected [1]"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["'a[1]' is 3, expected 2"]),
        (None, None, []),
        ([], {}, ["'the answer' is {}, expected []"]),
    ],
)
def test_a_part_of_json(wanted: Any, found: Any, faults: list[str]) -> None:
    assert judge(msgspec.json.encode(found), json=wanted) == faults


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.dictionaries(st.text(max_size=3), JSON, max_size=3))
def test_whatever_is_there_is_a_part_of_itself_and_of_more(value: Any, more: dict[str, Any]) -> None:
    assert judge(msgspec.json.encode(value), json=value) == []
    assert judge(msgspec.json.encode({**more, "it": value}), json={"it": value}) == []


def test_text_that_is_no_json_or_has_no_match() -> None:
    assert judge(b"<html>\n oh no", json={}) == ["the answer is no JSON: <html> oh no"]
    assert judge(b"ready", matches="^ok$") == ["nothing in the answer matches ^ok$: ready"]
    assert judge(b"\xff ok", matches="ok$") == []


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=50), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_is_the_smallest_that_enough_do_not_exceed(times: list[float], share: float) -> None:
    ordered = sorted(times)
    found = read_quantile(ordered, share)
    assert found is not None
    assert sum(time <= found for time in ordered) >= share * len(ordered)
    assert sum(time < found for time in ordered) < share * len(ordered)


def test_rounds_add_up() -> None:
    results = [Result(at=0, passed=number != 3, latency_ms=float(number)) for number in range(1, 5)]
    window = summarise([*results, Result(at=0, passed=False)])
    assert (window.count, window.uptime, window.p50, window.p99) == (5, 60.0, 2.0, 4.0)
    assert summarise([]).uptime is None


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 5))
def test_it_is_down_exactly_after_so_many_failures_in_a_row(rounds: list[bool], failures: int) -> None:
    state = CheckState(check=make_check(URL, failures=failures), source="api")
    for place, passed in enumerate(rounds):
        state.add(Result(at=place, passed=passed))
        failed = rounds[: place + 1][-failures:]
        if passed:
            assert state.state == "up"
        elif len(failed) == failures and not any(failed):
            assert state.state == "down"
        else:
            assert state.state != "down" or not any(rounds[max(0, place - failures) : place + 1])


TABLE: dict[str, Any] = {
    "url": "https://${HOST}/health",
    "headers": {"Authorization": "Bearer ${TOKEN}"},
    "status": 200,
}


def test_checks_of_the_file_take_words_from_the_environment() -> None:
    [check] = read_checks({"shop": TABLE}, {"HOST": "shop.example", "TOKEN": "t0k"})
    assert (check.url, check.status) == (URL, (200,))
    assert check.headers == {"Authorization": "Bearer t0k"}
    assert mask_headers({**check.headers, "Accept": "*/*"}) == {"Authorization": "********", "Accept": "*/*"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"url": "ftp://shop"}, "url"),
        ({}, "url"),
        ({"url": URL, "evry": "5s"}, "evry"),
        ({"url": URL, "every": "soon"}, "'every' can't be 'soon'"),
        ({"url": URL, "every": "100ms"}, "between 1s and 24h"),
        ({"url": URL, "matches": "("}, "not a valid regular expression"),
        ({"url": "http://shop", "tls_days": 3}, "must begin with https"),
        ({"url": "http://${NOWHERE}/"}, "the environment has no 'NOWHERE'"),
        ({"url": URL, "status": [99]}, "status"),
        ("shop", r"\[checks.shop\]"),
    ],
)
def test_a_file_that_makes_no_sense_is_told_where(options: Any, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        read_checks({"shop": options}, {})
    assert "checks.shop" in str(caught.value)


def test_an_address_without_a_host_is_refused() -> None:
    with pytest.raises(BadCheck, match="names no host"):
        validate_check(make_check("http:///health"))
