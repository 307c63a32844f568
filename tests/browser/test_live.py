"""Live pages: every tab sees a change, and a lost link is shown, mended and caught up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import Visit
from tests.browser.room import LIVE, ControlRoom, run_room, settle, start_run

TABS = 10


def test_ten_tabs_see_one_change(visit: Visit, checklist: Path) -> None:
    visitor = visit("operator")
    run = start_run(visitor.page, checklist)
    tabs = [visitor.open_tab(f"/releases/{run}") for _ in range(TABS)]
    settle(visitor.page, "harbour office", "Done")
    for tab in tabs:
        expect(tab.locator("#now-title")).to_contain_text("GO/NO-GO")


def test_typing_is_not_disturbed_by_a_change(visit: Visit, room: ControlRoom, checklist: Path) -> None:
    page = visit("operator").page
    run = start_run(page, checklist)
    expect(page.locator(LIVE)).to_be_visible()
    note = page.locator(".now").get_by_label("Note")
    note.fill("half a sent")
    with page.expect_response(lambda answer: answer.url.endswith("/live")):
        room.call("POST", f"/api/releases/{run}/items/{first_item(room, run)}/tick", {})
    expect(note).to_have_value("half a sent")
    expect(note).to_be_focused()
    note.fill("")
    page.locator("h1").click()
    expect(page.locator("#now-title")).to_contain_text("GO/NO-GO")


def first_item(room: ControlRoom, run: str) -> str:
    item: str = room.call("GET", f"/api/releases/{run}")["asked"]["item"]
    return item


def test_what_happens_between_page_and_link_is_not_missed(visit: Visit, room: ControlRoom, checklist: Path) -> None:
    visitor = visit("operator")
    run = start_run(visitor.page, checklist)
    item = first_item(room, run)
    tab = visitor.context.new_page()

    def tick_first(route: Route) -> None:
        room.call("POST", f"/api/releases/{run}/items/{item}/tick", {})
        route.continue_()

    # The change comes after the page was made and before its script has asked for events.
    tab.route("**/js/live.js*", tick_first)
    tab.goto(f"/releases/{run}")
    expect(tab.locator("#now-title")).to_contain_text("GO/NO-GO")


@pytest.fixture
def own_room(tmp_path: Path) -> Iterator[ControlRoom]:
    """A control room that one test may stop."""
    with run_room(tmp_path / "home") as room:
        yield room


def test_restart_shows_stale_then_catches_up(
    browser: Browser, own_room: ControlRoom, visit: Visit, checklist: Path
) -> None:
    visitor = visit("operator", at=own_room)
    page = visitor.page
    run = start_run(page, checklist)
    expect(page.locator(LIVE)).to_be_visible()
    own_room.stop()
    expect(page.locator("#link-state")).to_contain_text("Stale since")
    own_room.start()
    own_room.call("POST", f"/api/releases/{run}/items/{first_item(own_room, run)}/tick", {})
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.locator("#now-title")).to_contain_text("GO/NO-GO")
    # The refused attempts to reconnect are what this test is about.
    visitor.complaints.clear()
