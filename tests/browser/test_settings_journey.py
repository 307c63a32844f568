"""The settings page: ten tabs and a killed server, edits from outside, other people, no script, phones and keys."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gonogo.client.gonogo import Gonogo
from tests.browser.conftest import Visit
from tests.browser.room import LIVE, ControlRoom, run_room
from tests.browser.test_shell import PHONE, find_faults, find_overflow
from tests.programs import ensure_program

TABS = 10
CATALOG = """
[settings."tide.level"]
type = "float"
default = 2
min = 0
max = 10
step = 0.5
label = "Water level"
description = "Above the mark on the pier."
unit = "m"

[settings."tide.name"]
type = "enum"
default = "spring"
choices = ["spring", "neap"]
label = "Tide"

[settings."pier.open"]
type = "bool"
default = true
label = "Pier is open"

[settings."pier.light"]
type = "color"
default = "#ffcc00"
label = "Light of the pier"

[settings."pier.greeting"]
type = "string"
default = "Welcome"
label = "Greeting"

[settings."pier.rules"]
type = "json"
default = { dogs = true }
label = "Rules"

[settings."pier.pass"]
type = "string"
default = ""
secret = true
min_role = "admin"
label = "Pass of the harbour master"

[presets.storm]
description = "All hands inside."
values = { "tide.level" = 9, "pier.open" = false }
"""

# What the browser itself says of requests that were under way when the server was killed.
GONE = ("WebSocket", "ERR_CONNECTION")


@pytest.fixture(scope="module")
def harbour(room: ControlRoom) -> ControlRoom:
    declare(room)
    return room


@pytest.fixture
def own_harbour(tmp_path: Path) -> Iterator[ControlRoom]:
    """A control room that one test may kill."""
    with run_room(tmp_path / "home") as room:
        declare(room)
        yield room


@pytest.fixture
def calm(harbour: ControlRoom) -> ControlRoom:
    """The harbour with everything at its default."""
    with Gonogo(home=harbour.home) as gonogo:
        gonogo.settings.batch({}, unset=["tide.level", "tide.name", "pier.open", "pier.light", "pier.greeting"])
        gonogo.settings.unset("pier.rules")
    return harbour


def declare(room: ControlRoom) -> None:
    with Gonogo(home=room.home) as gonogo:
        gonogo.settings.declare(CATALOG, source="harbour")


def open_page(page: Page, path: str = "/settings") -> Page:
    page.goto(path)
    expect(page.locator(LIVE)).to_be_visible()
    return page


def slide(page: Page, to: str) -> None:
    """Move the slider as a hand does: the number follows at once, the change is made on letting go."""
    page.get_by_label("Water level, slider").fill(to)


def edit_outside(room: ControlRoom, value: str) -> None:
    sql = f"UPDATE settings SET value = '{value}' WHERE key = 'tide.level'"
    subprocess.run([ensure_program("sqlite3"), room.home / "gonogo.db", ".timeout 5000", sql], check=True)


def test_ten_tabs_follow_a_slider_through_a_killed_server(
    browser: Browser, own_harbour: ControlRoom, visit: Visit
) -> None:
    visitor = visit("operator", at=own_harbour)
    open_page(visitor.page)
    tabs = [visitor.open_tab("/settings") for _ in range(TABS - 1)]
    slide(visitor.page, "6.5")
    for tab in tabs:
        expect(tab.get_by_label("Water level", exact=True)).to_have_value("6.5")
        expect(tab.get_by_label("Water level, slider")).to_have_value("6.5")
        expect(tab.locator("[id='tide.level'] [data-who]")).to_contain_text("olga@example.test")
    assert visitor.complaints == []

    own_harbour.kill()
    for tab in tabs:
        expect(tab.locator("#link-state")).to_contain_text("Stale since")
    own_harbour.start()
    with Gonogo(home=own_harbour.home) as gonogo:
        gonogo.settings.batch({"tide.level": 8, "tide.name": "neap"})
    for tab in [visitor.page, *tabs]:
        expect(tab.get_by_label("Water level", exact=True)).to_have_value("8")
        expect(tab.get_by_label("Tide", exact=True)).to_have_value("neap")
        expect(tab.locator(LIVE)).to_be_visible()
    # Attempts to reach the killed server are what this test is about; nothing else may have been complained of.
    assert [text for text in visitor.complaints if not any(word in text for word in GONE)] == []
    visitor.complaints.clear()


def test_an_outside_edit_is_shown_and_a_bad_one_refused(calm: ControlRoom, visit: Visit) -> None:
    page = open_page(visit("operator").page)
    edit_outside(calm, "4.5")
    expect(page.get_by_label("Water level", exact=True)).to_have_value("4.5")
    expect(page.locator("[id='tide.level'] [data-who]")).to_contain_text("outside edit")

    edit_outside(calm, '"high"')
    row = page.locator("[id='tide.level']")
    expect(row.locator("[data-told]")).to_contain_text("must be a number")
    expect(page.get_by_label("Water level", exact=True)).to_have_value("4.5")
    expect(page.locator("#settings-deck")).to_contain_text("1 refused")

    row.get_by_role("button", name="Reset Water level").click()
    expect(page.get_by_label("Water level", exact=True)).to_have_value("2")
    expect(row.locator("[data-told]")).to_have_text("")
    expect(page.locator("#settings-deck")).to_contain_text("all good")


def test_a_row_loses_its_mark_when_others_mend_what_they_broke(calm: ControlRoom, visit: Visit) -> None:
    page = open_page(visit("viewer").page)
    row = page.locator("[id='tide.level']")
    edit_outside(calm, '"high"')
    expect(row.locator("[data-told]")).to_contain_text("must be a number")
    edit_outside(calm, "2")
    expect(row.locator("[data-told]")).to_have_text("")
    expect(page.locator("#settings-deck")).to_contain_text("all good")


def test_every_control_saves(calm: ControlRoom, visit: Visit) -> None:
    page = open_page(visit("operator").page)
    page.get_by_label("Pier is open", exact=True).uncheck()
    page.get_by_label("Tide", exact=True).select_option("neap")
    page.get_by_label("Light of the pier", exact=True).fill("#0af")
    page.get_by_label("Light of the pier", exact=True).press("Enter")
    page.get_by_label("Greeting", exact=True).fill("Ahoy")
    page.locator("[id='pier.greeting']").get_by_role("button", name="Save").click()
    page.get_by_label("Rules", exact=True).fill('{"dogs": false}')
    page.locator("[id='pier.rules']").get_by_role("button", name="Save").click()
    for key in ("pier.open", "tide.name", "pier.light", "pier.greeting", "pier.rules"):
        expect(page.locator(f"[id='{key}']")).to_have_class(re.compile("is-modified"))
        expect(page.locator(f"[id='{key}']")).not_to_have_class(re.compile("is-dirty"))
    with Gonogo(home=calm.home) as gonogo:
        values = {each["key"]: each["value"] for each in gonogo.settings.list(modified=True)}
    assert values == {
        "pier.open": False,
        "tide.name": "neap",
        "pier.light": "#0af",
        "pier.greeting": "Ahoy",
        "pier.rules": {"dogs": False},
    }


def test_a_bad_value_is_told_beside_its_control(calm: ControlRoom, visit: Visit) -> None:
    visitor = visit("operator")
    page = open_page(visitor.page)
    page.get_by_label("Rules", exact=True).fill('{"dogs": ')
    expect(page.locator("[id='pier.rules'] [data-told]")).to_contain_text("not JSON")
    page.get_by_label("Rules", exact=True).press("Escape")
    expect(page.get_by_label("Rules", exact=True)).to_have_value('{\n  "dogs": true\n}')
    with page.expect_response(lambda answer: answer.request.method == "PUT") as refused:
        page.locator("[id='pier.light'] [data-input]").evaluate("field => field.removeAttribute('pattern')")
        page.get_by_label("Light of the pier", exact=True).fill("yellow")
        page.get_by_label("Light of the pier", exact=True).press("Enter")
    assert refused.value.status == 422
    expect(page.locator("[id='pier.light'] [data-told]")).to_contain_text("must be a colour")
    visitor.complaints.clear()  # the 422 itself


def test_what_somebody_types_is_kept_when_another_changes_it(calm: ControlRoom, visit: Visit) -> None:
    page = open_page(visit("operator").page)
    field = page.get_by_label("Greeting", exact=True)
    field.fill("half a sent")
    with Gonogo(home=calm.home) as gonogo:
        gonogo.settings.set("pier.greeting", "Hello")
    expect(page.locator("[id='pier.greeting'] [data-told]")).to_contain_text("meanwhile")
    expect(field).to_have_value("half a sent")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(field).to_have_value("Hello")


def test_a_live_change_moves_nothing(calm: ControlRoom, visit: Visit) -> None:
    page = open_page(visit("operator").page)
    places = "() => [...document.querySelectorAll('[data-setting]')].map(row => row.getBoundingClientRect().top)"
    before = page.evaluate(places)
    with Gonogo(home=calm.home) as gonogo:
        gonogo.settings.apply("storm")
    expect(page.get_by_label("Water level", exact=True)).to_have_value("9")
    assert page.evaluate(places) == before
    edit_outside(calm, '"high"')
    expect(page.locator("[id='tide.level'] [data-told]")).not_to_have_text("")
    assert page.evaluate(places) == before
    with Gonogo(home=calm.home) as gonogo:
        gonogo.settings.unset("tide.level")


def test_search_finds_while_typing(calm: ControlRoom, visit: Visit) -> None:
    page = open_page(visit("viewer").page)
    page.keyboard.press("/")
    expect(page.get_by_label("Search settings")).to_be_focused()
    page.keyboard.type("watr levle")
    expect(page.locator("[data-setting]")).to_have_count(1)
    expect(page.locator("[data-setting]")).to_contain_text("tide.level")
    expect(page).to_have_url(re.compile("q=watr"))
    page.get_by_label("Search settings").fill("zzzz")
    expect(page.locator("#settings-body")).to_contain_text("Nothing fits")


def test_tabs_show_groups(calm: ControlRoom, visit: Visit) -> None:
    page = open_page(visit("viewer").page)
    page.get_by_label("Groups").get_by_role("link", name=re.compile("^Tide")).click()
    expect(page.locator("[data-setting]")).to_have_count(2)
    page.get_by_label("Groups").get_by_role("link", name=re.compile("^Modified")).click()
    expect(page.locator("#settings-body")).to_contain_text("at its default")


def test_a_preset_is_previewed_applied_and_taken_back(calm: ControlRoom, visit: Visit) -> None:
    page = open_page(visit("operator").page)
    page.get_by_role("link", name=re.compile("^Storm")).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".diff tbody tr")).to_have_count(2)
    expect(drawer.locator(".diff")).to_contain_text("9")
    drawer.get_by_role("button", name="Apply Storm").click()
    expect(page.get_by_label("Water level", exact=True)).to_have_value("9")
    expect(page.get_by_label("Pier is open", exact=True)).not_to_be_checked()
    expect(page.locator("#settings-deck")).to_contain_text("in force")

    page.get_by_role("link", name="History of Water level").click()
    expect(drawer.locator(".change-entry").first).to_contain_text("preset storm")
    drawer.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_label("Water level", exact=True)).to_have_value("2")


def test_a_viewer_reads_and_cannot_touch(calm: ControlRoom, visit: Visit) -> None:
    visitor = visit("viewer")
    page = open_page(visitor.page)
    expect(page.get_by_label("Water level", exact=True)).to_be_disabled()
    expect(page.get_by_label("Pier is open", exact=True)).to_be_disabled()
    expect(page.locator("main button:visible")).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Storm")).click()
    expect(page.get_by_role("dialog")).to_contain_text("needs a higher role")
    refused = page.request.post(f"{calm.url}/settings/tide.level", form={"value": "3"}, headers={"Origin": calm.url})
    assert refused.status == 403


def test_an_operator_cannot_touch_what_needs_more(calm: ControlRoom, visit: Visit) -> None:
    page = open_page(visit("operator").page)
    expect(page.get_by_label("Pass of the harbour master", exact=True)).to_be_disabled()
    expect(page.locator("[id='pier.pass']")).to_contain_text("admin")


def test_letters_edit_reset_and_open_history(calm: ControlRoom, visit: Visit) -> None:
    page = open_page(visit("operator").page, "/settings?group=tide")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_label("Water level", exact=True)).to_be_focused()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.locator("[id='tide.level']")).to_have_class(re.compile("is-modified"))
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_label("Water level", exact=True)).to_have_value("2")
    page.keyboard.press("h")
    expect(page.get_by_role("dialog")).to_contain_text("unset")


def test_it_works_without_script(calm: ControlRoom, visit: Visit) -> None:
    page = visit("operator", java_script_enabled=False).page
    page.goto("/settings")
    page.get_by_label("Water level", exact=True).fill("5")
    page.locator("[id='tide.level']").get_by_role("button", name="Save").click()
    expect(page.get_by_label("Water level", exact=True)).to_have_value("5")
    expect(page.locator("[id='tide.level']")).to_contain_text("Modified")
    page.get_by_label("Rules", exact=True).fill("{")
    page.locator("[id='pier.rules']").get_by_role("button", name="Save").click()
    expect(page.locator(".content")).to_contain_text("pier.rules")
    page.get_by_role("button", name="Reset Water level").click()
    expect(page.get_by_label("Water level", exact=True)).to_have_value("2")
    page.get_by_role("link", name=re.compile("^Storm")).click()
    page.get_by_role("button", name="Apply Storm").click()
    expect(page.get_by_label("Pier is open", exact=True)).not_to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_and_the_phone_find_nothing(calm: ControlRoom, visit: Visit, scheme: str) -> None:
    with Gonogo(home=calm.home) as gonogo:
        gonogo.settings.apply("storm")
    page = visit("operator", viewport=PHONE, color_scheme=scheme, bypass_csp=True).page
    for path in ("/settings", "/settings/tide.level", "/settings/history", "/settings/presets/storm"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert find_overflow(page) == [], path
        assert find_faults(page) == [], path
