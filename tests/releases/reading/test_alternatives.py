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
    assert [runs for _, runs in runs_of(text)] == ["auto", "ask", "auto"]


def test_or_inside_a_list_item() -> None:
    text = "## Deploy\n- [ ] Build docs: `make docs`\nOr:\n```bash\ntox -e docs\n```\n"
    assert [runs for _, runs in runs_of(text)] == ["auto", "ask"]


def test_condition_of_a_box_reaches_its_fence() -> None:
    text = "## Deploy\n- [ ] Restart (if using Docker)\n  ```bash\n  docker restart shop\n  ```\n"
    assert runs_of(text) == [("docker restart shop", "ask")]


@pytest.mark.parametrize(
    "heading", ["Rollback", "Troubleshooting", "Common issues", "Reference", "Emergency procedures"]
)
def test_sections_that_never_run_by_themselves(heading: str) -> None:
    text = f"# Release\n## {heading}\n### Fast\n```bash\n./a.sh\n```\n1. Run `./b.sh now`\n- [ ] Try: `./c.sh`\n"
    assert {runs for _, runs in runs_of(text)} == {"never"}
