"""Questions at the terminal, with the answers typed ahead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gonogo.cli import asking
from gonogo.cli.asking import LATER, MENUS, ask_approval, ask_item, ask_menu, perform
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
    return None if said is None else (said[0].move, said[1])


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
        ("failed", "b", ("rollback", "r1")),
        ("failed", "x enough", ("stop", "r1", "enough")),
        ("unknown", "t", ("resolve", "r1", "p1", "", "ann")),
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
    perform(recorder, "r1", "p1", *said, "ann")  # type: ignore[arg-type]
    assert recorder.calls == [call]
