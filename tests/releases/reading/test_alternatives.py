from __future__ import annotations

import pytest

from tests.releases.reading.plans import list_items, read


def runs_of(text: str) -> list[tuple[str | None, str | None]]:
    return [(item.command, item.runs) for item in list_items(read(text)) if item.command]


@pytest.mark.parametrize(
    "turn", ["# OR", "# or", "# Or with Helm", "# Alternatively:", "# Alternative: Helm", "# Option 2: Helm"]
)
def test_other_way_in_a_fence_is_a_choice(turn: str) -> None:
    assert runs_of(f"## Deploy\n```bash\nmake ship\n\n{turn}\nhelm upgrade shop .\n\n# Check\nhelm status shop\n```\n")[
        :2
    ] == [
        ("make ship", "auto"),
        ("helm upgrade shop .", "ask"),
    ]


def test_next_label_ends_the_other_way() -> None:
    text = (
        "## Deploy\n```bash\nmake ship\n\n# Or by hand\n./ship.sh\n\n# Check it\n./check.sh\n# or\n./check2.sh\n```\n"
    )
    assert [runs for _, runs in runs_of(text)] == ["auto", "ask", "auto", "ask"]


def test_rival_labels_leave_the_choice_to_a_person() -> None:
    text = """
        ## Deploy
        ```bash
        # Development
        make dev-stack

        # Production (systemd)
        systemctl restart shop

        # Production (Docker)
        docker compose up -d shop

        # Check the result
        curl -f http://localhost/health
        ```
        """
    assert [runs for _, runs in runs_of(text)] == ["ask", "ask", "ask", "auto"]


def test_places_in_a_row_are_no_rivals() -> None:
    text = "## Deploy\n```bash\n# Staging\n./ship.sh staging\n\n# Production\n./ship.sh production\n```\n"
    assert [runs for _, runs in runs_of(text)] == ["auto", "auto"]


@pytest.mark.parametrize("comment", ["# If using Docker", "# Rebuild if needed", "# (optional) warm the cache"])
def test_condition_in_a_comment_is_a_choice(comment: str) -> None:
    assert runs_of(f"## Deploy\n```bash\n{comment}\n./x.sh\n\n# Then\n./y.sh\n```\n") == [
        ("./x.sh", "ask"),
        ("./y.sh", "auto"),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("### Option 1: scripts", "### Option 2: by hand"),
        ("### Method A", "### Method B"),
        ("### Scripts", "### Alternative: Docker"),
        ("**Option 1**", "**Option 2**"),
    ],
)
def test_options_as_headings_are_a_choice_the_first_included(first: str, second: str) -> None:
    text = f"## Deploy\n{first}\n\n```bash\n./a.sh\n```\n\n{second}\n\n```bash\n./b.sh\n```\n"
    commands = [item for item in list_items(read(text)) if item.command]
    assert [(item.runs, item.doubt) for item in commands] == [("ask", "alternative")] * 2


def test_heading_with_a_condition_waits_for_a_person() -> None:
    text = "## Deploy\n### Image\n```bash\n./a.sh\n```\n### 3.3 Docker (if using Docker)\n```bash\n./b.sh\n```\n"
    commands = [item for item in list_items(read(text)) if item.command]
    assert [(item.runs, item.doubt) for item in commands] == [("auto", None), ("ask", "condition")]


def test_platform_headings_compete() -> None:
    text = "## Deploy\n### Docker\n```bash\ndocker pull a\n```\n### Kubernetes\n```bash\nkubectl apply -f a\n```\n"
    assert [runs for _, runs in runs_of(text)] == ["ask", "ask"]


def test_or_between_fences() -> None:
    text = (
        "## Deploy\n```bash\n./a.sh\n```\n\nOr, with Docker:\n\n```bash\n./b.sh\n```\n\nThen:\n\n```bash\n./c.sh\n```\n"
    )
    assert [runs for _, runs in runs_of(text)] == ["ask", "ask", "auto"]


def test_or_inside_a_list_item() -> None:
    text = "## Deploy\n- [ ] Build docs: `make docs`\nOr:\n```bash\ntox -e docs\n```\n"
    assert [runs for _, runs in runs_of(text)] == ["ask", "ask"]


def test_condition_of_a_box_reaches_its_fence() -> None:
    text = "## Deploy\n- [ ] Restart (if using Docker)\n  ```bash\n  docker restart shop\n  ```\n"
    assert runs_of(text) == [("docker restart shop", "ask")]


