from __future__ import annotations

import pytest

from tests.releases.reading.plans import list_items, list_rules, read


def test_html_list_is_ticked() -> None:
    text = '# Ferry\n## Before\n<ul>\n  <li>Ramp is up</li>\n  <li><input type="checkbox"> Tank is full</li>\n</ul>\n'
    items = list_items(read(text))
    assert [(i.kind, i.text, i.line) for i in items] == [("human", "Ramp is up", 4), ("human", "Tank is full", 5)]


def test_html_table_has_its_expectations() -> None:
    text = (
        "# Ferry\n## Verify\n<table>\n  <tr><th>Check</th><th>Expected</th></tr>\n"
        "  <tr><td>Ramp</td><td>comes down</td></tr>\n</table>\n"
    )
    items = list_items(read(text))
    assert [(i.kind, i.text) for i in items] == [("info", "Check | Expected"), ("human", "Ramp — expected: comes down")]


def test_html_paragraph_with_a_wait() -> None:
    items = list_items(read("# Ferry\n## Verify\n<p><b>Wait 5 minutes.</b></p>\n"))
    assert [(i.kind, i.duration_s) for i in items] == [("wait", 300.0)]


@pytest.mark.parametrize(
    ("summary", "kind", "runs"),
    [("Troubleshooting", "info", "never"), ("Example", "run", "ask"), ("Log", "run", "auto")],
)
@pytest.mark.parametrize("gap", ["\n", ""])
def test_folded_part_is_what_its_summary_says(summary: str, kind: str, runs: str, gap: str) -> None:
    text = (
        f"# Ferry\n## Deploy\n<details>\n<summary>{summary}</summary>\n{gap}```bash\n./a.sh\n```\n{gap}</details>\n\n"
        "```bash\n./b.sh\n```\n"
    )
    items = [item for item in list_items(read(text)) if item.command]
    assert [(i.kind, i.runs) for i in items] == [(kind, runs), ("run", "auto")]


@pytest.mark.parametrize("cell", ["<button>Done</button>", "[Done](#x)", "[ ] Done", "☐"])
def test_header_of_a_table_is_no_item(cell: str) -> None:
    text = f"# Ferry\n## Deploy\n| Step | {cell} |\n|---|---|\n| Close the ramp | [ ] |\n"
    assert [item.kind for item in list_items(read(text))] == ["info", "human"]


def test_table_right_below_a_list_and_words_right_below_a_table() -> None:
    text = "# Ferry\n## Verify\n- [ ] Ramp\n| Check | Expected |\n|---|---|\n| Bell | rings |\nNotify the passengers.\n"
    assert [item.kind for item in list_items(read(text))] == ["human", "info", "human", "human"]


def test_backslash_before_a_pipe_is_the_commands_own_where_bare_pipes_are_too() -> None:
    text = '## Verify\n| Check | Command |\n|---|---|\n| Keys | `git log -p | grep -i "secret\\|key" | head` |\n'
    assert list_items(read(text))[-1].command == 'git log -p | grep -i "secret\\|key" | head'


def test_backslash_before_a_pipe_is_the_tables_where_all_have_one() -> None:
    text = "## Verify\n| Check | Command |\n|---|---|\n| Keys | `ls \\| wc -l` |\n"
    assert list_items(read(text))[-1].command == "ls | wc -l"


@pytest.mark.parametrize(
    "text",
    [
        "# Fähre 3\n## Deployment\nZuerst die Seile prüfen und dann weiter.\n```bash\n./a.sh\n```\n- Fehlerrate > 5%\n",
        "# Ferry\n## Deploy\nAntes de salir hay que revisar las cuerdas.\n```bash\n./a.sh\n```\n- Errores > 5%\n",
        "# 渡轮\n## 发布\n先检查绳索\n```bash\n./a.sh\n```\n- 错误率 > 5%\n",
        "# Паром\n## Deploy\nСначала проверьте канаты\n```bash\n./a.sh\n```\n- Ошибки > 5%\n",
    ],
)
def test_document_in_another_language_runs_nothing_and_lint_says_why(text: str) -> None:
    plan = read(text)
    items = list_items(plan)
    assert {(i.runs, i.doubt) for i in items if i.command} == {("ask", "language")}
    assert [i.kind for i in items][-1] == "human"
    assert "language" in [rule for rule, _ in list_rules(plan)]


def test_canary_table_waits_and_judges_after_each_step() -> None:
    text = (
        "# Ferry\n## Deploy\n| Share | Command | Hold | Continue if | Abort if |\n|---|---|---|---|---|\n"
        "| 1% | `make one` | 10 min | error rate < 0.1% | error rate > 1% |\n"
    )
    items = list_items(read(text))[1:]
    assert [(i.kind, getattr(i.rule, "polarity", None)) for i in items] == [
        ("run", None),
        ("wait", None),
        ("gate", "good"),
        ("gate", "bad"),
    ]
    assert items[1].duration_s == 600.0


def test_optional_criteria_differ() -> None:
    text = "# Ferry\n## Mandatory checks\n- [ ] a\n## Optional checks\n- [ ] b\n- [ ] c\n"
    assert [item.options.get("optional") for item in list_items(read(text))] == [None, "yes", "yes"]


@pytest.mark.parametrize("heading", ["Day 2-3", "Days 4-7", "Week 2", "Month 1", "Day 1 after the release"])
def test_days_after_the_release_are_follow_ups(heading: str) -> None:
    plan = read(f"# Ferry\n## Monitor\n- [ ] a\n### {heading}\n- [ ] b\n")
    assert plan.phases[-1].role == "followup"


def test_rollback_plan_among_the_preparations_is_ticked_before_the_release() -> None:
    text = (
        "# Ferry\n## Pre-departure checklist\n### Rollback plan\n- [ ] **Way back tested**:\n  1. Turn the ferry\n"
        "- [ ] Backup taken\n  ```bash\n  ./backup.sh\n  ```\n"
    ).replace("Pre-departure", "Pre-release")
    plan = read(text)
    assert plan.phases[-1].role == "prepare"
    assert [(i.kind, i.runs) for i in list_items(plan)] == [
        ("human", None),
        ("rollback", None),
        ("run", "ask"),
        ("human", None),
    ]
