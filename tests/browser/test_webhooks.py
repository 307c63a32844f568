"""Webhooks in the browser: an endpoint is added, fails, is looked into and replayed, all without reloading."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import LIVE, ControlRoom, run_room
from tests.browser.test_shell import PHONE, find_faults, find_overflow

ENDPOINT = re.compile(r"/webhooks/[0-9a-f-]{36}$")


class Pier:
    """A receiver whose next answers are as told; 200 afterwards."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.url = ""


@pytest.fixture(scope="module")
def pier() -> Iterator[Pier]:
    pier = Pier()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(pier.statuses.pop(0) if pier.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    pier.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield pier
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def quay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlRoom]:
    """A control room whose webhooks may go to this machine."""
    folder = tmp_path_factory.mktemp("quay")
    (folder / "gonogo.toml").write_text('webhooks_allow = "127.0.0.1"\n')
    with run_room(folder / "home") as room:
        room.call("POST", "/api/webhooks/event-types", {"name": "ferry.departed"})
        yield room


def add_endpoint(page: Page, url: str) -> str:
    page.goto("/webhooks/new")
    page.get_by_label("Address").fill(url)
    page.get_by_label("Events").fill("ferry.*")
    page.get_by_role("button", name="Add endpoint").click()
    expect(page.locator("#secret")).to_contain_text("whsec_")
    return page.locator("#secret").inner_text()


def test_from_a_failure_to_its_replay(visit: Visit, quay: ControlRoom, pier: Pier) -> None:
    page = visit("operator", at=quay).page
    secret = add_endpoint(page, f"{pier.url}/journey")
    page.goto("/webhooks")
    page.get_by_role("link", name=f"{pier.url}/journey").click()
    page.wait_for_url(ENDPOINT)
    assert secret not in page.content(), "a secret is shown once"
    expect(page.locator(LIVE)).to_be_visible()

    pier.statuses = [410]
    quay.call("POST", "/api/webhooks/events", {"type": "ferry.departed", "data": {"pier": 4}})
    expect(page.locator("#endpoint").get_by_text("FAILED")).to_be_visible()
    expect(page.locator("#endpoint").get_by_text("410 Gone")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Enable").click()
    expect(page.locator("#endpoint").get_by_text("ACTIVE")).to_be_visible()

    page.get_by_role("link", name="ferry.departed").first.click()
    expect(page.get_by_role("heading", name="Attempts")).to_be_visible()
    expect(page.locator(".webhook-error")).to_have_text("It answered 410.")
    expect(page.get_by_text("webhook-signature")).to_be_visible()
    expect(page.get_by_label("Body")).to_contain_text('"pier": 4')
    expect(page.locator(LIVE)).to_be_visible()
    page.get_by_role("button", name="Replay").click()
    expect(page.locator("#delivery").get_by_text("DELIVERED")).to_be_visible()
    expect(page.get_by_text("Attempt 2")).to_be_visible()


def test_the_list_is_live_and_puts_trouble_first(visit: Visit, quay: ControlRoom, pier: Pier) -> None:
    page = visit("viewer", at=quay).page
    page.goto("/webhooks")
    expect(page.locator(LIVE)).to_be_visible()
    body = {"url": f"{pier.url}/zebra", "events": ["zebra.*"]}
    added = quay.call("POST", "/api/webhooks/endpoints", body)
    row = page.locator(f"#endpoint-{added['id']}")
    expect(row).to_be_visible()
    expect(page.get_by_role("link", name="New endpoint")).to_have_count(0)
    quay.call("PATCH", f"/api/webhooks/endpoints/{added['id']}", {"state": "disabled"})
    expect(page.locator(".webhook-endpoints tbody tr").first).to_contain_text("DISABLED")


def test_a_bad_form_says_why_and_keeps_what_was_typed(visit: Visit, quay: ControlRoom) -> None:
    visitor = visit("operator", at=quay)
    page = visitor.page
    page.goto("/webhooks/new")
    page.get_by_label("Address").fill("http://10.0.0.1/inside")
    page.get_by_label("What it is for").fill("Sneaking in")
    page.get_by_role("button", name="Add endpoint").click()
    expect(page.get_by_role("alert")).to_contain_text("10.0.0.1 is not a public address")
    expect(page.get_by_label("What it is for")).to_have_value("Sneaking in")
    # The browser itself notes an answer of 422; nothing else may be in the console.
    assert all("422" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()


def test_types_and_sources_by_form(visit: Visit, quay: ControlRoom) -> None:
    page = visit("operator", at=quay).page
    page.goto("/webhooks/types")
    page.get_by_label("Name").fill("train.arrived")
    page.get_by_label("JSON Schema").fill('{"type": "object"}')
    page.get_by_role("button", name="Declare").click()
    expect(page.get_by_text("train.arrived")).to_be_visible()
    page.get_by_role("button", name="Remove train.arrived").click()
    expect(page.get_by_text("train.arrived")).to_have_count(0)
    page.goto("/webhooks/sources")
    expect(page.get_by_role("button", name="Add source")).to_have_count(0)


@pytest.fixture(scope="module")
def pages(quay: ControlRoom, pier: Pier) -> dict[str, str]:
    """Every page of the room, with something on it."""
    pier.statuses = [500]
    body = {"url": f"{pier.url}/a/rather/long/path/to/the/receiver", "events": ["ferry.*"], "headers": {"X-A": "b"}}
    endpoint = quay.call("POST", "/api/webhooks/endpoints", body)
    for number in range(3):
        quay.call("POST", "/api/webhooks/events", {"type": "ferry.departed", "data": {"pier": number}})
    quay.call("POST", "/api/webhooks/sources", {"name": "github", "kind": "github"})
    delivery = quay.call("GET", f"/api/webhooks/deliveries?endpoint={endpoint['id']}")[-1]
    return {
        "list": "/webhooks",
        "new": "/webhooks/new",
        "endpoint": f"/webhooks/{endpoint['id']}",
        "delivery": f"/webhooks/deliveries/{delivery['id']}",
        "types": "/webhooks/types",
        "sources": "/webhooks/sources",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, quay: ControlRoom, pages: dict[str, str], scheme: str) -> None:
    page = visit("operator", at=quay, color_scheme=scheme, bypass_csp=True).page
    faults = {}
    for name, path in pages.items():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        faults[name] = find_faults(page)
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone(
    visit: Visit, quay: ControlRoom, pages: dict[str, str], scheme: str
) -> None:
    page = visit("operator", at=quay, viewport=PHONE, color_scheme=scheme, has_touch=True, is_mobile=True).page
    for name, path in pages.items():
        page.goto(path)
        assert find_overflow(page) == [], name
