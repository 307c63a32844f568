"""The frame: keyboard, phone, weight, sign-in, and what axe says of every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CHECKLIST, Visit
from tests.browser.room import LIVE, ControlRoom, Visitor

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FRONT_KILOBYTES = 150


@pytest.fixture(scope="module")
def pages(room: ControlRoom, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every page by a name: a run that waits, a run that is over, and what leads there."""
    path = tmp_path_factory.mktemp("pages") / "deploy.md"
    path.write_text(CHECKLIST)
    kept = room.call("POST", "/api/checklists", {"path": str(path)})
    over = room.call("POST", "/api/releases", {"checklist": kept["id"], "env": "pages-over"})["id"]
    room.call("POST", f"/api/releases/{over}/stop", {"reason": "for the record"})
    waiting = room.call("POST", "/api/releases", {"checklist": kept["id"], "env": "pages-waiting"})["id"]
    item = room.call("GET", f"/api/releases/{waiting}")["phases"][1]["items"][0]["id"]
    return {
        "front": "/",
        "releases": "/releases",
        "new": "/releases/new",
        "plan": f"/releases/checklists/{kept['id']}",
        "run": f"/releases/{waiting}",
        "over": f"/releases/{over}",
        "source": f"/releases/{waiting}/source",
        "journal": f"/releases/{waiting}/journal",
        "item": f"/releases/{waiting}/items/{item}",
        "audit": "/audit",
    }


NAMES = ("front", "releases", "new", "plan", "run", "over", "source", "journal", "item", "audit")


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, visit: Visit) -> Iterator[Visitor]:
    yield visit("approver", color_scheme=request.param, bypass_csp=True)


def find_faults(page: Page) -> list[str]:
    """Axe's serious and critical findings, each with the elements it means."""
    page.add_script_tag(path=str(AXE))
    answer: dict[str, Any] = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    bad = [fault for fault in answer["violations"] if fault["impact"] in ("serious", "critical")]
    return [f"{fault['id']}: {[node['target'] for node in fault['nodes']]}" for fault in bad]


OVERFLOW = """width => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) <= width ? [] :
  [...document.querySelectorAll("body *")]
    .filter(element => element.getBoundingClientRect().right > width + 1)
    .map(element => `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 80)}`)"""


def find_overflow(page: Page) -> list[str]:
    """What sticks out of the screen and makes the page scroll sideways, outermost first.

    ``innerWidth`` would not do to compare with: a phone's browser widens it to what the page takes.
    """
    assert page.viewport_size is not None
    found: list[str] = page.evaluate(OVERFLOW, page.viewport_size["width"])
    return found


def test_axe_finds_nothing_serious(themed: Visitor, pages: dict[str, str]) -> None:
    faults = {}
    for name in NAMES:
        themed.page.goto(pages[name])
        themed.page.wait_for_load_state("networkidle")
        faults[name] = find_faults(themed.page)
    assert {name: found for name, found in faults.items() if found} == {}


def test_axe_on_doors_and_dialogs(visit: Visit, room: ControlRoom) -> None:
    visitor = visit("viewer", bypass_csp=True)
    page = visitor.page
    page.goto("/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()
    assert find_faults(page) == []
    page.context.clear_cookies()
    page.goto("/sign-in")
    assert find_faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone(visit: Visit, pages: dict[str, str], scheme: str) -> None:
    page = visit("approver", viewport=PHONE, color_scheme=scheme, has_touch=True, is_mobile=True).page
    for name in NAMES:
        page.goto(pages[name])
        assert find_overflow(page) == [], name
    expect(page.get_by_role("navigation", name="Main, small screens")).to_be_visible()


def test_rollback_is_in_reach_on_a_phone(visit: Visit, pages: dict[str, str]) -> None:
    page = visit("operator", viewport=PHONE).page
    page.goto(pages["run"])
    expect(page.get_by_role("button", name="Roll back").first).to_be_in_viewport()


def test_palette_finds_by_letters_and_goes(visit: Visit) -> None:
    page = visit("viewer").page
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    box.fill("audt")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Audit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit")


def test_letters_walk_rows_and_rooms(visit: Visit, pages: dict[str, str]) -> None:
    page = visit("viewer").page
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/releases")
    rows = page.locator("[data-row]")
    expect(rows.nth(1)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class(re.compile("is-current"))
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class(re.compile("is-current"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/releases/[0-9a-f-]{36}"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_letters_in_a_field_stay_letters(visit: Visit) -> None:
    page = visit("viewer").page
    page.goto("/audit")
    page.get_by_label("Event").fill("")
    page.get_by_label("Event").press_sequentially("gr?j")
    expect(page.get_by_label("Event")).to_have_value("gr?j")
    assert page.url.endswith("/audit")


def test_a_chosen_theme_is_remembered(visit: Visit) -> None:
    page = visit("viewer", color_scheme="light").page
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/audit")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_front_page_is_light(visit: Visit, room: ControlRoom) -> None:
    visitor = visit("viewer")
    page = visitor.context.new_page()
    devtools = visitor.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    received: list[int] = []
    devtools.on("Network.loadingFinished", lambda told: received.append(int(told["encodedDataLength"])))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert sum(received) < FRONT_KILOBYTES * 1000, f"{sum(received)} bytes"


def test_signing_out_closes_the_door(visit: Visit) -> None:
    page = visit("viewer").page
    expect(page.locator(LIVE)).to_be_visible()
    page.locator("summary", has=page.locator(".avatar")).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_wrong_password_is_told_in_words(visit: Visit) -> None:
    visitor = visit("viewer")
    visitor.context.clear_cookies()
    page = visitor.page
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("vera@example.test")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("is wrong")
    expect(page.get_by_label("E-mail")).to_have_value("vera@example.test")
    # A 401 answer is also a line in the console; here it is the point.
    visitor.complaints.clear()
