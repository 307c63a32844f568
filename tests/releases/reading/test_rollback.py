from __future__ import annotations

import pytest

from tests.releases.reading.plans import list_items, list_rules, read

RELEASE = """
# Release
## Phase 1: Database
1. Migrate the orders table
## Phase 2: Web
1. Deploy the cart service
## Rollback
Time to rollback: < 10 minutes
### {title}
```bash
./undo.sh
```
"""


@pytest.mark.parametrize(
    ("title", "binds"),
    [
        ("Database rollback", "p2"),
        ("Phase 2 rollback", "p3"),
        ("Cart issues", "p3"),
        ("Quick rollback", "run"),
        ("Something else", "run"),
    ],
)
def test_rollback_is_bound_by_name(title: str, binds: str) -> None:
    plan = read(RELEASE.format(title=title))
    item = list_items(plan)[-1]
    assert (item.kind, item.runs, item.binds) == ("rollback", "never", binds)
    assert plan.phases[-1].binds == binds


def test_levels_and_promises() -> None:
    text = """
        # Release
        ## Rollback
        ### Level 1: flag (< 30 seconds)
        ```bash
        ./flag.sh off
        ```
        ### Level 2: image
        **Time to rollback**: < 5 minutes
        ```bash
        ./image.sh previous
        ```
        """
    assert [(i.level, i.promise_s) for i in list_items(read(text)) if i.command] == [(1, 30.0), (2, 300.0)]


def test_promise_of_the_overview_holds_for_every_rollback() -> None:
    text = "# Release\n**Rollback time**: **< 2 minutes**\n## Rollback\n```bash\n./undo.sh\n```\n"
    assert list_items(read(text))[-1].promise_s == 120.0


def test_unfilled_rollback_never_runs() -> None:
    item = list_items(read("## Rollback\n```bash\ngit revert <commit>\n```\n"))[0]
    assert (item.kind, item.runs) == ("rollback", "never")


def test_steps_of_a_rollback_are_rollback() -> None:
    items = list_items(read("## Rollback\nRead this first.\n1. Stop the proxy\n- [ ] Restore the data\n- Phone Ann\n"))
    assert [i.kind for i in items] == ["rollback", "rollback", "rollback", "info"] or [i.kind for i in items][1:3] == [
        "rollback",
        "rollback",
    ]


def test_variables_of_a_rollback_stay_there() -> None:
    text = "# R\n## Rollback\n```bash\nTAG=<tag>\n./undo.sh $TAG\n```\n## Verify\n```bash\nTAG=1\necho $TAG\n```\n"
    assert [i.runs for i in list_items(read(text))][-2:] == ["auto", "auto"]


def test_release_without_rollback_is_found_out() -> None:
    assert ("missing-rollback", 1) in list_rules(read("## Deploy\n```bash\n./a.sh\n```\n"))
    assert "missing-rollback" not in dict(list_rules(read("## Deploy\n- [ ] words only\n")))


def test_what_a_rollback_is_made_from_is_not_what_it_undoes() -> None:
    plan = read(
        "# Ship\n## Step 1: Backup of the branch\n```sh\ngit branch safe\n```\n"
        "## Step 2: Deploy\n```sh\n./deploy\n```\n"
        "## Emergency rollback\n### Option 1: from the backup branch\n```sh\ngit checkout safe\n```\n"
    )
    assert [phase.binds for phase in plan.phases if phase.role == "rollback"] == ["run", "run"]
