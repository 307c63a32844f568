"""The mirror of the settings: what messages make of it, whatever their order and however often they come."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.client.mirror import Change, Mirror, SettingSecret, SettingUnknown


def take(mirror: Mirror, **message: Any) -> list[Change]:
    return mirror.take(msgspec.json.encode(message))


def make_change(key: str, value: Any, version: int) -> dict[str, Any]:
    return {"key": key, "value": value, "version": version, "by": "ann", "at": "2026-01-31T12:00:00Z"}


@pytest.fixture
def mirror() -> Mirror:
    mirror = Mirror("http://x")
    take(mirror, type="hello", version=7, heartbeat=5)
    take(mirror, type="snapshot", version=7, settings={"tide.level": 2, "tide.name": "spring", "tide.key": "********"})
    return mirror


def test_a_snapshot_brings_it_in_step(mirror: Mirror) -> None:
    assert mirror.values == {"tide.level": 2, "tide.name": "spring"}
    assert (mirror.version, mirror.stale_since) == (7, None)


def test_the_address_continues_from_the_version(mirror: Mirror) -> None:
    assert Mirror("https://x").address == "wss://x/api/settings/ws"
    assert mirror.address == "ws://x/api/settings/ws?since=7"
    assert Mirror("http://x", "staging").address == "ws://x/api/settings/ws?environment=staging"


def test_a_change_is_told_once(mirror: Mirror) -> None:
    message = {"type": "change", **make_change("tide.level", 3, 8)}
    assert [change.value for change in take(mirror, **message)] == [3]
    assert take(mirror, **message) == []
    assert mirror.values["tide.level"] == 3


def test_a_batch_is_seen_whole_or_not_at_all(mirror: Mirror) -> None:
    before = mirror.values
    changes = [make_change("tide.level", 9, 8), make_change("tide.name", "neap", 8)]
    take(mirror, type="batch", version=8, changes=changes)
    assert before == {"tide.level": 2, "tide.name": "spring"}
    assert mirror.values == {"tide.level": 9, "tide.name": "neap"}


def test_an_empty_batch_moves_the_version_only(mirror: Mirror) -> None:
    assert take(mirror, type="batch", version=12, changes=[]) == []
    assert mirror.version == 12


def test_a_later_snapshot_tells_what_differs(mirror: Mirror) -> None:
    settings = {"tide.level": 2, "tide.name": "neap", "tide.new": True, "tide.key": "********"}
    changes = take(mirror, type="snapshot", version=40, settings=settings)
    assert {change.key: change.value for change in changes} == {"tide.name": "neap", "tide.new": True}


def test_a_store_put_back_to_an_earlier_version_is_believed(mirror: Mirror) -> None:
    take(mirror, type="hello", version=3, heartbeat=5)
    take(mirror, type="snapshot", version=3, settings={"tide.level": 1})
    assert (mirror.values, mirror.version) == ({"tide.level": 1}, 3)


def test_it_is_stale_until_it_has_caught_up(mirror: Mirror) -> None:
    mirror.note_loss()
    since = mirror.stale_since
    assert since is not None
    take(mirror, type="hello", version=9, heartbeat=5)
    assert mirror.stale_since == since
    take(mirror, type="change", **make_change("tide.level", 3, 8))
    assert mirror.stale_since == since
    take(mirror, type="change", **make_change("tide.level", 4, 9))
    assert mirror.stale_since is None


def test_secrets_are_told_apart_from_what_is_unknown(mirror: Mirror) -> None:
    assert isinstance(mirror.explain_absence("tide.key"), SettingSecret)
    unknown = mirror.explain_absence("tide.levl")
    assert isinstance(unknown, SettingUnknown)
    assert "'tide.level'" in str(unknown)


def test_messages_of_a_later_server_are_passed_over(mirror: Mirror) -> None:
    assert take(mirror, type="weather", outlook="fair") == []
    assert mirror.version == 7


def test_waits_grow_to_a_limit_and_start_again_after_a_word(mirror: Mirror) -> None:
    waits = [mirror.draw_wait() for _ in range(200)]
    assert max(waits) <= 5.0
    assert max(waits[20:]) > 1.0
    take(mirror, type="heartbeat", version=7, at="")
    assert mirror.draw_wait() <= 0.2


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 5)), max_size=40))
def test_whatever_arrives_the_newest_version_wins(arrivals: list[tuple[int, int]]) -> None:
    mirror = Mirror("http://x")
    take(mirror, type="snapshot", version=0, settings={"tide.level": 0})
    told: list[int] = []
    for version, value in arrivals:
        told += [change.version for change in take(mirror, type="change", **make_change("tide.level", value, version))]
    assert told == sorted(set(told))
    assert mirror.version == max((version for version, _ in arrivals), default=0)
