"""``gonogo adopt`` and ``gonogo plan --check``, with the answers typed ahead."""

from __future__ import annotations

import io
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, Done

BAKERY = """\
# Bakery

## Deploy

```bash
echo warm
docker pull oven:<tag>
docker pull flour:<tag>
psql shop
```
"""
FILE = Path("bakery.md.gonogo.toml")


class Adopt:
    """Calls ``gonogo adopt bakery.md`` with lines on standard input."""

    def __init__(self, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
        self._call = call
        self._monkeypatch = monkeypatch

    def __call__(self, *lines: str, options: tuple[str, ...] = ()) -> Done:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return self._call("adopt", "bakery.md", *options)


@pytest.fixture
def adopt(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Adopt:
    (tmp_path / "bakery.md").write_text(BAKERY)
    return Adopt(call, monkeypatch)


def read_answers() -> list[dict[str, Any]]:
    return tomllib.loads(FILE.read_text()).get("item", [])


def list_given() -> list[tuple[str, str]]:
    return [(entry["text"].split()[-1], entry["answer"]) for entry in read_answers()]


def test_every_answer_is_kept_with_who_and_when(adopt: Adopt, call: Call) -> None:
    assert call("plan", "bakery.md", "--check").code == 2
    done = adopt("y", "o the flour is there", "r", "")
    assert done.code == 0 and "Adopted." in done.out
    assert list_given() == [("oven:<tag>", "hand"), ("flour:<tag>", "out"), ("shop", "run")]
    assert read_answers()[1]["why"] == "the flour is there"
    assert all("@" in entry["by"] and entry["at"].endswith("Z") for entry in read_answers())
    checked = call("plan", "bakery.md", "--check")
    assert (checked.code, "Every line is adopted" in checked.out) == (0, True)


def test_check_names_every_line_that_asks(adopt: Adopt, call: Call) -> None:
    done = call("plan", "bakery.md", "--check")
    lines = done.out.splitlines()
    assert [line.split(":")[1] for line in lines[:3]] == ["7", "8", "9"]
    assert lines[0].endswith("[placeholder]") and lines[2].endswith("[interactive]")
    assert "3 lines are not adopted" in lines[-1]
    assert adopt(options=("--check",)).out == done.out


def test_all_of_a_kind_take_one_answer(adopt: Adopt) -> None:
    adopt("A o later", "q")
    assert list_given() == [("oven:<tag>", "out"), ("flour:<tag>", "out")]


def test_undo_takes_back_what_was_answered_together(adopt: Adopt) -> None:
    adopt("A", "u", "q")
    assert list_given() == []
    adopt("y", "y", "y", "u", "q")
    assert list_given() == [("oven:<tag>", "hand"), ("flour:<tag>", "hand")]


@pytest.mark.parametrize("ending", [("q",), ()])
def test_what_was_answered_is_kept_when_the_walk_ends_early(adopt: Adopt, ending: tuple[str, ...]) -> None:
    done = adopt("y", *ending)
    assert list_given() == [("oven:<tag>", "hand")]
    assert "2 lines still ask" in done.out
    assert "1 of 2" in adopt("q").out


def test_later_passes_one_over(adopt: Adopt) -> None:
    adopt("l", "y", "q")
    assert list_given() == [("flour:<tag>", "hand")]


def test_an_answer_that_needs_words_asks_for_them(adopt: Adopt) -> None:
    adopt("o", "", "o", "no oven", "q")
    assert read_answers()[0]["why"] == "no oven"


def test_a_key_that_means_nothing_here_is_explained(adopt: Adopt) -> None:
    out = adopt("z", "s http.x < 1", "?", "q").out
    assert out.count("One of y,") == 2
    assert not FILE.exists()


def test_the_line_is_shown_with_its_heading_and_its_neighbours(adopt: Adopt) -> None:
    out = adopt("q").out
    assert "Bakery › Deploy" in out and "docker pull flour" in out and "echo warm" in out and "<tag>" in out


def test_an_edited_line_asks_again_and_its_answer_is_offered_for_removal(adopt: Adopt, call: Call) -> None:
    adopt("y", "y", "y", "")
    Path("bakery.md").write_text(BAKERY.replace("oven:<tag>", "stove:<tag>"))
    checked = call("plan", "bakery.md", "--check")
    assert checked.code == 2 and "stove" in checked.out and "bakery.md.gonogo.toml:" in checked.out
    done = adopt("y", "", "y")
    assert "matches nothing" in done.out
    assert list_given() == [("stove:<tag>", "hand"), ("flour:<tag>", "hand"), ("shop", "hand")]


def test_a_broken_file_is_told_and_left_alone(adopt: Adopt, call: Call) -> None:
    FILE.write_text("[[item]\n")
    done = adopt("y")
    assert done.code == 2 and "not valid TOML" in done.complaint
    assert FILE.read_text() == "[[item]\n"
    assert call("lint", "bakery.md").code == 2


def test_what_somebody_else_wrote_meanwhile_stays(adopt: Adopt) -> None:
    adopt("y", "q")
    adopt("l", "y", "q")
    assert ("oven:<tag>", "hand") in list_given() and ("shop", "hand") in list_given()


def test_programs_get_the_doubts_as_json(adopt: Adopt) -> None:
    found = json.loads(adopt(options=("--json",)).out)
    assert [(each["line"], each["doubt"], each["proposal"]) for each in found] == [
        (7, "placeholder", "hand"),
        (8, "placeholder", "hand"),
        (9, "interactive", "hand"),
    ]
    assert "3 lines ask first." in adopt(options=("--list",)).out


def test_for_whom_is_kept_beside_who(adopt: Adopt) -> None:
    adopt("y", "q", options=("--as", "Ada"))
    assert read_answers()[0]["by"].endswith(" for Ada")


def test_no_folder_to_write_to_is_told(adopt: Adopt, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("gonogo.cli.answer_book.write_sidecar", refuse)
    done = adopt("y")
    assert done.code == 2 and "Permission denied" in done.complaint
