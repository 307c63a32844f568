"""Five documents of the shape that teams write, end to end: attended and unadopted, adopted and unattended, faulty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gonogo.releases.adoption.questions import list_questions
from gonogo.releases.deciding.course import Course
from gonogo.releases.running.sidecar import read_sidecar
from gonogo.releases.running.understand import Reading, understand
from tests.documents.stage import HERE, Stage, can_sandbox
from tests.needs import needs

NAMES = ("aviary", "ferry", "greenhouse", "kiln", "observatory")
pytestmark = needs(can_sandbox(), "namespaces of its own")

# What the stand-ins must have been called with, in this order, among their other calls.
DEPLOYED = {
    "aviary": ["cargo build --release", "cargo test", "npm run build", "systemctl restart aviary"],
    "ferry": ["pm2 restart store", "pm2 restart pool", "pm2 restart export", "pm2 restart terminal"],
    "greenhouse": [
        "npm ci",
        "npm test",
        "npm run build",
        "kubectl apply -f k8s/production/",
        "docker build -t greenhouse:latest .",
        "docker push greenhouse:latest",
        "kubectl set image deployment/planner planner=greenhouse:latest",
        "kubectl rollout status deployment/planner",
        "pm2 start src/worker.ts --name forecaster --instances 2",
        "k6 run test/load.js",
    ],
    "kiln": [],
    "observatory": [
        "alembic current",
        "alembic upgrade head",
        "systemctl restart observatory",
        "npm run build",
        "vercel --prod",
        "ab -n 100 -c 10 http://localhost:8630/api/health",
    ],
}
SERVED = {
    "aviary": {"aviary": "two"},
    "ferry": {"store": "two", "pool": "two", "export": "two", "terminal": "two"},
    "greenhouse": {"planner": "one"},
    "kiln": {"kiln": "two"},
    "observatory": {"observatory": "two"},
}
# What a faulty release is rolled back by: these calls come after the fault, in this order, and no others.
UNDONE = {
    "aviary": ["systemctl restart aviary"],
    "ferry": ["pm2 restart store"],
    "greenhouse": ["kubectl rollout undo deployment/planner"],
    "kiln": [],
    "observatory": ["vercel rollback", "systemctl restart observatory", "alembic downgrade -1"],
}
FAILED = {
    "aviary": "curl -fsS http://localhost:8610/health",
    "ferry": "curl -fsS http://localhost:8650/pay",
    "greenhouse": "k6 run test/load.js",
    "kiln": 'if [ "$STATUS" = "200" ]',
    "observatory": "ab -n 100",
}
BACK = {
    "aviary": {"aviary": "two"},
    "ferry": {"store": "one", "pool": "two", "export": "two", "terminal": "two"},
    "greenhouse": {"planner": "one"},
    "kiln": {"kiln": "one"},
    "observatory": {"observatory": "one"},
}
# The lines of the document that undid something, in the order in which they did. Sections that belong to a step of the
# release run last step first; within a section, line after line.
ROLLED_BACK = {
    "aviary": [174, 175, 176, 182, 183],
    "ferry": [97, 90, 91, 82, 83, 84],
    "greenhouse": [168, 171],
    "kiln": [203, 204, 205, 206, 207, 220, 221, 222],
    "observatory": [207, 200, 201, 194, 195],
}
# Never called: what the team left out, what belongs to a rollback, and what stands under troubleshooting.
NEVER = ("docker-compose down", "docker compose", "netlify", "terraform apply", "uvicorn", "kubectl scale", "nginx")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("manner", ["attended", "unattended"])
@pytest.mark.parametrize("name", NAMES)
def test_a_document_deploys_what_it_says_and_ends_in_go(tmp_path: Path, name: str, manner: str) -> None:
    stage = Stage(tmp_path, name)
    if manner == "unattended":
        stage.adopt()

    run = stage.run(manner)

    assert (run["verdict"], run["exit_code"]) == ("go", 0), run["why"]
    log = stage.read_log()
    assert in_order(DEPLOYED[name], log), log
    assert not [line for line in log if line.startswith(NEVER)]
    assert run["served"] == SERVED[name]
    assert find_open(run) == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", NAMES)
def test_a_faulty_release_is_no_go_and_undoes_what_was_reached_last_first(tmp_path: Path, name: str) -> None:
    stage = Stage(tmp_path, name, faulty=True)
    stage.adopt()

    run = stage.run("rollback")

    assert (run["verdict"], run["exit_code"]) == ("no_go", 1), run["why"]
    assert FAILED[name] in run["why"]
    log = stage.read_log()
    assert log[len(log) - len(UNDONE[name]) :] == UNDONE[name], log
    assert in_order([line for line in DEPLOYED[name] if line in log], log)
    assert run["served"] == BACK[name]
    assert list_undone(run) == ROLLED_BACK[name]


def list_undone(run: Any) -> list[int]:
    """The lines of the rollback that were done, in the order of their end."""
    items = [
        item
        for phase in run["phases"]
        for item in phase["items"]
        if phase["role"] == "rollback" or item["kind"] == "rollback"
    ]
    done = [item for item in items if item["state"]["finished_at"] is not None]
    return [item["line"] for item in sorted(done, key=lambda item: item["state"]["finished_at"])]


def in_order(wanted: list[str], lines: list[str]) -> bool:
    """Whether all of these lines stand in the log in this order."""
    rest = iter(lines)
    return all(any(line == each for line in rest) for each in wanted)


def find_open(run: Any) -> list[str]:
    """What stayed open on the way of a run that is over."""
    return [
        item["text"]
        for phase in run["phases"]
        if phase["role"] not in ("rollback", "followup", "info")
        for item in phase["items"]
        if item["kind"] not in ("info", "rollback")
        and item["runs"] != "never"
        and item["state"]["status"] == "open"
        and not item["for_later"]
    ]


@pytest.mark.parametrize("name", NAMES)
def test_an_adopted_document_asks_nothing(name: str) -> None:
    path = HERE / f"{name}.md"

    adopted = understand(Reading(document=path.read_bytes(), path=path.name, adoption=read_sidecar(path)))

    assert [question.item.text for question in list_questions(adopted)] == []
    assert [finding.message for finding in adopted.findings if finding.rule == "adoption"] == []


def test_days_of_the_first_week_are_tasks_after_the_release() -> None:
    path = HERE / "aviary.md"
    course = Course(understand(Reading(document=path.read_bytes(), path=path.name)))
    later = [item.text for item in course.items.values() if course.is_for_later(item)]
    assert later == ["Day 1:", "Day 2-3:", "Day 4-7:"]
    assert not {item.text for item in course.main} & set(later)
