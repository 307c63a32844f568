"""A real Gonogo in a process of its own, and what the journeys do with it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

PASSWORD = "correct horse battery staple"
ADMIN = "ada@example.test"
PEOPLE = {"operator": "olga@example.test", "approver": "piet@example.test", "viewer": "vera@example.test"}
PATIENCE_S = 30.0
expect.set_options(timeout=PATIENCE_S * 1000)
START = re.compile("^(Approve and start|Start)$")
LIVE = "#link-state[data-link=live]"


def await_true(condition: Callable[[], Any], what: str) -> Any:
    """What ``condition`` gives once it gives something; fails after ``PATIENCE_S``."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {PATIENCE_S:g} s")


class ControlRoom:
    """One data folder, and the server over it; ``restart`` ends it and starts it on the same port."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GONOGO_")}
        environment |= {"GONOGO_HOME": str(self.home), "GONOGO_ADMIN_EMAIL": ADMIN, "GONOGO_ADMIN_PASSWORD": PASSWORD}
        environment |= {"GONOGO_DATABASE_SYNCHRONOUS": "NORMAL", "GONOGO_ENVIRONMENT": "staging"}
        log = (self.home.parent / "server.log").open("ab")
        command = [str(Path(sys.executable).with_name("gonogo")), "serve", "--port", str(self.port)]
        self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=self.home.parent)
        log.close()
        self.port = await_true(self._find_port, "the server's start")

    def stop(self) -> None:
        """End the server as a supervisor would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=PATIENCE_S)
            self._process = None

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=PATIENCE_S)
            self._process = None

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One API call as the administrator; gives ``data``."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._sign_in()}"}
        return self._send(method, path, body, headers)

    def _sign_in(self) -> str:
        body = {"email": ADMIN, "password": PASSWORD}
        tokens = self._send("POST", "/api/v1/auth/login", body, {"Content-Type": "application/json"})
        token: str = tokens["access_token"]
        return token

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)["data"]

    def _find_port(self) -> int | None:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError((self.home.parent / "server.log").read_text()[-4000:])
        try:
            told = json.loads((self.home / "server.json").read_bytes())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return int(told["url"].rpartition(":")[2]) if told["pid"] == self._process.pid else None


@contextmanager
def run_room(home: Path) -> Iterator[ControlRoom]:
    """A control room with one person of every role; who is more than a viewer may open checklists of their own."""
    room = ControlRoom(home)
    try:
        room.start()
        for role, email in PEOPLE.items():
            permissions = [] if role == "viewer" else ["commands:run"]
            new = {"email": email, "role": role, "password": PASSWORD, "permissions": permissions}
            room.call("POST", "/api/people", new)
        yield room
    finally:
        room.stop()


class Visitor:
    """Somebody's browser. Whatever it prints to the console as an error is kept in ``complaints``."""

    def __init__(self, browser: Browser, room: ControlRoom, **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(base_url=room.url, **options)
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.complaints: list[str] = []
        self.context.on("console", lambda message: self._note(message.type, message.text))
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = self.context.new_page()

    def sign_in(self, email: str) -> Page:
        """Sign in by the form."""
        self.page.goto("/sign-in")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/")
        return self.page

    def open_tab(self, path: str) -> Page:
        """One more tab of the same browser, its live link up."""
        tab = self.context.new_page()
        tab.goto(path)
        expect(tab.locator(LIVE)).to_be_visible()
        return tab

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)


def open_plan(page: Page, checklist: Path) -> None:
    """From the list of releases to the plan of a file."""
    page.goto("/releases")
    page.get_by_role("link", name="New release").click()
    page.get_by_label("Path").fill(str(checklist))
    page.get_by_label("Path").press("Enter")
    expect(page.get_by_role("heading", name="What was understood")).to_be_visible()


def start_run(page: Page, checklist: Path) -> str:
    """Start a checklist by the form; gives the run's id."""
    open_plan(page, checklist)
    # One release at a time has an environment: every journey uses one of its own.
    page.get_by_label("Environment").fill(checklist.parent.name)
    page.get_by_role("button", name=START).click()
    page.wait_for_url(re.compile(r"/releases/[0-9a-f-]{36}$"))
    return page.url.rpartition("/")[2]


def settle(page: Page, text: str, move: str, note: str = "") -> None:
    """Press ``move`` on the item that is asked for."""
    expect(page.locator("#now-title")).to_contain_text(text)
    if note:
        page.locator(".now").get_by_label("Note").fill(note)
    page.locator(".now").get_by_role("button", name=move, exact=True).click()
