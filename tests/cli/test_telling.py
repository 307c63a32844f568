"""A journal in words, and a run's end."""

from __future__ import annotations

from typing import Any

import pytest

from gonogo.cli.ending import describe_move, exit_code, list_open, list_reasons
from gonogo.cli.printing import OutputReader
from gonogo.cli.telling import Teller


def make_item(key: str, kind: str, text: str, **values: Any) -> dict[str, Any]:
    """An item as the server tells of it."""
    needs = {"run": "command", "human": "tick", "gate": "gate", "check": "check", "rollback": "command"}
    item = {"id": key, "kind": kind, "need": needs[kind], "line": 7, "text": text, "command": None, "role": None}
    state = {"status": "open", "by": None, "note": "", "why": "", "duration_s": None}
    return {**item, "criteria": [], "state": state, "for_later": False, **values}


RELEASE: dict[str, Any] = {
    "id": "r1",
    "status": "running",
    "verdict": None,
    "why": "",
    "alone": "",
    "asked": None,
    "phases": [
        {
            "id": "p1",
            "title": "Prepare",
            "role": "prepare",
            "items": [
                make_item("p1.1", "human", "Sweep the floor"),
                make_item("p1.2", "run", "heat", command="heat oven\nheat plate"),
                make_item("p1.3", "check", "Should be hot"),
            ],
        },
        {"id": "p2", "title": "Undo", "role": "rollback", "items": [make_item("p2.1", "human", "Cool down")]},
    ],
}


def tell(*entries: tuple[str, str | None, dict[str, Any]]) -> list[str]:
    """What is told of these entries (name, item, data), line by line."""
    teller = Teller(RELEASE)
    facts = [{"name": name, "item": item, "data": data, "actor_name": "ann"} for name, item, data in entries]
    return [line.plain for fact in facts for line in teller.tell(fact)]


def test_a_command_is_told_with_its_heading_once_and_its_time() -> None:
    told = tell(
        ("item_started", "p1.2", {"attempt": 1}),
        ("item_finished", "p1.2", {"outcome": "passed", "why": "Exit code 0.", "duration_s": 0.02}),
        ("item_finished", "p1.3", {"outcome": "passed", "why": "it is hot"}),
    )
    assert told == ["Prepare", "  $ heat oven", "    heat plate", "  ✔ 20 ms", "  ✔ Should be hot — it is hot"]


def test_a_second_attempt_says_so() -> None:
    assert "  $ heat oven  (attempt 2)" in tell(("item_started", "p1.2", {"attempt": 2}))


def test_a_failure_says_why() -> None:
    told = tell(("item_finished", "p1.2", {"outcome": "failed", "why": "Exit code 3, expected 0.", "duration_s": 2}))
    assert told[-1].startswith("  ✘ heat oven")
    assert told[-1].endswith("2 s — Exit code 3, expected 0.")


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("item_ticked", {"name": "bob", "note": "twice"}, "  ✔ Sweep the floor — bob: twice"),
        ("item_skipped", {"reason": "no floor"}, "  – Sweep the floor — skipped by ann: no floor"),
        ("item_decided", {"decision": "no_go", "name": "bob"}, "  ✘ Sweep the floor — NO-GO by bob"),
        ("item_retried", {}, "  ↻ Sweep the floor — again, by ann"),
        ("item_lost", {"why": "no end was seen"}, "  ? Sweep the floor — no end was seen"),
    ],
)
def test_what_people_did_is_told_with_their_names(name: str, data: dict[str, Any], line: str) -> None:
    assert tell((name, "p1.1", data))[-1] == line


def test_a_rollback_is_told_with_its_promise() -> None:
    told = tell(
        ("failed", "p1.3", {"why": "cold"}),
        ("rollback_started", None, {"level": 1, "items": ["p2.1"], "promise_s": 120.0}),
        ("rollback_finished", None, {"outcome": "passed", "why": "Back in 3 s."}),
    )
    assert told[-3:] == ["NO-GO  cold", "Rolling back level 1: 1 command, promised within 2 min", "✔ Back in 3 s."]


