"""Adoption files: read, written, wrong."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.releases.adoption import parse_adoption, write_adoption
from gonogo.releases.adoption.entries import Adoption
from gonogo.releases.adoption.update import find_stale, merge_entries, remove_entries
from tests.releases.adoption.conftest import answer, make_item, make_plan

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=3), WORDS), max_size=5, unique_by=lambda each: each[0]))
def test_what_is_written_is_read_back(said: list[tuple[str, list[str], str]]) -> None:
    entries = tuple(answer(text, "out", under=tuple(under), why=f"x{why}") for text, under, why in said)
    text = write_adoption(entries)
    adoption = parse_adoption(text.encode(), "f")
    assert (adoption.entries, adoption.findings) == (entries, ())
    assert write_adoption(adoption.entries) == text


def test_a_file_written_by_hand_needs_little() -> None:
    adoption = parse_adoption(b'[[item]]\ntext = "make"\nanswer = "run"\nby = "ada"\nat = 2026-05-04\n', "f")
    assert adoption.findings == ()
    assert (adoption.entries[0].at, adoption.entries[0].nth) == ("2026-05-04", 1)


GOOD = '[[item]]\ntext="make"\nanswer="run"\nby="ada"\nat="2026-05-04"\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[[item]\n", None, "not valid TOML"),
        ("\x00", None, "not valid TOML"),
        ('title = "x"\n', None, "'title'"),
        ("item = 3\n", None, "[[item]]"),
        (GOOD + GOOD, 6, "same item as line 1"),
        (GOOD.replace("run", "runs"), 1, "field 'answer'"),
        (GOOD + 'folder="here"\n', 1, "field 'folder'"),
        (GOOD.replace("run", "hand") + 'folder="start"\n', 1, "field 'folder'"),
        (GOOD.replace('by="ada"\n', ""), 1, "`by`"),
        (GOOD.replace('by="ada"', 'by=" "'), 1, "field 'by'"),
        (GOOD.replace('"make"', "3"), 1, "field 'text'"),
        (GOOD.replace("run", "out"), 1, "field 'why'"),
        (GOOD.replace("run", "host"), 1, "field 'host'"),
        (GOOD + "nth = 0\n", 1, "field 'nth'"),
        (GOOD + 'colour = "red"\n', 1, "`colour`"),
        (GOOD + 'doubt = "weather"\n', 1, "field 'doubt'"),
    ],
)
def test_what_is_wrong_is_an_error_with_its_place(text: str, line: int | None, said: str) -> None:
    [finding] = parse_adoption(text.encode(), "ferry.toml").findings
    assert (finding.rule, finding.severity) == ("adoption", "error")
    assert finding.message.startswith(f"ferry.toml:{line}: " if line else "ferry.toml: ")
    assert said in finding.message


def test_the_right_entries_of_a_file_with_a_wrong_one_are_used() -> None:
    adoption = parse_adoption((GOOD + GOOD.replace("make", "sail").replace("run", "runs")).encode(), "f")
    assert [entry.text for entry in adoption.entries] == ["make"]


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    parse_adoption(data, "f")


def test_nesting_without_an_end_is_a_finding() -> None:
    adoption = parse_adoption(b"a=" + b"[" * 100_000, "f")
    assert adoption.findings[0].severity == "error"


def test_the_lines_are_those_of_the_file() -> None:
    adoption = parse_adoption(f"# a head\n\n{GOOD}\n{GOOD.replace('make', 'sail')}".encode(), "f")
    assert adoption.lines == (3, 9)


def test_new_answers_take_the_place_of_old_ones_in_the_order_of_the_document() -> None:
    plan = make_plan((("Ferry",), [make_item("run", "row"), make_item("run", "sail")]))
    old = Adoption(entries=(answer("gone", "run"), answer("sail", "hand")))
    merged = merge_entries(old, [answer("sail", "run"), answer("row", "run")], plan)
    assert [(entry.text, entry.answer) for entry in merged.entries] == [
        ("row", "run"),
        ("sail", "run"),
        ("gone", "run"),
    ]
    assert [entry.text for entry in find_stale(plan, merged)] == ["gone"]
    assert [entry.text for entry in remove_entries(merged, {answer("sail", "run").key}).entries] == ["row", "gone"]


def test_the_file_is_plain_toml() -> None:
    [table] = tomllib.loads(write_adoption([answer("row\nsail", "run")]))["item"]
    assert table["text"] == "row\nsail"
