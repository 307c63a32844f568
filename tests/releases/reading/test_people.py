from __future__ import annotations

import pytest

from tests.releases.reading.plans import list_items, read


@pytest.mark.parametrize(
    "box",
    [
        "No security holes",
        "Data migration complete",
        "Security review done",
        "Legal checked",
        "Product photos final",
        "Management summary sent",
        "Tags are signed",
        "GPG signature verified",
        "Engineering: done",
        "Support crew briefed",
        "Operations team informed",
    ],
)
def test_box_that_mentions_a_department_is_ticked_not_signed(box: str) -> None:
    assert list_items(read(f"## Sign-off & review\n- [ ] {box}\n"))[0].kind == "human"


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("**Release Prepared By:** _________", None),
        ("**Checked by**: ______", None),
        ("Harbour Lead: ____ Date: ____", "Harbour Lead"),
        ("Clerk of the docks: ________ Date: ______", "Clerk of the docks"),
        ("- [ ] Night engineer: ________", "Night engineer"),
        ("- [ ] **Deck Lead**: all ropes ready", "Deck Lead"),
        ("- [ ] Security", "Security"),
        ("Approved by: @mira", "mira"),
    ],
)
def test_room_for_a_name_is_a_signature(line: str, role: str | None) -> None:
    item = list_items(read(f"## Sign-off\n{line}\n"))[0]
    assert (item.kind, item.role) == ("sign", role)


@pytest.mark.parametrize("line", ["**Deployment Date:** ______", "Version: ____ Build: ____", "Notes: ______"])
def test_room_for_something_else_is_not(line: str) -> None:
    assert list_items(read(f"## Sign-off\n{line}\n"))[0].kind == "info"


def test_lines_with_room_to_write_are_signatures_of_their_own() -> None:
    text = "## Sign-off\n**Prepared By:** ____\n**Approved By:** ____\nDeck Lead: ____ Date: ____\n"
    assert [item.kind for item in list_items(read(text))] == ["sign"] * 3


@pytest.mark.parametrize(
    ("columns", "row", "role"),
    [
        ("Role | Name | Date", "Harbour master | | ", "Harbour master"),
        ("Name | Role | Signature | Date", " | Harbour master | | ", "Harbour master"),
        ("Approver | Date | Initials", "Harbour master | ____ | ____", "Harbour master"),
    ],
)
def test_table_of_roles_is_signed_under_any_heading(columns: str, row: str, role: str) -> None:
    width = columns.count("|") + 1
    text = f"# Ferry\n## Last page\n| {columns} |\n|{'---|' * width}\n| {row} |\n"
    item = list_items(read(text))[-1]
    assert (item.kind, item.role) == ("sign", role)


def test_table_of_contacts_is_not_signed() -> None:
    text = "# Ferry\n## Who is on duty\n| Role | Name | Phone |\n|---|---|---|\n| Master | Jo | 5550 |\n"
    assert list_items(read(text))[-1].kind != "sign"


def test_signatures_below_a_last_rule_do_not_belong_to_the_rollback() -> None:
    text = "# Ferry\n## Rollback\n```bash\n./undo.sh\n```\n\n---\n\n**Approved By:** ______\n**Witnessed By:** _____\n"
    plan = read(text)
    assert [(phase.role, [i.kind for i in phase.items]) for phase in plan.phases if phase.items] == [
        ("rollback", ["rollback"]),
        ("signoff", ["sign", "sign"]),
    ]


def test_signatures_at_the_very_end_do_not_either() -> None:
    plan = read("# Ferry\n## Rollback\n```bash\n./undo.sh\n```\n\nApproved by: ________\n")
    assert [phase.role for phase in plan.phases] == ["deploy", "rollback", "signoff"]


def test_risk_with_room_for_its_owner_is_signed() -> None:
    text = "# Ferry\n## Risks\n| Risk | Impact | Owner | Accepted |\n|---|---|---|---|\n| Fog | high | Master | |\n"
    plan = read(text)
    item = list_items(plan)[-1]
    assert (item.kind, item.role) == ("sign", "Master")
    assert plan.phases[-1].role != "info"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("- [ ] **Hall warden**: ________", "sign"),
        ("- Head baker: ____ (opens the door)", "sign"),
        ("- Build number: ____", "info"),
    ],
)
def test_room_to_sign_behind_a_title_that_no_list_knows(line: str, kind: str) -> None:
    plan = read(f"# Bake\n\n## Sign-off\n{line}\n")
    assert [item.kind for phase in plan.phases for item in phase.items] == [kind]