def test_entries_without_words_for_people_say_nothing() -> None:
    assert tell(("started", None, {}), ("resumed", None, {}), ("from_the_future", "p1.1", {})) == []


@pytest.mark.parametrize(
    ("status", "verdict", "code"),
    [("finished", "go", 0), ("finished", "no_go", 1), ("held", None, 3), ("waiting", None, 3), ("running", None, 3)],
)
def test_exit_codes(status: str, verdict: str | None, code: int) -> None:
    assert exit_code({"status": status, "verdict": verdict}) == code


def test_a_held_run_lists_the_items_that_wait_for_people() -> None:
    held = {**RELEASE, "status": "held", "why": "1 item is left."}
    assert [item["id"] for item in list_open(held)] == ["p1.1"]
    assert list_reasons(held, 3) == ["1 item is left.", "  p1.1     tick    line 7: Sweep the floor"]


def test_a_run_that_asks_lists_only_what_it_asks_about() -> None:
    asked = {**RELEASE, "status": "waiting", "asked": {"item": "p1.2", "reason": "failed"}}
    assert [item["id"] for item in list_open(asked)] == ["p1.2"]


def test_a_no_go_names_what_failed() -> None:
    failed = make_item("p1.2", "run", "heat", command="heat oven\nheat plate")
    failed["state"] = {**failed["state"], "status": "failed"}
    phases = [{"id": "p1", "title": "Prepare", "role": "prepare", "items": [failed, make_item("p1.3", "human", "x")]}]
    over = {**RELEASE, "status": "finished", "verdict": "no_go", "why": "Exit code 1, expected 0.", "phases": phases}
    assert list_reasons(over, 1) == ["Exit code 1, expected 0.", "  p1.2     line 7: heat oven"]


@pytest.mark.parametrize(
    ("status", "reason", "move"),
    [
        ("unknown", None, "resolve r1 p1.2 (take its result)    or: retry r1 p1.2 (run it again)"),
        ("unknown", "unknown", "resolve r1 p1.2 (take its result)    or: retry r1 p1.2 (run it again)"),
        ("no_data", "no_data", "retry r1 p1.2    or: decide r1 p1.2 go|no_go"),
        ("open", None, 'tick r1 p1.1 --note "…"'),
    ],
)
def test_a_held_run_says_what_settles_it(status: str, reason: str | None, move: str) -> None:
    item = make_item("p1.2", "run", "heat", command="heat")
    item["state"] = {**item["state"], "status": status}
    items = [make_item("p1.1", "human", "Sweep"), item]
    asked = None if reason is None else {"item": "p1.2", "reason": reason}
    phases = [{"id": "p1", "title": "Prepare", "role": "prepare", "items": items}]
    assert describe_move({**RELEASE, "status": "held", "asked": asked, "phases": phases}) == move


class Outputs:
    """Stands for a server whose command prints piece by piece."""

    def __init__(self, *pieces: str) -> None:
        self.releases = self
        self.pieces = list(pieces)
        self.offset = 0

    def output(self, _run: str, _item: str, stream: str, offset: int, _attempt: int) -> dict[str, Any]:
        text = self.pieces.pop(0) if stream == "stdout" and self.pieces else ""
        following = offset + len(text)
        return {"text": text, "next_offset": following, "size": following}


def test_output_comes_in_whole_lines() -> None:
    reader = OutputReader(Outputs("one\ntw", "o\nthr", "ee"), "r1", "p1.2", 1)  # type: ignore[arg-type]
    told = [[line.plain for line in reader.read_new()] for _ in range(2)]
    assert told == [["    │ one"], ["    │ two"]]
    assert [line.plain for line in reader.read_rest()] == ["    │ three"]


def test_control_characters_do_not_reach_the_terminal() -> None:
    reader = OutputReader(Outputs("\x1b[31mred\x1b[0m\x07\n 10%\r 90%\r100%\n\x1b]0;title\x07x\n"), "r1", "p1.2", 1)  # type: ignore[arg-type]
    assert [line.plain for line in reader.read_new()] == ["    │ red", "    │ 100%", "    │ x"]
