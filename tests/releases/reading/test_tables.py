from __future__ import annotations

import pytest

from gonogo.releases.reading.document import split_cells
from gonogo.releases.rules import Count, Number
from tests.releases.reading.plans import list_items, read

STEPS = """
    ## Deploy
    | # | Step | Command | Expected | Owner |
    |---|------|---------|----------|-------|
    | 1 | Restart | `systemctl restart api` | exit code 0 | Ops |
    | 2 | Count | `psql -c "select a || b"` | 42 rows | DBA |
    | 3 | Phone the shop | | | @dana |
    | 4 | Watch | `tail -f app.log` | | Ops |
    """


def test_row_with_a_command_runs_and_is_judged() -> None:
    items = list_items(read(STEPS))
    assert [(i.kind, i.line, i.text, i.role, i.runs) for i in items] == [
        ("info", 3, "# | Step | Command | Expected | Owner", None, None),
        ("run", 5, "Restart", "Ops", "auto"),
        ("check", 5, "exit code 0", "Ops", None),
        ("run", 6, "Count", "DBA", "auto"),
        ("check", 6, "42 rows", "DBA", None),
        ("human", 7, "Phone the shop", "dana", None),
        ("run", 8, "Watch", "Ops", "ask"),
    ]
    assert items[3].command == 'psql -c "select a || b"'
    assert isinstance(items[4].rule, Count)
    assert items[4].judges == items[3].id


def test_metrics_with_two_sides() -> None:
    items = list_items(
        read("## Targets\n| Metric | Success | Rollback threshold |\n|-|-|-|\n| Errors | < 1% | > 5% |\n")
    )
    rules = [i.rule for i in items if i.kind == "gate"]
    assert [(rule.value, rule.polarity) for rule in rules if isinstance(rule, Number)] == [(1.0, "good"), (5.0, "bad")]


@pytest.mark.parametrize(
    ("heading", "row", "kind"),
    [
        ("Contacts", "| Ann | 555-0100 |", "info"),
        ("Risks", "| Data loss | low |", "info"),
        ("Deploy", "| Restart the proxy | |", "human"),
        ("Deploy", "| Proxy | [ ] |", "human"),
        ("Rollback", "| Restore the proxy | |", "rollback"),
        ("Deploy", "| 22:00 | Window |", "info"),
    ],
)
def test_row_of_words(heading: str, row: str, kind: str) -> None:
    items = list_items(read(f"## {heading}\n| A | B |\n|---|---|\n{row}\n"))
    assert (items[-1].kind, items[-1].line) == (kind, 4)


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("| a | b |", ("a", "b")),
        ("a | b", ("a", "b")),
        ("| `x | y` | b |", ("`x | y`", "b")),
        (r"| a \| b | c |", ("a | b", "c")),
        ("| a | | c |", ("a", "", "c")),
        ("| one ` tick | b |", ("one ` tick", "b")),
    ],
)
def test_cells(line: str, cells: tuple[str, ...]) -> None:
    assert split_cells(line) == cells
