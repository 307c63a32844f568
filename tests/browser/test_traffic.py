"""The page of a release while a service is swapped under a load: requests and failures on one chart."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import ControlRoom, run_room, settle, start_run
from tests.browser.test_services import end_services
from tests.browser.test_shell import PHONE, find_faults
from tests.services.stage import PROGRAMS, find_port

CHART = "#run-traffic"
CHECKLIST = """# Swap the tide tables

## Move

<!-- gonogo: load url=http://127.0.0.1:{port}/ name=tides rate=40 duration=10m background=yes -->

- [ ] The requests of before are on the chart

<!-- gonogo: swap service=web version=late -->

- [ ] The requests of after are on the chart

<!-- gonogo: load end name=tides -->

## Rollback

<!-- gonogo: swap service=web version=v1 -->
"""


@pytest.fixture(scope="module")
def port() -> int:
    return find_port()


@pytest.fixture(scope="module")
def quay(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[ControlRoom]:
    """A control room with a service whose next version takes some seconds to be ready."""
    home = tmp_path_factory.mktemp("traffic") / "home"
    words = ", ".join(f'"{word}"' for word in (sys.executable, str(PROGRAMS / "web.py"), "{fd}"))
    (home.parent / "gonogo.toml").write_text(
        f'[services.web]\ncommand = [{words}]\nlisten = "127.0.0.1:{port}"\n'
        'health = { path = "/", every = "200ms" }\n[services.web.versions]\nlate = { env = { LATE = "4" } }\n'
    )
    with run_room(home) as room:
        yield room
        end_services(room)


@pytest.fixture
def swap(tmp_path: Path, port: int) -> Path:
    path = tmp_path / "swap.md"
    path.write_text(CHECKLIST.format(port=port))
    return path


def count_rows(page: Page) -> int:
    return page.locator(f"{CHART} tbody tr").count()


def await_seconds(page: Page, more: int) -> None:
    """Until the chart has this many seconds more than now."""
    expect(page.locator(f"{CHART} tbody tr").nth(count_rows(page) + more - 1)).to_be_attached()


def test_requests_failures_and_the_move_show_by_themselves(visit: Visit, quay: ControlRoom, swap: Path) -> None:
    page, viewer = visit("operator", at=quay).page, visit("viewer", at=quay).page
    run = start_run(page, swap)
    viewer.goto(f"/releases/{run}")
    for each in (page, viewer):
        expect(each.locator(f"{CHART} canvas")).to_be_visible()
        expect(each.locator(CHART)).to_contain_text(re.compile(r"\d+ requests so far, 0 failed"))
    await_seconds(page, 2)

    settle(page, "of before", "Done")
    expect(viewer.locator("#now-title")).to_contain_text("swap service=web")
    await_seconds(viewer, 2)
    expect(viewer.locator("#now-title")).to_contain_text("swap service=web")
    expect(viewer.locator(f"{CHART} canvas")).to_be_visible()

    expect(viewer.locator("#now-title")).to_contain_text("of after")
    expect(viewer.locator("#chart-traffic")).to_have_attribute("aria-label", re.compile("web: v1 → late"))
    moved = viewer.locator(f"{CHART} tbody tr", has_text="web: v1 → late")
    expect(moved).to_have_count(1)
    await_seconds(viewer, 2)

    settle(page, "of after", "Done")
    expect(viewer.locator(".ending")).to_contain_text("GO")
    expect(viewer.locator(CHART)).to_contain_text(re.compile(r"\d+ requests, 0 failed"))
    expect(viewer.locator(f"{CHART} canvas")).to_have_count(1)

    viewer.locator("#chart-traffic").press("ArrowLeft")
    expect(viewer.locator(f"{CHART} [data-readout]")).to_contain_text(re.compile(r"\d+ requests/s, 0 failed/s"))


def test_a_release_without_a_load_has_no_chart(visit: Visit, quay: ControlRoom, checklist: Path) -> None:
    page = visit("operator", at=quay).page
    start_run(page, checklist)
    expect(page.locator("#now-title")).to_contain_text("harbour office")
    expect(page.locator(CHART)).to_be_attached()
    expect(page.locator(CHART)).to_be_hidden()


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}, {"color_scheme": "dark"}], ids=["wide", "phone", "dark"])
def test_the_chart_is_sound(
    visit: Visit, browser: Browser, quay: ControlRoom, swap: Path, options: dict[str, object]
) -> None:
    page = visit("operator", at=quay, bypass_csp=True, **options).page
    start_run(page, swap)
    expect(page.locator(f"{CHART} canvas")).to_be_visible()
    assert find_faults(page) == []
    page.locator(".controls button[value=stop]").click()
    expect(page.locator(".ending")).to_contain_text("NO-GO")
