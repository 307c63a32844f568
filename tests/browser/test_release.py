"""A release from the plan to GO, and back by NO-GO, with the people it takes."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.room import LIVE, ControlRoom, open_plan, settle, start_run


def test_from_plan_to_go(visit: Visit, checklist: Path) -> None:
    operator, approver = visit("operator").page, visit("approver").page
    run = start_run(operator, checklist)
    expect(operator.locator(LIVE)).to_be_visible()
    settle(operator, "harbour office", "Done", note="Called at noon")
    expect(operator.locator("#now-title")).to_contain_text("GO/NO-GO")
    expect(operator.locator(".now")).to_contain_text("Waits for an approver")

    approver.goto(f"/releases/{run}")
    settle(approver, "GO/NO-GO", "GO")
    settle(approver, "in force", "Sign")
    expect(approver.locator(".ending")).to_contain_text("GO")
    expect(operator.locator(".ending")).to_contain_text("Every item is settled")

    approver.get_by_role("link", name="Journal").first.click()
    expect(approver.locator(".card-head")).to_contain_text("RECORD IS WHOLE")
    expect(approver.locator("tbody")).to_contain_text("item signed")


def test_no_go_with_rollback(visit: Visit, checklist: Path) -> None:
    approver = visit("approver").page
    start_run(approver, checklist)
    settle(approver, "harbour office", "Done")
    expect(approver.locator("#now-title")).to_contain_text("GO/NO-GO")
    assert (checklist.parent / "timetable.txt").read_text() == "timetable 7\n"

    approver.get_by_role("button", name="Roll back in under 1 min").click()
    dialog = approver.get_by_role("dialog")
    expect(dialog).to_contain_text("timetable 6")
    dialog.get_by_role("button", name="Roll back now").click()

    expect(approver.locator(".ending")).to_contain_text("NO-GO")
    expect(approver.locator(".ending")).to_contain_text("promised 1 min")
    expect(approver.get_by_role("button", name="Roll back")).to_be_disabled()
    assert (checklist.parent / "timetable.txt").read_text() == "timetable 6\n"


def test_a_failed_expectation_is_tried_again(visit: Visit, checklist: Path) -> None:
    checklist.write_text(checklist.read_text().replace("cat timetable.txt", "cat correct.txt || cat timetable.txt"))
    checklist.write_text(checklist.read_text().replace('Should contain "timetable 7"', 'Should contain "corrected"'))
    operator = visit("operator").page
    start_run(operator, checklist)
    settle(operator, "harbour office", "Done")
    expect(operator.locator(".verdict")).to_contain_text("corrected")
    expect(operator.locator(".output").first).to_contain_text("timetable 7")
    (checklist.parent / "correct.txt").write_text("corrected\n")
    operator.get_by_role("button", name="Try again").click()
    expect(operator.locator("#now-title")).to_contain_text("GO/NO-GO")


def test_the_plan_shows_every_line_and_what_it_means(visit: Visit, checklist: Path) -> None:
    page = visit("operator").page
    open_plan(page, checklist)
    lines = page.locator(".source-line code").all_inner_texts()
    assert [line.rstrip() for line in lines] == checklist.read_text().splitlines()
    row = page.locator(".aligned-row", has_text="# Should contain")
    expect(row).to_contain_text("check")
    expect(page.locator(".aligned-row", has_text="timetable 6").locator(".meanings")).to_contain_text("rolling back")


def test_a_file_that_changed_is_approved_again(visit: Visit, checklist: Path) -> None:
    visitor = visit("operator")
    page = visitor.page
    open_plan(page, checklist)
    checklist.write_text(checklist.read_text() + "\n- [ ] One more thing\n")
    with page.expect_response(lambda answer: answer.url.endswith("/start")) as started:
        page.get_by_role("button", name="Start", exact=True).click()
    assert started.value.status == 409
    expect(page.get_by_role("alert")).to_contain_text("changed")
    expect(page.locator(".aligned")).to_contain_text("One more thing")
    # A 409 answer is also a line in the console; here it is the point.
    visitor.complaints.clear()


def test_a_viewer_sees_everything_and_can_press_nothing(visit: Visit, room: ControlRoom, checklist: Path) -> None:
    operator = visit("operator").page
    run = start_run(operator, checklist)
    viewer = visit("viewer").page
    viewer.goto(f"/releases/{run}")
    expect(viewer.locator("#now-title")).to_contain_text("harbour office")
    expect(viewer.locator("main form")).to_have_count(0)
    expect(viewer.locator("main button")).to_have_count(0)
    refused = viewer.request.post(
        f"{room.url}/releases/{run}/control", form={"move": "stop"}, headers={"Origin": room.url}
    )
    assert refused.status == 403
    operator.get_by_role("button", name="NO-GO, stop").click()
    expect(viewer.locator(".ending")).to_contain_text("NO-GO")


def test_pages_work_without_script(visit: Visit, checklist: Path) -> None:
    page = visit("approver", java_script_enabled=False).page
    start_run(page, checklist)
    settle(page, "harbour office", "Done")
    page.wait_for_url("**/releases/*")
    page.reload()
    expect(page.locator("#run-head")).to_contain_text("done")


def test_a_gate_draws_its_samples(visit: Visit, checklist: Path) -> None:
    text = checklist.read_text()
    gate = "- [ ] Memory < 1 KB <!-- gonogo: gate process.rss < 1KB -->\n\n"
    checklist.write_text(text.replace("## 2. Decide\n\n", f"## 2. Decide\n\n{gate}"))
    page = visit("approver").page
    start_run(page, checklist)
    settle(page, "harbour office", "Done")
    expect(page.locator("#now-title")).to_contain_text("Memory")
    expect(page.locator(".verdict")).to_contain_text("process.rss is")
    expect(page.locator(".chart canvas")).to_be_visible()
    page.locator(".chart").press("ArrowLeft")
    expect(page.locator("[data-readout]")).to_contain_text("KB")
