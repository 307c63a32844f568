"""The pages of services: state, log and moves in a real browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from gonogo.client.gonogo import Gonogo
from tests.browser.conftest import Visit
from tests.browser.room import LIVE, ControlRoom, run_room
from tests.browser.test_shell import PHONE, find_faults
from tests.services.stage import PROGRAMS, find_port


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlRoom]:
    """A control room with a service that another one needs."""
    home = tmp_path_factory.mktemp("services") / "home"
    words = ", ".join(f'"{word}"' for word in (sys.executable, str(PROGRAMS / "web.py"), "{fd}"))
    (home.parent / "gonogo.toml").write_text(
        '[services.tides]\ncommand = ["sleep", "604"]\n'
        f'[services.web]\ncommand = [{words}]\nlisten = "127.0.0.1:{find_port()}"\n'
        'health = { path = "/", every = "200ms" }\ndepends_on = ["tides"]\n'
    )
    with run_room(home) as room:
        yield room
        end_services(room)


def end_services(room: ControlRoom) -> None:
    gonogo = Path(sys.executable).with_name("gonogo")
    environment = os.environ | {"GONOGO_HOME": str(room.home)}
    subprocess.run([gonogo, "services", "down"], env=environment, cwd=room.home.parent, check=True, capture_output=True)


def test_a_swap_and_the_way_back(visit: Visit, harbour: ControlRoom) -> None:
    page = visit("operator", at=harbour).page
    page.goto("/services")
    row = page.locator("#service-web")
    expect(row).to_contain_text("READY")
    expect(page.get_by_role("group", name="web needs tides.")).to_be_visible()
    row.get_by_role("link", name="web").click()
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("serving v1")
    page.get_by_label("Version").fill("blue")
    page.get_by_role("button", name="Swap").click()
    expect(page.locator("#service-body")).to_contain_text("v1 → blue")
    expect(page.get_by_role("log")).to_contain_text("serving blue")
    page.get_by_role("button", name="Roll back to v1").click()
    expect(page.locator("#service-body")).to_contain_text("blue → v1")
    page.get_by_label("Search the log").fill("serving BLUE")
    page.get_by_label("Search the log").press("Enter")
    expect(page.get_by_label("Found lines")).to_contain_text("serving blue")


def test_a_move_of_somebody_else_shows_by_itself(visit: Visit, harbour: ControlRoom) -> None:
    page = visit("viewer", at=harbour).page
    page.goto("/services/tides")
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.get_by_role("button", name="Restart")).to_have_count(0)
    with Gonogo(home=harbour.home) as gonogo:
        gonogo.services.scale("tides", 2)
    expect(page.locator("#service-body")).to_contain_text("2 of 2 ready")


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}, {"color_scheme": "dark"}], ids=["wide", "phone", "dark"])
def test_the_pages_are_sound(visit: Visit, browser: Browser, harbour: ControlRoom, options: dict[str, object]) -> None:
    page = visit("operator", at=harbour, bypass_csp=True, **options).page
    for path in ("/services", "/services/web", "/services/tides"):
        page.goto(path)
        expect(page.locator(LIVE)).to_be_visible()
        assert find_faults(page) == []
