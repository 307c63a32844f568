"""Questions at the terminal, with the answers typed ahead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gonogo.cli import asking
from gonogo.cli.asking import LATER, MENUS, ask_approval, ask_item, ask_menu, perform
from gonogo.cli.batch import find_batch
from gonogo.cli.exits import CannotRun
from gonogo.releases.reading import read_checklist

PLAN = read_checklist(b"# Sweep\n\n- [ ] Sweep the floor\n\n```sh\ntail -f /var/log/dust\n```\n", "sweep.md", None)


@pytest.fixture
def type_ahead(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Give the lines that a person types; gives the prompts that were shown. After the last line the input ends."""

    def prepare(*lines: str) -> list[str]:
        waiting, prompts = list(lines), []

        def read_line(prompt: str, _still_asked: Callable[[], bool]) -> str | None:
            prompts.append(prompt)
            return waiting.pop(0) if waiting else None

        monkeypatch.setattr(asking, "read_line", read_line)
        return prompts

    return prepare


def ask(reason: str) -> tuple[str, str] | None:
    said = ask_menu(MENUS[reason], lambda: True)
    return None if said is None else (said.answer.move, said.words)


@pytest.mark.parametrize(
    ("reason", "lines", "said"),
    [
        ("tick", ("y",), ("tick", "")),
        ("tick", ("Y told them",), ("tick", "told them")),
        ("tick", ("s no floor",), ("skip", "no floor")),
        ("tick", ("s", "no floor"), ("skip", "no floor")),
        ("tick", ("s", "", "l"), ("leave", "")),
        ("tick", ("what?", "yes", "", "y"), ("tick", "")),
        ("sign", ("y read it all",), ("sign", "read it all")),
        ("sign", ("s", "no CTO this week"), ("skip", "no CTO this week")),
        ("decide", ("n smoke",), ("no_go", "smoke")),
        ("failed", ("r",), ("retry", "")),
        ("failed", ("m", "by crane"), ("take_over", "by crane")),
        ("unknown", ("t",), ("resolve", "")),
        ("no_data", (), ("leave", "")),
    ],
)
def test_a_letter_and_its_words(
    type_ahead: Callable[..., list[str]], reason: str, lines: tuple[str, ...], said: tuple[str, str]
) -> None:
    type_ahead(*lines)
    assert ask(reason) == said


def test_a_question_that_somebody_else_answered_is_dropped(type_ahead: Callable[..., list[str]]) -> None:
    prompts = type_ahead("y")
    assert ask_menu(MENUS["tick"], lambda: False) is None
    assert prompts == []


def test_every_reason_can_be_put_off() -> None:
    assert all(LATER in menu for menu in MENUS.values())
    assert all(len({answer.key for answer in menu}) == len(menu) for menu in MENUS.values())


