"""One Chromium and one control room for the browser journeys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.room import PEOPLE, ControlRoom, Visitor, run_room
from tests.programs import ensure_program

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
Visit = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker walks all of it, last: Playwright's own event loop keeps the worker's thread from then on."""
    journeys = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in journeys:
        item.add_marker(pytest.mark.xdist_group("browser"))
    items.sort(key=journeys.__contains__)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Debian's Chromium; installed when it is missing and we may."""
    return os.environ.get("GONOGO_CHROMIUM") or ensure_program("chromium")


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    playwright: Playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlRoom]:
    """The control room that most journeys share."""
    with run_room(tmp_path_factory.mktemp("browser") / "home") as room:
        yield room


@pytest.fixture
def visit(browser: Browser, room: ControlRoom) -> Iterator[Visit]:
    """``visit("operator")``: a signed-in browser. At the end nobody's console may hold an error."""
    visitors: list[Visitor] = []

    def enter(role: str, at: ControlRoom = room, **options: Any) -> Visitor:
        visitor = Visitor(browser, at, **options)
        visitors.append(visitor)
        visitor.sign_in(PEOPLE[role])
        return visitor

    yield enter
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []


@pytest.fixture
def checklist(tmp_path: Path) -> Path:
    """A small release: a tick, commands with expectations, a decision, a signature, a way back."""
    path = tmp_path / "deploy.md"
    path.write_text(CHECKLIST)
    return path


CHECKLIST = """# Deploy the ferry timetable

## Before

- [ ] The harbour office has been told

## 1. Release

```bash
echo "timetable 7" > timetable.txt
cat timetable.txt
# Should contain "timetable 7"
```

## 2. Decide

- **GO/NO-GO**: the timetable is shown on the pier

## Rollback

**Time to roll back**: < 1 minute

```bash
echo "timetable 6" > timetable.txt
```

## Sign-off

- [ ] **Release manager**: the timetable is in force
"""
