from __future__ import annotations

import pytest

from gonogo.releases.reading.vocabulary import find_level, find_promise, find_role, is_decision, is_trigger
from tests.releases.reading.plans import read


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Pre-Deployment Checklist", "prepare"),
        ("1. Environment Configuration", "prepare"),
        ("Prerequisites", "prepare"),
        ("T-2:00 Preflight", "prepare"),
        ("T-30", "prepare"),
        ("Deployment Steps", "deploy"),
        ("T-0", "deploy"),
        ("Rollout", "deploy"),
        ("Smoke tests", "verify"),
        ("Post-deployment validation", "verify"),
        ("Success Criteria", "verify"),
        ("Monitoring (First 24 Hours)", "monitor"),
        ("T+4h hold", "monitor"),
        ("Rollback triggers", "monitor"),
        ("Rollback Plan", "rollback"),
        ("Emergency rollback procedures", "rollback"),
        ("Back-out plan", "rollback"),
        ("Pre-deployment rollback plan", "rollback"),
        ("Sign-Off", "signoff"),
        ("Stakeholder Approval", "signoff"),
        ("Post-Deployment Review", "followup"),
        ("Week 1 after deployment", "followup"),
        ("AFTER THE RELEASE", "verify"),
        ("5. After launch", "verify"),
        ("Troubleshooting", "info"),
        ("Common Issues", "info"),
        ("Emergency Contacts", "info"),
        ("Risk Assessment", "info"),
        ("Deployment Overview", "info"),
        ("Blueberries", None),
    ],
)
def test_role_of_a_heading(title: str, role: str | None) -> None:
    assert find_role(title) == role


def test_children_of_rollback_and_reference_stay_so() -> None:
    plan = read("# Release\n## Rollback\n### Verification\nx\n## Troubleshooting\n### Deploy hangs\nx\n")
    assert [phase.role for phase in plan.phases[1:]] == ["rollback", "rollback", "info", "info"]


def test_document_title_is_no_leg_of_the_journey() -> None:
    plan = read("# Deployment and rollback guide\n## Build\n```bash\nmake\n```\n")
    assert plan.phases[1].items[0].runs == "auto"


def test_document_about_rollback_only_is_rollback() -> None:
    plan = read("# Rolling back the shop\n## Database\n```bash\n./undo.sh\n```\n")
    assert plan.phases[1].items[0].kind == "rollback"


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Ship it\n=======\n\nBuild\n-----\n\n- [ ] a\n", ["Ship it", "Build"]),
        ("**Build**\n\n- [ ] a\n\n**Deploy:**\n\n- [ ] b\n", ["Build", "Deploy"]),
        ("Step 1: Build\n\n- [ ] a\n\nStep 2 - Deploy\n\n- [ ] b\n", ["Step 1: Build", "Step 2 - Deploy"]),
        ("## 🚀 Deploy :rocket:\n- [ ] a\n", ["Deploy"]),
        ("## `api` and **web**\n- [ ] a\n", ["api and web"]),
        ("T-1:00 Freeze\n\n- [ ] a\n\nT+0:30 Watch\n\n- [ ] b\n", ["T-1:00 Freeze", "T+0:30 Watch"]),
        ("- [ ] a\n", ["Overview"]),
    ],
)
def test_what_counts_as_a_heading(text: str, titles: list[str]) -> None:
    assert [phase.title for phase in read(text).phases] == titles


def test_metadata_above_a_rule_is_no_heading() -> None:
    plan = read("# Release\n\n**Date**: today\n**Owner**: us\n---\n\n## Build\n- [ ] a\n")
    assert [phase.title for phase in plan.phases] == ["Release", "Build"]
    assert [(item.line, item.text) for item in plan.phases[0].items] == [(3, "Date: today"), (4, "Owner: us")]


def test_ids_lines_and_paths() -> None:
    plan = read("# R\n\n## A\n- [ ] a\n- [ ] b\n\n### B\n- [ ] c\n")
    assert [(phase.id, phase.line, phase.end_line, phase.path) for phase in plan.phases] == [
        ("p1", 1, 2, ()),
        ("p2", 3, 6, ("R",)),
        ("p3", 7, 8, ("R", "A")),
    ]
    assert [item.id for phase in plan.phases for item in phase.items] == ["p2.1", "p2.2", "p3.1"]


def test_title_of_the_file_without_headings_is_its_name() -> None:
    assert read("- [ ] a\n").source.title == "checklist.md"


@pytest.mark.parametrize(
    ("title", "level"), [("Level 2 rollback", 2), ("Tier 3", 3), ("Option 1: fast", None), ("Quick", None)]
)
def test_level(title: str, level: int | None) -> None:
    assert find_level(title) == level


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Quick Rollback (< 2 Minutes)", 120),
        ("Time to rollback: < 15 minutes", 900),
        ("Rollback Time: **under 90 seconds**", 90),
        ("Full restore (1 hour)", 3600),
        ("Rollback", None),
    ],
)
def test_promise(text: str, seconds: float | None) -> None:
    assert find_promise(text) == seconds


@pytest.mark.parametrize(
    "title", ["Rollback triggers", "Immediate Alerts (< 5 minutes)", "Abort if", "NO-GO conditions"]
)
def test_trigger(title: str) -> None:
    assert is_trigger(title)


@pytest.mark.parametrize("title", ["Success criteria", "Performance Targets", "Deploy", "Nothing to see"])
def test_no_trigger(title: str) -> None:
    assert not is_trigger(title)


@pytest.mark.parametrize("title", ["GO/NO-GO", "Go / No-Go decision", "Go or no go meeting"])
def test_decision(title: str) -> None:
    assert is_decision(title)
