from __future__ import annotations

import pytest

from gonogo.releases.rules import Human
from tests.releases.reading.plans import list_items, read


@pytest.mark.parametrize(
    ("lang", "line", "comment"),
    [
        ("sql", "SELECT count(*) FROM glazes;", "-- Expected: 0"),
        ("postgresql", "SELECT 1;", "-- should return 1"),
        ("powershell", 'Start-Service "Kiln"', "# Expected: Running"),
        ("cmd", "net start kiln", "REM Expected: started"),
        ("bat", "ship.bat", ":: Should print done"),
        ("python", "print(settings.DEBUG)", "# Should be False"),
        ("javascript", "db.glazes.count()", "// Expected: 12"),
        ("ruby", "Glaze.count", "# => 12"),
        ("fish", "./ship", "# Expected: done"),
        ("redis", "DBSIZE", "# Expected: 0"),
    ],
)
def test_what_is_run_by_hand_is_a_step_and_its_expectation_a_persons_check(lang: str, line: str, comment: str) -> None:
    for text in (f"{line}\n{comment}", f"{line} {comment}"):
        step, check = list_items(read(f"## Deploy\n```{lang}\n{text}\n```\n"))
        assert (step.kind, step.runs, step.doubt, step.command) == ("human", None, "not-shell", None)
        assert line in step.text
        assert (check.kind, check.parent) == ("check", step.id)
        assert isinstance(check.rule, Human)


@pytest.mark.parametrize("lang", ["yaml", "json", "nginx", "dockerfile", "hcl", "ini", "toml", "rust", "env"])
def test_a_file_on_the_way_is_put_in_place_by_a_person(lang: str) -> None:
    items = list_items(read(f"## Deploy\n```{lang}\nkiln = 1\n```\n"))
    assert [(i.kind, i.doubt, i.line, i.end_line) for i in items] == [("human", "not-shell", 2, 4)]


@pytest.mark.parametrize("lang", ["mermaid", "diff", "text", "log"])
def test_a_picture_is_only_shown(lang: str) -> None:
    assert [i.kind for i in list_items(read(f"## Deploy\n```{lang}\nkiln = 1\n```\n"))] == ["info"]


def test_what_is_only_seen_is_only_shown() -> None:
    items = list_items(read('## Deploy\nThe answer looks like this:\n```json\n{"a": 1}\n```\n'))
    assert [i.kind for i in items] == ["info", "info"]


def test_off_the_way_it_is_not_asked() -> None:
    assert [i.kind for i in list_items(read("## Troubleshooting\n```sql\nSELECT 1;\n```\n"))] == ["info"]
    assert [(i.kind, i.runs) for i in list_items(read("## Rollback\n```sql\nSELECT 1;\n```\n"))] == [("rollback", None)]


def test_words_in_a_fence_are_a_step_when_they_give_orders() -> None:
    items = list_items(read("## Deploy\n```\n1. Open the panel\n2. Click Publish\n```\n"))
    assert [(i.kind, i.doubt) for i in items] == [("human", "text")]


def test_comments_that_ask_a_person_are_steps_in_their_order() -> None:
    text = """
        ## Deploy
        ```bash
        # 1. Stop the fan
        make fan-off
        # 2. Update the label of every kiln by hand
        # - kiln one
        # - kiln two
        # 3. Start the fan
        make fan-on
        ```
        ```bash
        # Edit .env and set HEAT=900
        make heat
        ```
        ```bash
        # In the dashboard: Settings > Heat
        # 1. Go to Kilns
        # 2. Click "Start"
        ```
        ```bash
        # Change the cone in kiln.yaml
        sed -i s/5/6/ kiln.yaml
        ```
        """
    assert [(i.kind, i.text) for i in list_items(read(text))] == [
        ("run", "1. Stop the fan"),
        ("human", "2. Update the label of every kiln by hand: kiln one; kiln two"),
        ("run", "3. Start the fan"),
        ("human", "Edit .env and set HEAT=900"),
        ("run", "make heat"),
        ("human", "In the dashboard: Settings > Heat"),
        ("human", "1. Go to Kilns"),
        ("human", '2. Click "Start"'),
        ("run", "Change the cone in kiln.yaml"),
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "# Replace the probe before going on",
        "# Log in to the dashboard",
        "# Ask the potter for a code",
        "# Open the valve panel in the browser",
        "# Make the changes to the glaze",
        "# Set HEAT in config.toml",
    ],
)
def test_a_comment_that_gives_work_is_asked_before_its_command(comment: str) -> None:
    items = list_items(read(f"## Deploy\n```bash\nmake cold\n{comment}\nmake hot\n```\n"))
    assert [(i.kind, i.doubt) for i in items] == [("run", None), ("human", "comment"), ("run", None)]


def test_the_title_of_what_follows_is_no_step() -> None:
    text = "## Verify\n```bash\n# Run the checks\n\n# Heat it up\nmake heat\n\n# Verify results\n# - P95 < 5s\n```\n"
    assert [i.kind for i in list_items(read(text))] == ["run", "info", "check"]


def test_a_list_below_a_comment_belongs_to_it() -> None:
    items = list_items(read("## Watch\n```bash\nmake watch\n\n# Look out for:\n# - smoke\n# - noise\n```\n"))
    assert [(i.kind, i.text, i.line, i.end_line) for i in items][1:] == [("human", "Look out for: smoke; noise", 5, 7)]
