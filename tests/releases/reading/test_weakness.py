from __future__ import annotations

import pytest

from gonogo.releases.rules import Absence, Exit, Human
from tests.releases.reading.plans import list_items, list_rules, read


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("curl http://kiln", "curl without -f"),
        ("psql kiln -f glazes.sql", "ON_ERROR_STOP"),
        ("psql kiln --file=glazes.sql", "ON_ERROR_STOP"),
        ("psql kiln < glazes.sql", "ON_ERROR_STOP"),
        ("make heat | tee heat.log", "last command"),
        ("make heat 2>&1 | head -5", "last command"),
        ("docker ps | wc -l", "last command"),
    ],
)
def test_weak_evidence_is_named(command: str, reason: str) -> None:
    plan = read(f"## Deploy\n```bash\n{command}\n```\n")
    item = list_items(plan)[0]
    assert isinstance(item.rule, Exit)
    assert item.rule.weak
    assert reason in item.why
    assert ("weak-evidence", 3) in list_rules(plan)


@pytest.mark.parametrize(
    "command",
    [
        "curl -f http://kiln",
        "psql kiln -c 'select 1'",
        "psql -v ON_ERROR_STOP=1 kiln -f glazes.sql",
        "make heat | grep -q hot",
        "set -o pipefail; make heat | tee heat.log",
        "make heat > heat.log",
    ],
)
def test_strong_evidence_is_not(command: str) -> None:
    rule = list_items(read(f"## Deploy\n```bash\n{command}\n```\n"))[0].rule
    assert isinstance(rule, Exit)
    assert not rule.weak


@pytest.mark.parametrize("box", ["No hard-coded secrets", "There are no errors in the log"])
def test_a_search_for_what_must_not_be_there_has_to_find_nothing(box: str) -> None:
    plan = read(f'## Verify\n- [ ] {box}\n  ```bash\n  grep -rn "secret" src/ | head -5\n  ```\n')
    run = next(item for item in list_items(plan) if item.command)
    assert run.rule == Absence(source=box)


def test_what_finds_when_perhaps_nothing_should_be_found_is_looked_at() -> None:
    box = "Nothing is left behind"
    plan = read(f'## Verify\n- [ ] {box}\n  ```bash\n  grep -rn "secret" src/ | head -5\n  ```\n')
    run = next(item for item in list_items(plan) if item.command)
    assert isinstance(run.rule, Exit)
    assert (run.rule.codes, run.rule.weak) == ((0, 1), True)
    check = next(item for item in list_items(plan) if item.judges == run.id)
    assert isinstance(check.rule, Human)


def test_a_written_expectation_is_enough() -> None:
    plan = read("## Verify\n- [ ] No secrets\n  ```bash\n  grep -rn secret src/\n  # Should return empty\n  ```\n")
    run = next(item for item in list_items(plan) if item.command)
    assert {type(i.rule).__name__ for i in list_items(plan) if i.judges == run.id} == {"Absence"}


@pytest.mark.parametrize(
    ("box", "command"), [("The key is set", "grep KEY app.env"), ("Errors are logged", "grep -c x f")]
)
def test_a_finder_without_contradiction_is_judged_by_its_exit(box: str, command: str) -> None:
    plan = read(f"## Verify\n- [ ] {box}\n  ```bash\n  {command}\n  ```\n")
    rule = next(item.rule for item in list_items(plan) if item.command)
    assert rule == Exit(source="exit 0")
