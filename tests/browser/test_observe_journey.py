"""The page of observe: live charts, a cursor by keys, the same as a table, a killed server, a phone, both themes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import LIVE, ControlRoom, run_room
from tests.browser.test_shell import PHONE, find_faults, find_overflow

NEWEST = "[data-course-table] tbody tr:first-child th"


@pytest.fixture
def own_room(tmp_path: Path) -> Iterator[ControlRoom]:
    """A control room that one test may kill."""
    with run_room(tmp_path / "home") as room:
        yield room


def open_charts(page: Page, path: str = "/observe?span=15m") -> Page:
    page.goto(path)
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.locator(".chart canvas")).to_have_count(6)
    return page


def test_charts_follow_the_machine(visit: Visit) -> None:
    page = open_charts(visit("viewer").page)
    expect(page.locator("#hosts-title")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("of 100")
    page.get_by_text("The same as a table").click()
    seen = page.locator(NEWEST).inner_text()
    expect(page.locator(NEWEST)).not_to_have_text(seen)
    expect(page.locator("[data-title=CPU] [data-readout]")).to_contain_text("all cores")


def test_a_cursor_moves_by_keys_through_all_charts(visit: Visit) -> None:
    page = open_charts(visit("viewer").page)
    expect(page.locator("[data-title=CPU] [data-readout]")).to_contain_text("%")
    page.locator("[data-title=CPU] .chart").focus()
    page.keyboard.press("Home")
    for title in ("CPU", "Memory", "Load"):
        expect(page.locator(f"[data-title={title}] [data-readout]")).to_contain_text(" at ")
    first = page.locator("[data-title=CPU] [data-readout]").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-title=CPU] [data-readout]")).not_to_have_text(first)
    page.keyboard.press("Escape")
    expect(page.locator("[data-title=CPU] [data-readout]")).not_to_contain_text(" at ")


def test_a_longer_span_is_one_click_away(visit: Visit) -> None:
    page = open_charts(visit("viewer").page)
    page.get_by_role("link", name="7 d").click()
    page.wait_for_url("**span=7d*")
    expect(page.get_by_role("link", name="7 d")).to_have_attribute("aria-current", "true")
    expect(page.locator(".chart canvas")).to_have_count(6)


def test_a_killed_server_shows_since_when(browser: Browser, own_room: ControlRoom, visit: Visit) -> None:
    visitor = visit("viewer", at=own_room)
    page = open_charts(visitor.page)
    assert visitor.complaints == []
    own_room.kill()
    expect(page.locator("#link-state")).to_contain_text("Stale since")
    page.get_by_text("The same as a table").click()
    seen = page.locator(NEWEST).inner_text()
    own_room.start()
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.locator(NEWEST)).not_to_have_text(seen)
    # The browser itself tells of sockets and questions that the killed server no longer takes.
    told = ("WebSocket", "net::ERR_")
    assert [text for text in visitor.complaints if not any(each in text for each in told)] == []
    visitor.complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(visit: Visit, scheme: str) -> None:
    assert find_faults(open_charts(visit("viewer", color_scheme=scheme, bypass_csp=True).page)) == []


@pytest.mark.parametrize("width", [1024, 1280])
def test_no_table_is_cut_off_on_a_desk(visit: Visit, width: int) -> None:
    page = open_charts(visit("viewer", viewport={"width": width, "height": 900}, bypass_csp=True).page)
    widths = "each => [each.querySelector('table').className, each.scrollWidth - each.clientWidth]"
    found = page.evaluate(f"[...document.querySelectorAll('.table-wrap:has(.hosts, .processes)')].map({widths})")
    assert [name for name, cut_off in found if cut_off] == []


def test_it_fits_a_phone(visit: Visit) -> None:
    page = open_charts(visit("viewer", viewport=PHONE, has_touch=True, is_mobile=True, bypass_csp=True).page)
    assert find_overflow(page) == []
    assert find_faults(page) == []