@pytest.mark.parametrize(
    "heading", ["Rollback", "Troubleshooting", "Common issues", "Reference", "Emergency procedures"]
)
def test_sections_that_never_run_by_themselves(heading: str) -> None:
    text = f"# Release\n## {heading}\n### Fast\n```bash\n./a.sh\n```\n1. Run `./b.sh now`\n- [ ] Try: `./c.sh`\n"
    assert {runs for _, runs in runs_of(text)} == {"never"}


@pytest.mark.parametrize(
    ("lead", "runs", "doubt"),
    [
        ("**Method A: Tugs** (for calm weather)", "ask", "alternative"),
        ("Option 1 - tugs:", "ask", "alternative"),
        ("Scenario B: storm", "ask", "alternative"),
        ("Alternatively:", "ask", "alternative"),
        ("You can also pull the ferry by hand:", "ask", "alternative"),
        ("Use this instead:", "ask", "alternative"),
        ("Manually:", "ask", "alternative"),
        ("On a Mac:", "ask", "condition"),
        ("Note: on Windows, run this:", "ask", "condition"),
        ("Mac users:", "ask", "condition"),
        ("If there are stowaways:", "ask", "condition"),
        ("If the tide is not in yet,\nadd it for the test:", "ask", "condition"),
        ("Warm the boiler if the night was cold:", "ask", "condition"),
        ("Only on the flagship:", "ask", "condition"),
        ("In case of fog:", "ask", "condition"),
        ("To tie it up again:", "ask", "condition"),
        ("To undo it:", "ask", "condition"),
        ("For a dry run:", "ask", "condition"),
        ("For a pre-release:", "ask", "condition"),
        ("Optional:", "ask", "condition"),
        ("First-time setup only:", "ask", "condition"),
        ("Example:", "ask", "example"),
        ("For example:", "ask", "example"),
        ("e.g.", "ask", "example"),
        ("Later, when 4.0 is stable:", "ask", "later"),
        ("After a week:", "ask", "later"),
        ("Do not run this in production:", "never", "condition"),
        ("**WARNING: never do this:**", "never", "condition"),
        ("> Don't use this on the live harbour:", "never", "condition"),
        ("❌ Wrong:", "never", "condition"),
        ("Bad:", "never", "condition"),
        ("Instead of:", "never", "condition"),
        ("Example output:", "never", "example"),
        ("Zum Anlegen:", "ask", "language"),
        ("Para atracar el barco:", "ask", "language"),
        ("Deploy the ferry:", "auto", None),
        ("To deploy, run:", "auto", None),
        ("To see the berths:", "auto", None),
        ("For each berth:", "auto", None),
        ("For the backend:", "auto", None),
        ("For production:", "auto", None),
        ("When the build is done, push it:", "auto", None),
        ("Check if the berth is free:", "auto", None),
        ("Create the berth if it does not exist:", "auto", None),
        ("Do not forget to blow the horn:", "auto", None),
        ("Once the anchor is up, switch:", "auto", None),
    ],
)
def test_words_above_a_fence_say_whether_it_runs(lead: str, runs: str, doubt: str | None) -> None:
    item = next(i for i in list_items(read(f"# Ship\n## Deploy\n{lead}\n\n```bash\n./x.sh\n```\n")) if i.command)
    assert (item.runs, item.doubt) == (runs, doubt)


def test_words_above_hold_for_every_fence_up_to_the_next_words() -> None:
    text = "## Deploy\nOn a Mac:\n```bash\n./a.sh\n```\n```bash\n./b.sh\n```\nThen:\n```bash\n./c.sh\n```\n"
    assert [runs for _, runs in runs_of(text)] == ["ask", "ask", "auto"]


def test_rival_words_above_fences_are_a_choice() -> None:
    text = "## Deploy\nWith Docker:\n```bash\n./a.sh\n```\nWith Kubernetes:\n```bash\n./b.sh\n```\n"
    assert [(i.runs, i.doubt) for i in list_items(read(text)) if i.command] == [("ask", "alternative")] * 2


def test_choice_of_what_follows_holds_to_the_end_of_the_section() -> None:
    text = (
        "## Deploy\nPick one of the following:\n- Tugs:\n  ```bash\n  ./a.sh\n  ```\n- Sails:\n  ```bash\n  ./b.sh\n"
        "  ```\n## Verify\n```bash\n./c.sh\n```\n"
    )
    assert [runs for _, runs in runs_of(text)] == ["ask", "ask", "auto"]


def test_when_to_use_makes_a_section_one_of_several_ways() -> None:
    text = "# Ship\n## 1. Full deployment\n**When to use:** mostly\n```bash\n./a.sh\n```\n"
    assert [(i.runs, i.doubt) for i in list_items(read(text)) if i.command] == [("ask", "alternative")]
