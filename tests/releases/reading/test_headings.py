from __future__ import annotations

import pytest

from gonogo.releases.plan import Item
from tests.releases.reading.plans import list_items, read


def read_under(heading: str) -> Item:
    return next(i for i in list_items(read(f"# Ferry 3\n{heading}\n```bash\n./x.sh\n```\n## Sign-off\n")) if i.command)


@pytest.mark.parametrize(
    "heading",
    [
        "## Deploy the ferry",
        "## Release day",
        "## Step 2: Pumps",
        "## Phase 1 - Harbour",
        "## T-30 Freeze",
        "## T+1h",
        "## 3. Build the image",
        "## Switch traffic",
        "## Update DNS",
        "## Drain node 4",
        "## Verify the timetable",
        "## Smoke tests",
        "## Enable maintenance mode",
        "## Check if the pumps hold",
        "## Automated tests",
        "## Pre-flight (STOP IF ANY FAILS)",
        "## Run the migration scripts",
        "## Post-release monitoring",
    ],
)
def test_heading_that_names_a_step_vouches_for_its_commands(heading: str) -> None:
    assert (read_under(heading).runs, read_under(heading).doubt) == ("auto", None)


@pytest.mark.parametrize(
    "heading",
    [
        "## Maintenance",
        "## Cleanup",
        "## Automation",
        "## Bilge",
        "## Deployment commands",
        "## Scaling up the workers",
        "## Hotfix process",
        "## Dry run",
        "## Local development",
        "## Removing a harbour",
        "## Deploy the ferry (future)",
        "## Deploy if the tide allows",
        "## Example deployment",
        "## Deployment issues",
    ],
)
def test_heading_that_promises_nothing_leaves_its_commands_to_a_person(heading: str) -> None:
    item = read_under(heading)
    assert (item.runs, item.kind) == ("ask", "run")
    assert item.why


def test_doubt_names_the_heading() -> None:
    item = read_under("## Bilge")
    assert (item.doubt, item.why) == ("heading", 'nothing says that "Bilge" is part of the release')


@pytest.mark.parametrize(
    "heading",
    [
        "## Zurücksetzen",
        "## Deployment prüfen",
        "## Plan de reversión",
        "## Mise en production de la base",
        "## Implantação",
        "## 发布",
        "## リリース手順",
        "## Развертывание",
        "## Nasazení",
        "## النشر",
        "## Deploy und Test",
    ],
)
def test_heading_in_another_language_runs_nothing(heading: str) -> None:
    assert (read_under(heading).runs, read_under(heading).doubt) == ("ask", "language")


@pytest.mark.parametrize(
    ("above", "below", "runs"),
    [
        ("## Deploy", "### Backend", "auto"),
        ("## Deploy", "### Turbine", "auto"),
        ("## Deploy", "### Maintenance", "ask"),
        ("## Bilge", "### Turbine", "ask"),
        ("## Bilge", "### Backend", "ask"),
        ("## Maintenance", "### Update the image", "ask"),
        ("## Harbour 7", "### Update the image", "auto"),
        ("## Entladen für später", "### Backend", "ask"),
    ],
)
def test_heading_above_vouches_or_casts_doubt(above: str, below: str, runs: str) -> None:
    text = f"# Ferry 3\n{above}\n{below}\n```bash\n./x.sh\n```\n"
    assert list_items(read(text))[0].runs == runs


@pytest.mark.parametrize(
    ("title", "heading", "runs"),
    [
        ("# Deployment checklist", "## Database", "auto"),
        ("# Deployment checklist", "## Bilge", "ask"),
        ("# Ferry 3", "## Database", "ask"),
    ],
)
def test_title_vouches_for_components_only(title: str, heading: str, runs: str) -> None:
    assert list_items(read(f"{title}\n{heading}\n```bash\n./x.sh\n```\n"))[0].runs == runs


def test_without_any_heading_the_document_is_the_way() -> None:
    assert list_items(read("```bash\n./x.sh\n```\n"))[0].runs == "auto"


def test_annotation_needs_no_heading_to_vouch_for_it() -> None:
    item = list_items(read("# Ferry 3\n## Bilge\n<!-- gonogo: backup keep=3 path=a.db -->\n"))[0]
    assert (item.action, item.runs) == ("backup", "auto")
