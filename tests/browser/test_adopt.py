"""Answering a checklist's doubts on its page: by keys, all of a kind at once, with undo, and then a run without one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import open_plan, start_run

CHECKLIST = """# Open the lock gate

## Deploy

```bash
echo "level" > gate.txt
cat gate.txt
gate pull sluice:<tag>
gate pull weir:<tag>
psql locks
```
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "lock.md"
    path.write_text(CHECKLIST)
    return path


def read_answers(lock: Path) -> dict[str, str]:
    side = lock.with_name("lock.md.gonogo.toml")
    items: list[dict[str, Any]] = tomllib.loads(side.read_text()).get("item", []) if side.exists() else []
    return {item["text"]: item["answer"] for item in items}


def open_review(page: Page, lock: Path) -> None:
    open_plan(page, lock)
    page.get_by_role("link", name="Adopt", exact=True).click()
    expect(page.get_by_role("heading", name="Adopt", exact=True)).to_be_visible()
    page.wait_for_load_state()


def test_doubts_are_answered_once_and_the_run_asks_nothing(visit: Visit, lock: Path) -> None:
    page = visit("operator").page
    open_review(page, lock)
    expect(page.locator(".review")).to_have_count(3)
    expect(page.locator(".review").first).to_contain_text("gate pull sluice:<tag>")
    expect(page.locator(".review").first).to_contain_text("cat gate.txt")

    page.get_by_role("button", name=re.compile("^By hand$")).first.click()
    expect(page.locator(".adopted-now")).to_contain_text("2 lines answered")
    expect(page.locator(".review")).to_have_count(1)
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.locator(".review")).to_have_count(3)
    assert read_answers(lock) == {}

    for name, left in (("sluice", 2), ("weir", 1)):
        row = page.locator(".review", has_text=f"gate pull {name}").first
        row.get_by_role("textbox").fill("the gates are open already")
        row.get_by_role("button", name=re.compile("^Leave out")).click()
        expect(page.locator(".review")).to_have_count(left)
    page.get_by_role("button", name=re.compile("^Leave out")).click()
    expect(page.locator(".review")).to_have_count(1)
    page.get_by_role("textbox").fill("nobody asks the database")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.get_by_role("button", name=re.compile("^Leave out")).click()
    expect(page.get_by_text("Nothing asks first")).to_be_visible()
    assert set(read_answers(lock).values()) == {"out"}

    start_run(page, lock)
    expect(page.locator(".ending")).to_contain_text("GO")
    assert (lock.parent / "gate.txt").read_text() == "level\n"


def test_one_key_takes_the_proposal(visit: Visit, lock: Path) -> None:
    page = visit("operator").page
    open_review(page, lock)
    for left in (2, 1, 0):
        page.keyboard.press("y")
        expect(page.locator(".review")).to_have_count(left)
        page.wait_for_load_state()
    assert set(read_answers(lock).values()) == {"hand"}
    page.get_by_role("button", name=re.compile("^Take back.*psql")).click()
    expect(page.locator(".review")).to_have_count(1)
    expect(page.locator(".review")).to_contain_text("psql locks")


def test_answers_change_what_was_approved(visit: Visit, lock: Path) -> None:
    approver, operator = visit("approver").page, visit("operator").page
    start_run(approver, lock)
    open_review(operator, lock)
    operator.keyboard.press("y")
    expect(operator.locator(".review")).to_have_count(2)
    open_plan(operator, lock)
    expect(operator.get_by_role("button", name="Start", exact=True)).to_be_disabled()
    expect(operator.locator("#blocked")).to_contain_text("An approver has to approve it again")


def test_the_review_works_without_script_and_viewers_only_look(visit: Visit, lock: Path) -> None:
    page = visit("operator", java_script_enabled=False).page
    open_review(page, lock)
    page.locator(".review").first.get_by_role("button", name=re.compile("^By hand")).click()
    expect(page.locator(".review")).to_have_count(2)
    viewer = visit("viewer").page
    viewer.goto(page.url.partition("?")[0])
    expect(viewer.locator(".review")).to_have_count(2)
    expect(viewer.locator("main form")).to_have_count(0)


TICKS = "- [ ] Lines out\n- [ ] Fenders down\n- [ ] Engine off\n- [ ] Crew fed\n"
BOXES = f"# Moor\n\n## Before\n\n{TICKS}\n## Deploy\n\n```bash\necho moored\n```\n"


def test_several_items_are_ticked_together(visit: Visit, lock: Path) -> None:
    lock.write_text(BOXES)
    page = visit("operator").page
    start_run(page, lock)
    expect(page.locator(".batch-box")).to_have_count(4)
    page.locator(".batch-box").nth(0).check()
    page.locator(".batch-box").nth(1).click(modifiers=["Shift"])
    page.locator("#batch-note").fill("seen from the pier")
    page.get_by_role("button", name="Tick the selected").click()
    expect(page.locator(".batch-box")).to_have_count(2)
    expect(page.locator(".item", has_text="Fenders down")).to_contain_text("seen from the pier")
    page.get_by_role("button", name="Tick all 2 of this section").click()
    expect(page.locator(".ending")).to_contain_text("GO")
