"""Follow-up tasks and incidents: planned when they should be, due when they say, ticked in both places."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.kernel.clock import format_instant
from gonogo.kernel.kernel import Kernel
from gonogo.releases import commands
from gonogo.releases.deciding.course import Course
from gonogo.releases.errors import FollowUpNotFound, FourEyesNeeded, IncidentNotFound, WrongMove
from gonogo.releases.follow_up_schemas import FollowUp, Tick, Which
from gonogo.releases.follow_up_store import list_follow_ups
from gonogo.releases.follow_ups.board import read_task_panels
from gonogo.releases.follow_ups.commands import tick_task
from gonogo.releases.incident_schemas import IncidentChange
from gonogo.releases.incidents.commands import change_incident, get_incident
from gonogo.releases.incidents.report import write_report
from gonogo.releases.periods import find_date, find_period
from gonogo.releases.reading import read_checklist
from gonogo.releases.schemas import Act
from tests.fake_clock import FakeClock
from tests.people import Server, grant_commands
from tests.releases.actions.stage import Stage
from tests.releases.conftest import ANN, BEA
from tests.releases.drive import load, start, wait_asked, wait_end
from tests.releases.plans import make_item, make_phase, make_plan, make_run

CHECKLIST = """\
## Deploy
```sh
{command}
```
## Rollback
```sh
echo back > undone
```
## After the release
### Day 1
- [ ] Read the logs
### Month 1
- [ ] Write down what was learnt
"""
DAY_S = 86_400.0


async def run_checklist(kernel: Kernel, workdir: Path, command: str = "touch done") -> str:
    plan = read_checklist(CHECKLIST.format(command=command).encode(), "RELEASE.md", None)
    run = await start(kernel, plan, workdir)
    await wait_end(kernel, run)
    return run


async def list_tasks(kernel: Kernel, which: Which = "open") -> list[FollowUp]:
    now = format_instant(kernel.clock.now())
    return await kernel.db.read(lambda tx: list_follow_ups(tx, which, now))


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("Day 1 after the release", "day 1"),
        ("WEEK 2", "week 2"),
        ("First month", "month 1"),
        ("Later", None),
        ("Day 2-3", "day 2-3"),
        ("Days 4 to 7", "day 4-7"),
    ],
)
def test_a_heading_says_when(title: str, period: str | None) -> None:
    found = find_period(title)
    assert (found.name if found else None) == period


async def test_a_release_that_goes_go_leaves_its_tasks(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    run = await run_checklist(kernel, workdir)
    tasks = await list_tasks(kernel)
    assert [(task.text, task.period, task.owner, task.run) for task in tasks] == [
        ("Read the logs", "day 1", ANN.name, run),
        ("Write down what was learnt", "month 1", ANN.name, run),
    ]
    assert await list_tasks(kernel, "due") == []
    clock.advance(DAY_S)
    assert [task.text for task in await list_tasks(kernel, "due")] == ["Read the logs"]
    clock.advance(29 * DAY_S)
    assert len(await list_tasks(kernel, "due")) == 2


async def test_nothing_that_is_left_for_later_is_lost(kernel: Kernel, workdir: Path) -> None:
    later = "## Next steps\n- [ ] Thank the night shift\n\n## Week 2\n```sh\n./prune-images --all\n```\n"
    plan = read_checklist(f"## Deploy\n```sh\ntouch done\n```\n{later}".encode(), "RELEASE.md", None)
    await wait_end(kernel, await start(kernel, plan, workdir))
    assert [(task.text, task.period) for task in await list_tasks(kernel)] == [
        ("Thank the night shift", "week 1"),
        ("Run it: ./prune-images --all", "week 2"),
    ]


DATED = """\
## Deploy
```sh
touch done
```
## Monitoring
1. Look at the dashboard
2. Day 2-3: read the support tickets
- [ ] After 1 week: compare the costs
- [ ] **Month 1**: write down what was learnt
- [ ] 2 weeks later:
  - [ ] drop the old table
