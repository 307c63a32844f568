"""The page of alerts: one fires, is acknowledged, silenced with a reason, and the ledger tells why it was quiet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import LIVE, ControlRoom, run_room
from tests.browser.test_shell import PHONE, find_faults, find_overflow

RULE = """
[alerts.harbour-ferry-timetable-replication-latency]
expression = "process.rss > 1MB"
severity = "critical"
description = "Somebody is at work in the harbour."
"""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlRoom]:
    """A control room where an alert fires all the time, under a name as long as people give them."""
    folder = tmp_path_factory.mktemp("alerts")
    (folder / "gonogo.toml").write_text(RULE)
    with run_room(folder / "home") as room:
        yield room


def open_alerts(page: Page, path: str = "/observe/alerts") -> Page:
    page.goto(path)
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.locator(".alert-lines")).to_contain_text("harbour")
    return page


def test_the_pages_can_be_read_and_fit_a_phone(visit: Visit, harbour: ControlRoom) -> None:
    for path in ("/observe/alerts", "/observe", "/"):
        page = open_alerts(visit("viewer", at=harbour, viewport=PHONE, is_mobile=True, bypass_csp=True).page, path)
        assert find_overflow(page) == [], path
        assert find_faults(page) == [], path


def test_a_viewer_looks_and_touches_nothing(visit: Visit, harbour: ControlRoom) -> None:
    page = open_alerts(visit("viewer", at=harbour).page)
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)


def test_an_alert_is_looked_after_and_silenced(visit: Visit, harbour: ControlRoom) -> None:
    page = open_alerts(visit("operator", at=harbour).page)
    other = open_alerts(visit("viewer", at=harbour).page)
    page.get_by_role("button", name="Acknowledge").click()
    for each in (page, other):
        expect(each.locator(".alert-lines")).to_contain_text("Acknowledged by olga@example.test")
    page.get_by_label("Why harbour-ferry-timetable-replication-latency is silenced").fill("the crane is painted")
    page.get_by_role("button", name="Silence").click()
    for each in (page, other):
        expect(each.locator("section", has=each.locator("#silences-title"))).to_contain_text("the crane is painted")
    page.get_by_role("button", name="End", exact=True).click()
    expect(other.locator("section", has=other.locator("#silences-title"))).to_contain_text("None in force")
    expect(page.locator("#ledger-title")).to_be_visible()
