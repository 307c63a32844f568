"""The pages of jobs in a real browser: live numbers, a live log, dead letters, an agent from panel to graph."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gonogo.client.gonogo import Gonogo
from gonogo.jobs.agents.post import find_holder
from tests.browser.conftest import Visit
from tests.browser.room import LIVE, ControlRoom, run_room
from tests.browser.test_shell import PHONE, find_faults, find_overflow


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlRoom]:
    """A control room whose agents end with it."""
    home = tmp_path_factory.mktemp("jobs") / "home"
    with run_room(home) as room:
        yield room
    for post in (home / "agents").glob("*/post.json"):
        if (holder := find_holder(post)) is not None:
            os.kill(holder.pid, signal.SIGKILL)


def find_tile(page: Page, title: str) -> str:
    """What a tile's figure is found by."""
    return f".job-tiles > div:has(dt:text-is('{title}')) dd >> nth=0"


def enqueue(page: Page, command: str, attempts: int = 3) -> None:
    """Fill in the form and send it; the job's page follows."""
    page.goto("/jobs")
    page.get_by_label("Payload").fill(command)
    page.get_by_text("More", exact=True).first.click()
    page.get_by_label("Attempts").fill(str(attempts))
    page.get_by_role("button", name="Enqueue").click()
    expect(page.get_by_role("heading", level=1, name="shell")).to_be_visible()


def test_numbers_move_by_themselves(visit: Visit, yard: ControlRoom) -> None:
    page = visit("viewer", at=yard).page
    page.keyboard.press("g")
    page.keyboard.press("j")
    page.wait_for_url("**/jobs")
    expect(page.locator(LIVE)).to_be_visible()
    before = int(page.locator(find_tile(page, "Done")).inner_text())
    expect(page.get_by_role("button", name="Enqueue")).to_have_count(0)
    with Gonogo(home=yard.home) as gonogo:
        for _ in range(3):
            gonogo.jobs.enqueue("shell", {"command": "true"})
    expect(page.locator(find_tile(page, "Done"))).to_have_text(str(before + 3))


def test_a_log_is_read_while_the_job_runs(visit: Visit, yard: ControlRoom, tmp_path: Path) -> None:
    page, flag = visit("operator", at=yard).page, tmp_path / "go on"
    enqueue(page, f"echo first light; until test -e '{flag}'; do sleep 0.1; done; echo second light")
    expect(page.locator(LIVE)).to_be_visible()
    log = page.get_by_role("log")
    expect(log).to_contain_text("first light")
    expect(page.locator("[data-status=running]")).to_be_visible()
    expect(log).not_to_contain_text("second light")
    flag.touch()
    expect(log).to_contain_text("second light")
    expect(page.locator("[data-status=done]")).to_be_visible()


def test_a_dead_letter_is_replayed(visit: Visit, yard: ControlRoom, tmp_path: Path) -> None:
    page, flag = visit("operator", at=yard).page, tmp_path / "mended"
    enqueue(page, f"test -e '{flag}'", attempts=1)
    job = page.url.rpartition("/")[2]
    expect(page.locator("[data-status=failed]").first).to_be_visible()
    page.goto("/jobs?state=dead")
    row = page.locator(f"#job-{job}")
    expect(row).to_contain_text("The command ended with code 1")
    flag.touch()
    row.get_by_role("button", name="Replay").click()
    page.goto("/jobs?state=done")
    expect(page.locator(f"#job-{job}")).to_be_visible()


def test_an_agent_from_the_panel_to_the_graph(visit: Visit, yard: ControlRoom) -> None:
    page = visit("operator", at=yard).page
    watcher = visit("viewer", at=yard).open_tab("/jobs/agents")
    page.goto("/jobs/agents")
    page.get_by_label("Name").fill("porter")
    page.get_by_label("Role").fill("carrier")
    page.get_by_role("button", name="Spawn").click()
    # Somebody else's page shows it without being asked.
    expect(watcher.locator(".graph-node.kind-agent", has_text="porter")).to_be_visible()
    expect(watcher.locator("#agent-porter [data-status=go]")).to_be_visible()
    with Gonogo(home=yard.home) as gonogo:
        for _ in range(4):
            gonogo.jobs.enqueue("shell", {"command": "true"}, needs=["role=carrier"])
    expect(watcher.locator("[data-edge='queue agent:porter']")).to_have_attribute("data-rate", "4")
    expect(watcher.locator("[data-edge='agent:porter connector:shell']")).to_have_attribute("data-rate", "4")
    page.get_by_role("link", name="porter").click()
    expect(page.get_by_role("log")).to_contain_text("Working, 2 jobs at once")
    page.get_by_role("button", name="Stop porter").click()
    expect(page.locator("[data-status=stopped]")).to_be_visible()
    expect(watcher.locator("#agent-porter [data-status=stopped]")).to_be_visible()


def test_a_wrong_name_is_told_beside_the_form(visit: Visit, yard: ControlRoom) -> None:
    visitor = visit("operator", at=yard, java_script_enabled=False)
    page = visitor.page
    page.goto("/jobs/agents")
    page.get_by_label("Name").fill("Not A Name")
    page.get_by_role("button", name="Spawn").click()
    expect(page.get_by_role("alert")).to_contain_text("name")
    expect(page.get_by_label("Name")).to_have_value("Not A Name")
    # Chromium itself writes the refusal to the console.
    assert [complaint for complaint in visitor.complaints if "422" not in complaint] == []
    visitor.complaints.clear()


@pytest.mark.parametrize(
    "options",
    [{}, {"color_scheme": "dark"}, {"viewport": PHONE, "has_touch": True, "is_mobile": True}],
    ids=["light", "dark", "phone"],
)
def test_the_pages_are_sound(visit: Visit, yard: ControlRoom, options: dict[str, object]) -> None:
    with Gonogo(home=yard.home) as gonogo:
        names = {each["agent"]["name"] for each in gonogo.agents.list()}
        if "signal-box" not in names:
            gonogo.agents.spawn("http", "signal-box", role="signals")
        job = gonogo.jobs.enqueue("shell", {"command": "exit 3"}, max_attempts=1)["id"]
        waits = gonogo.jobs.enqueue("made.up", {}, needs=[f"gpu={'a-very-long-name-' * 8}"])["id"]
    page = visit("operator", at=yard, bypass_csp=True, **options).page
    faults, overflow = {}, {}
    for path in (
        "/jobs",
        "/jobs?state=dead",
        f"/jobs/{job}",
        f"/jobs/{waits}",
        "/jobs/agents",
        "/jobs/agents/signal-box",
    ):
        page.goto(path)
        expect(page.locator(LIVE)).to_be_visible()
        faults[path] = find_faults(page)
        overflow[path] = find_overflow(page)
    assert {path: found for path, found in faults.items() if found} == {}
    assert {path: found for path, found in overflow.items() if found} == {}
