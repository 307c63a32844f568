from __future__ import annotations

import pytest

from tests.releases.reading.plans import list_items, read


@pytest.mark.parametrize(
    "label",
    [
        "**Rollback if it fails:**",
        "**Rollback:**",
        "### Rollback",
        "### Undo",
        "Rollback:",
        "Rollback if it fails:",
        "**If this step fails, roll back:**",
    ],
)
def test_rollback_below_a_step_undoes_that_step(label: str) -> None:
    text = "# Ferry\n## Step 1: Ropes\n```bash\n./one.sh\n```\n{0}\n\n```bash\n./undo-one.sh\n```\n## Step 2: Ramp\n"
    text += "```bash\n./two.sh\n```\n{0}\n\n```bash\n./undo-two.sh\n```\n## Complete rollback\n```bash\n./all.sh\n```\n"
    plan = read(text.format(label))
    steps = [phase.id for phase in plan.phases if phase.title.startswith("Step")]
    back = [item for item in list_items(plan) if item.kind == "rollback"]
    assert [(item.binds, item.runs, item.doubt) for item in back] == [
        (steps[0], "never", None),
        (steps[1], "never", None),
        ("run", "never", None),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "Backing out",
        "Undo",
        "Abort procedure",
        "Restoring the old version",
        "Plan B",
        "If it goes wrong",
        "What to do when it fails",
        "Going back to version 2",
        "Kill switch",
        "Fallback plan",
        "In case of failure",
    ],
)
def test_rollback_by_other_names(heading: str) -> None:
    text = f"# Ferry\n## Deploy\n```bash\n./a.sh\n```\n## {heading}\n```bash\n./b.sh\n```\n"
    item = list_items(read(text))[-1]
    assert (item.kind, item.runs) == ("rollback", "never")


@pytest.mark.parametrize(
    "heading",
    [
        "Common error checks",
        "Solving problems",
        "Key commands",
        "Useful commands",
        "Handy one-liners",
        "Known errors",
        "Resolving merge conflicts",
        "FAQ",
        "Cheat sheet",
        "Gotchas",
        "Troubleshooting the ramp",
    ],
)
def test_reference_by_other_names(heading: str) -> None:
    text = f"# Ferry\n## Deploy\n```bash\n./a.sh\n```\n## {heading}\n```bash\n./b.sh\n```\n"
    item = list_items(read(text))[-1]
    assert (item.kind, item.runs) == ("info", "never")


def test_options_of_a_rollback_are_a_choice() -> None:
    text = "## Rollback\n**Option 1: deck**\n\n```bash\n./a.sh\n```\n**Option 2: all**\n\n```bash\n./b.sh\n```\n"
    assert [(i.kind, i.doubt) for i in list_items(read(text))] == [("rollback", "alternative")] * 2


def test_rollback_column_of_a_table_never_runs_on_the_way() -> None:
    text = (
        "# Ferry\n## Deploy\n| Step | Command | Rollback |\n|---|---|---|\n| Ropes | `make ropes` | `make unropes` |\n"
    )
    items = [item for item in list_items(read(text)) if item.command]
    assert [(item.kind, item.runs) for item in items] == [("run", "auto"), ("rollback", "never")]


def test_rollback_in_words_is_offered_with_its_promised_time() -> None:
    text = "# Ferry\n## Rollback (< 5 minutes)\n1. Turn the yellow key\n2. Call the tug\n"
    items = list_items(read(text))
    assert [(i.kind, i.command, i.promise_s) for i in items] == [("rollback", None, 300.0)] * 2


def test_readiness_to_roll_back_is_asked_on_the_way() -> None:
    text = "# Ferry\n## Rollback readiness\n- [ ] Tug is at hand\n- [ ] Rollback was rehearsed\n## Deploy\n- [ ] x\n"
    plan = read(text)
    assert [item.kind for item in plan.phases[1].items] == ["human", "human"]
    assert plan.phases[1].role == "prepare"


def test_boxes_of_a_plan_that_hold_commands_are_the_rollback_and_those_in_words_are_asked() -> None:
    plan = read(
        "# Ferry\n## Before the release\n- [ ] Crew is told\n### Rollback plan\n- [ ] **Copies of the log**:\n"
        "  ```bash\n  tar -czf log.tgz log/\n  ```\n- [ ] **Rehearsed**:\n  1. Stop the engine\n  2. Turn about\n"
        "- [ ] **The way back**:\n  ```bash\n  git checkout v1\n  make moor\n  ```\n## Deploy\n"
        "```bash\nmake sail\n```\n"
    )
    found = {item.command: (item.kind, item.runs, item.doubt, item.binds) for item in list_items(plan) if item.command}
    assert found["tar -czf log.tgz log/"] == ("run", "ask", "heading", None)
    assert found["make moor"] == ("rollback", "never", None, "run")
    boxes = {item.text.strip(":"): item.kind for item in list_items(plan) if item.command is None}
    assert (boxes["Rehearsed"], boxes["The way back"]) == ("human", "human")
