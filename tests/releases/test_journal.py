"""A journal proves itself: any change to it, and any cut, shows."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.releases.journal import GENESIS, Entry, chain_entry, verify_journal

LENGTH = 6


def make_journal(length: int = LENGTH) -> list[Entry]:
    entries: list[Entry] = []
    for seq in range(1, length + 1):
        entry = Entry(
            run="r1",
            seq=seq,
            at="2026-01-31T12:00:00.000Z",
            name="item_finished",
            item=f"i{seq}",
            actor="u1",
            actor_name="Änne",
            data={"b": 1.5, "a": ["ö", None]},
            previous=entries[-1].hash if entries else GENESIS,
        )
        entries.append(chain_entry(entry))
    return entries


def verify(entries: list[Entry]) -> int | None:
    whole = make_journal()
    return verify_journal(entries, LENGTH, whole[-1].hash)


def test_whole_journal_holds() -> None:
    assert verify(make_journal()) is None


def test_empty_journal_holds() -> None:
    assert verify_journal([], 0, GENESIS) is None


def test_survives_json() -> None:
    text = msgspec.json.encode(make_journal())
    assert verify(msgspec.json.decode(text, type=list[Entry])) is None


@given(
    place=st.integers(0, LENGTH - 1),
    change=st.sampled_from(
        [
            {"at": "2026-01-31T12:00:00.001Z"},
            {"data": {}},
            {"actor_name": "Bea"},
            {"item": None},
            {"run": "r2"},
            {"hash": "0"},
        ]
    ),
)
def test_change_shows_at_its_place(place: int, change: dict[str, object]) -> None:
    entries = make_journal()
    entries[place] = msgspec.structs.replace(entries[place], **change)
    assert verify(entries) == place + 1


@pytest.mark.parametrize("kept", range(LENGTH))
def test_cut_shows_at_the_end(kept: int) -> None:
    assert verify(make_journal()[:kept]) == kept + 1


@given(st.integers(0, LENGTH - 1))
def test_missing_entry_shows(place: int) -> None:
    entries = make_journal()
    del entries[place]
    assert verify(entries) == place + 1


def test_forged_tail_shows() -> None:
    entries = make_journal()
    entries[-1] = chain_entry(msgspec.structs.replace(entries[-1], actor_name="Bea"))
    assert verify(entries) is not None


def test_appended_entry_shows() -> None:
    entries = make_journal()
    extra = chain_entry(msgspec.structs.replace(entries[-1], seq=LENGTH + 1, previous=entries[-1].hash))
    assert verify([*entries, extra]) is not None