- [ ] Costs after 2 weeks are planned
"""


async def test_a_day_that_a_step_begins_with_makes_it_a_task(kernel: Kernel, workdir: Path) -> None:
    plan = read_checklist(DATED.encode(), "RELEASE.md", None)
    run = await start(kernel, plan, workdir)
    for text in ("Look at the dashboard", "Costs after 2 weeks are planned"):
        item = next(item.id for item in (await load(kernel, run)).course.main if item.text == text)
        await wait_asked(kernel, run, item)
        await commands.tick_item(kernel, ANN, run, item, Act())
    assert (await wait_end(kernel, run)).verdict == "go"
    assert {(task.text, task.period) for task in await list_tasks(kernel)} == {
        ("Day 2-3: read the support tickets", "day 2-3"),
        ("After 1 week: compare the costs", "week 1"),
        ("Month 1: write down what was learnt", "month 1"),
        ("2 weeks later:", "week 2"),
        ("drop the old table", "week 2"),
    }


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("In 30 days: remove the flag", "day 30"),
        ("first week — watch the costs", "week 1"),
        ("A month after the go-live: ask the users", "month 1"),
        ("Day 0: ship", None),
        ("Day 1 of the rota has Ann", None),
        ("After 1 week of monitoring: ship", None),
        ("Keep day 1: free", None),
    ],
)
def test_a_text_says_when_by_its_first_words_only(text: str, period: str | None) -> None:
    found = find_date(text)
    assert (found.name if found else None) == period


@pytest.mark.parametrize(
    "after",
    [
        "## Rollout\n- [ ] Day 1: 5 % of the users\n",
        "- [ ] Day 1: 5 % of the users\n\n## Next\n**GO / NO-GO decision**\n",
    ],
)
def test_a_day_of_the_rollout_itself_stays_on_the_way(after: str) -> None:
    text = f"## Deploy\n```sh\ntouch done\n```\n## Monitoring\n{after}"
    course = Course(read_checklist(text.encode(), "RELEASE.md", None))
    assert [item.text for item in course.main if item.kind == "human"] == ["Day 1: 5 % of the users"]


async def test_a_release_that_fails_leaves_none(kernel: Kernel, workdir: Path) -> None:
    await run_checklist(kernel, workdir, "ls nothing-there")
    assert await list_tasks(kernel, "all") == []


async def test_the_front_page_shows_what_is_due_within_a_day(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    assert await read_task_panels(kernel) == []
    await run_checklist(kernel, workdir)
    [panel] = await read_task_panels(kernel)
    assert (panel.area, [task.text for task in panel.context["tasks"]]) == ("side", ["Read the logs"])


async def test_a_task_is_ticked_once_and_its_run_knows(kernel: Kernel, workdir: Path) -> None:
    run = await run_checklist(kernel, workdir)
    task = (await list_tasks(kernel))[0]
    done = await tick_task(kernel, ANN, task.id, Tick(note="quiet"))
    assert (done.done_by, done.note) == (ANN.name, "quiet")
    assert (await load(kernel, run)).state.get_item(task.item or "").by == ANN.name
    with pytest.raises(WrongMove, match="was done already"):
        await tick_task(kernel, ANN, task.id, Tick())
    with pytest.raises(FollowUpNotFound):
        await tick_task(kernel, ANN, "none", Tick())


async def test_a_tick_on_the_run_s_page_settles_the_task(kernel: Kernel, workdir: Path) -> None:
    run = await run_checklist(kernel, workdir)
    task = (await list_tasks(kernel))[0]
    await commands.tick_item(kernel, ANN, run, task.item or "", Act(note="seen"))
    assert [(each.text, each.note) for each in await list_tasks(kernel, "done")] == [("Read the logs", "seen")]


async def test_an_incident_tells_what_the_record_says(kernel: Kernel, stage: Stage, workdir: Path) -> None:
    run = await run_checklist(kernel, workdir, "touch half; echo the disk is full >&2; ls nothing-there")
    opened = await stage.perform("incident.open", title="Checkout failed", run="last", cause="disk", day1="Look again")
    incident = await kernel.db.read(lambda tx: get_incident(kernel, tx, opened.values["id"]))
    assert (incident.run, incident.status, incident.cause) == (run, "open", "disk")
    told = [moment.what for moment in incident.timeline]
    assert told[0].startswith("The release began")
    assert any(line.startswith("Failed: ") for line in told)
    assert any(line.startswith("The rollback began") for line in told)
    assert "the disk is full" in incident.excerpts[0].text
    assert [step.outcome for step in incident.steps] == ["failed", "passed"]
    assert incident.tasks[0].text == "Look again"
    assert [task.period for task in incident.tasks] == ["day 1", "week 1", "month 1"]
    report = write_report(incident)
    assert "# Checkout failed" in report
    assert "the disk is full" in report


async def test_an_incident_is_completed_and_closed(kernel: Kernel, stage: Stage) -> None:
    opened = await stage.perform("incident.open", title="A")
    key = opened.values["id"]
    changed = await change_incident(kernel, ANN, key, IncidentChange(measures="an alert", status="closed"))
    assert (changed.measures, changed.status, changed.closed_at is not None) == ("an alert", "closed", True)
    again = await change_incident(kernel, ANN, key, IncidentChange(status="open"))
    assert (again.measures, again.closed_at) == ("an alert", None)
    with pytest.raises(IncidentNotFound):
        await change_incident(kernel, ANN, "none", IncidentChange())


async def test_over_http_and_on_pages(server: Server) -> None:
    opened = await server.operator.post("/api/incidents", json={"title": "Checkout failed"})
    assert opened.status_code == 201
    key = opened.json()["data"]["id"]
    assert (await server.viewer.post("/api/incidents", json={"title": "x"})).status_code == 403
    tasks = (await server.viewer.get("/api/follow-ups")).json()["data"]
    assert [task["incident"] for task in tasks] == [key] * 3
    page = (await server.viewer.get("/follow-ups")).text
    assert "Checkout failed" in page
    ticked = await server.operator.post(f"/follow-ups/{tasks[0]['id']}/tick", data={"note": "done"})
    assert ticked.status_code == 303
    saved = await server.operator.post(f"/incidents/{key}", data={"cause": "disk", "measures": "", "status": "closed"})
    assert saved.status_code == 303
    shown = (await server.viewer.get(f"/api/incidents/{key}")).json()["data"]
    assert (shown["cause"], shown["status"]) == ("disk", "closed")
    assert "Preventive measures" in (await server.viewer.get(f"/incidents/{key}")).text


async def test_actions_over_http_are_followed_line_by_line(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    body = {"options": {"files": "a.txt"}, "folder": str(tmp_path)}
    assert (await server.viewer.post("/api/actions/backup", json=body)).status_code == 403
    refused = await server.operator.post("/api/actions/backup", json=body)
    assert (refused.status_code, refused.json()["required_permission"]) == (403, "commands:run")
    await grant_commands(server)
    call = (await server.operator.post("/api/actions/backup", json=body)).json()["data"]
    lines = list(call["lines"])
    while call["result"] is None:
        params = {"after": call["next_line"], "wait": 10}
        call = (await server.operator.get(f"/api/actions/calls/{call['id']}", params=params)).json()["data"]
        lines += call["lines"]
    assert call["result"]["passed"]
    assert lines[0].startswith(f"file {tmp_path}/a.txt")
    kept = (await server.operator.get("/api/backups", params={"folder": str(tmp_path)})).json()["data"]
    assert [each["id"] for each in kept] == [call["result"]["values"]["id"]]
    assert (await server.operator.post("/api/actions/none", json=body)).status_code == 404
    names = {each["name"] for each in (await server.viewer.get("/api/actions")).json()["data"]}
    assert {"backup", "restore", "contract.verify", "services.swap"} <= names


async def test_a_signature_left_for_later_is_signed_and_not_ticked(kernel: Kernel, workdir: Path) -> None:
    later = make_phase("Day 1", make_item("s1", "sign", role="CTO"), role="followup")
    run = await start(kernel, make_plan(make_phase("Deploy", make_run("r1", "touch done")), later), workdir)
    await wait_end(kernel, run)
    tasks = await list_tasks(kernel)
    assert [(task.text, task.owner) for task in tasks] == [("s1", BEA.name)]
    with pytest.raises(FourEyesNeeded):
        await tick_task(kernel, ANN, tasks[0].id, Tick())
    await tick_task(kernel, BEA, tasks[0].id, Tick(note="seen"))
    seen = (await load(kernel, run)).state.get_item("s1")
    assert (seen.status, seen.by) == ("done", BEA.name)