def test_the_question_names_the_item_and_offers_what_fits(
    type_ahead: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    prompts = type_ahead("s too old")
    item = {"id": "p1.2", "line": 9, "text": "Load < 3", "command": None, "role": None, "need": "gate", "criteria": []}
    said = ask_item({"item": "p1.2", "reason": "failed"}, item, lambda: True)
    assert said is not None and said[0].move == "skip"
    assert "It failed: Load < 3  (line 9, item p1.2)" in capsys.readouterr().out
    assert "by hand" not in prompts[0]


@pytest.mark.parametrize("word", ["y", "yes", "Y"])
def test_approval(type_ahead: Callable[..., list[str]], word: str) -> None:
    type_ahead("p", "hm", word)
    ask_approval(PLAN)


@pytest.mark.parametrize("lines", [("n",), ("",), ()])
def test_no_approval_means_no_run(type_ahead: Callable[..., list[str]], lines: tuple[str, ...]) -> None:
    type_ahead(*lines)
    with pytest.raises(CannotRun):
        ask_approval(PLAN)


class Recorder:
    """Remembers the one call that is made on it."""

    def __init__(self) -> None:
        self.releases = self
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        def record(*values: Any, **named: Any) -> None:
            self.calls.append((name, *values, *named.values()))

        return record


@pytest.mark.parametrize(
    ("reason", "line", "call"),
    [
        ("tick", "y fine", ("tick", "r1", "p1", "fine", "ann")),
        ("decide", "g", ("decide", "r1", "p1", "go", "")),
        ("decide", "h", ("decide", "r1", "p1", "hold", "")),
        ("tick", "s old", ("skip", "r1", "p1", "old", "ann")),
        ("failed", "r", ("retry", "r1", "p1", "", "ann")),
        ("failed", "m done", ("take_over", "r1", "p1", "done", "ann")),
        ("failed", "b", ("rollback", "r1", None)),
        ("failed", "x enough", ("stop", "r1", "enough")),
        ("unknown", "t", ("resolve", "r1", "p1", "", "ann")),
        ("doubt", "y", ("run_item", "r1", "p1", "", "ann")),
        ("doubt", "m typed it", ("take_over", "r1", "p1", "typed it", "ann")),
        ("doubt", "o not here", ("skip", "r1", "p1", "not here", "ann")),
        ("doubt", "x wrong day", ("stop", "r1", "wrong day")),
        ("sign", "y fine", ("sign", "r1", "p1", "fine")),
    ],
)
def test_answers_become_moves(
    type_ahead: Callable[..., list[str]], reason: str, line: str, call: tuple[Any, ...]
) -> None:
    type_ahead(line)
    said = ask_menu(MENUS[reason], lambda: True)
    assert said is not None
    recorder = Recorder()
    perform(recorder, "r1", "p1", said, "ann")  # type: ignore[arg-type]
    assert recorder.calls == [call]


def make_tick(number: int, status: str = "open", **fields: Any) -> dict[str, Any]:
    item = {"id": f"p1.{number}", "line": number, "text": f"Tray {number}", "command": None, "role": None}
    return {**item, "need": "tick", "kind": "human", "criteria": [], "state": {"status": status}, **fields}


BATCH = [make_tick(number) for number in range(1, 6)]


@pytest.mark.parametrize(
    ("line", "items", "words"),
    [
        ("a", [1, 2, 3, 4, 5], ""),
        ("a all fine", [1, 2, 3, 4, 5], "all fine"),
        ("2-4", [2, 3, 4], ""),
        ("2-4 by phone", [2, 3, 4], "by phone"),
        ("1,3-4,5 by 2 people", [1, 3, 4, 5], "by 2 people"),
        ("5, 1", [1, 5], ""),
    ],
)
def test_several_are_ticked_at_once(
    type_ahead: Callable[..., list[str]], line: str, items: list[int], words: str
) -> None:
    type_ahead(line)
    said = ask_item({"item": "p1.1", "reason": "tick"}, BATCH[0], lambda: True, BATCH)
    assert said is not None
    assert (said.items, said.words) == (tuple(f"p1.{number}" for number in items), words)
    recorder = Recorder()
    perform(recorder, "r1", "p1.1", said, "ann")  # type: ignore[arg-type]
    assert recorder.calls == [("tick_many", "r1", said.items, words, "ann")]


@pytest.mark.parametrize("line", ["0-2", "4-6", "7", "3-2", "1-", "99999", ",", "1-2-3"])
def test_numbers_that_name_nothing_tick_nothing(
    type_ahead: Callable[..., list[str]], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    type_ahead(line, "l")
    said = ask_item({"item": "p1.1", "reason": "tick"}, BATCH[0], lambda: True, BATCH)
    assert said is not None and said.answer is LATER
    assert "One of a, y" in capsys.readouterr().out


def test_only_open_ticks_of_the_same_section_are_offered() -> None:
    other = {"id": "p2", "items": [make_tick(9)]}
    items = [*BATCH, make_tick(6, "done"), make_tick(7, need="judge", kind="check"), make_tick(8, need="sign")]
    release = {"phases": [{"id": "p1", "items": items}, other]}
    assert find_batch(release, {"item": "p1.1", "reason": "tick"}) == BATCH
    assert find_batch(release, {"item": "p1.1", "reason": "judge"}) == []
    assert find_batch(release, {"item": "p1.9", "reason": "tick"}) == []


def test_a_doubt_is_asked_with_its_sentence_and_its_host(
    type_ahead: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    type_ahead("l")
    doubtful = make_tick(
        1, command="rm -rf tray", need="command", kind="run", host="cellar", why_not="it deletes trays"
    )
    ask_item({"item": "p1.1", "reason": "doubt"}, doubtful, lambda: True)
    out = capsys.readouterr().out
    assert "Run it? rm -rf tray" in out and "on host cellar" in out and "it deletes trays" in out
