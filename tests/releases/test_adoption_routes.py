"""Answers to a checklist's doubts over HTTP: kept beside a file or with a text, pinned, approved again."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.people import Server, grant_commands
from tests.releases.drive import wait_asked, wait_end
from tests.releases.test_routes import find_item, get, post

CHECKLIST = """\
# Light the beacon

## Deploy

```bash
echo oil > lamp
cat lamp <wick>
```
"""


@pytest.fixture(autouse=True)
async def runs_commands(server: Server) -> None:
    """Operators here bring checklists that nobody has saved."""
    await grant_commands(server)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "beacon.md"
    path.write_text(CHECKLIST)
    return path


async def put(server: Server, checklist: str, expect: int = 200, **body: Any) -> Any:
    answer = await server.operator.put(f"/api/checklists/{checklist}/adoption", json=body)
    assert answer.status_code == expect, answer.text
    return answer.json().get("data", answer.json())


def read_toml(file: Path) -> list[dict[str, Any]]:
    return tomllib.loads(file.with_name("beacon.md.gonogo.toml").read_text())["item"]


async def test_an_answer_is_kept_beside_the_file_and_pins_the_plan_anew(server: Server, file: Path) -> None:
    kept = await post(server.operator, "checklists", {"path": str(file)}, 201)
    before = await get(server.viewer, f"checklists/{kept['id']}/adoption")
    assert before["sha256"] == kept["sha256"] == hashlib.sha256(CHECKLIST.encode()).hexdigest()
    [question] = before["questions"]
    assert (question["doubt"], question["proposal"], question["line"]) == ("placeholder", "hand", 7)
    await post(server.approver, f"checklists/{kept['id']}/approve", {"sha256": kept["sha256"]})

    after = await put(server, kept["id"], answers=[{"key": question["key"], "answer": "hand"}])
    assert after["questions"] == []
    [entry] = read_toml(file)
    assert (entry["text"], entry["answer"], entry["by"]) == ("cat lamp <wick>", "hand", "operator@example.test")
    plan = await get(server.viewer, f"checklists/{kept['id']}/plan")
    assert plan["source"]["sha256"] == after["sha256"] != kept["sha256"]
    refused = await server.operator.post(
        "/api/releases", json={"checklist": kept["id"], "sha256": plan["source"]["sha256"]}
    )
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/plan-changed")
    await post(server.approver, f"checklists/{kept['id']}/approve", {"sha256": plan["source"]["sha256"]})
    release = await post(server.operator, "releases", {"checklist": kept["id"], "attended": False}, 201)
    assert find_item(release, "human", "cat lamp <wick>")["need"] == "tick"

    undone = await put(server, kept["id"], remove=[question["key"]])
    assert [each["key"] for each in undone["questions"]] == [question["key"]]


async def test_answers_to_a_pasted_checklist_stay_with_its_text(server: Server) -> None:
    kept = await post(server.admin, "checklists", {"name": "beacon", "markdown": CHECKLIST}, 201)
    [question] = (await get(server.viewer, f"checklists/{kept['id']}/adoption"))["questions"]
    after = await put(server, kept["id"], answers=[{"key": question["key"], "answer": "out", "why": "no wick"}])
    assert tomllib.loads(after["toml"])["item"][0]["why"] == "no wick"
    assert (await get(server.viewer, f"checklists/{kept['id']}"))["sha256"] == after["sha256"]
    plan = await post(server.viewer, "releases/plan", {"markdown": CHECKLIST, "adoption": after["toml"]})
    assert plan["source"]["sha256"] == after["sha256"]
    copy = await post(
        server.admin, "checklists", {"name": "copy", "markdown": CHECKLIST, "adoption": after["toml"]}, 201
    )
    assert copy["sha256"] == after["sha256"]


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"key": "nothing", "answer": "hand"}, "answers[0].key"),
        ({"answer": "signal", "signal": "a < 1"}, "answers[0].answer"),
        ({"answer": "out"}, "answers[0].why"),
        ({"answer": "host"}, "answers[0].host"),
    ],
)
async def test_what_is_no_answer_is_refused(server: Server, file: Path, answer: dict[str, str], field: str) -> None:
    kept = await post(server.operator, "checklists", {"path": str(file)}, 201)
    [question] = (await get(server.viewer, f"checklists/{kept['id']}/adoption"))["questions"]
    problem = await put(server, kept["id"], 422, answers=[{"key": question["key"], **answer}])
    assert problem["field"] == field
    assert not file.with_name("beacon.md.gonogo.toml").exists()


async def test_a_file_that_cant_be_read_is_left_alone(server: Server, file: Path) -> None:
    kept = await post(server.operator, "checklists", {"path": str(file)}, 201)
    [question] = (await get(server.viewer, f"checklists/{kept['id']}/adoption"))["questions"]
    side = file.with_name("beacon.md.gonogo.toml")
    side.write_text("[[item]\n")
    problem = await put(server, kept["id"], 409, answers=[{"key": question["key"], "answer": "hand"}])
    assert problem["type"] == "/problems/adoption-unreadable"
    assert side.read_text() == "[[item]\n"
    refused = await server.operator.post("/api/releases", json={"checklist": kept["id"]})
    assert refused.json()["type"] == "/problems/plan-blocked"


async def test_viewers_answer_nothing(server: Server, file: Path) -> None:
    kept = await post(server.operator, "checklists", {"path": str(file)}, 201)
    answer = await server.viewer.put(f"/api/checklists/{kept['id']}/adoption", json={})
    assert answer.status_code == 403


async def test_answers_are_the_callers_own(server: Server, file: Path) -> None:
    kept = await post(server.operator, "checklists", {"path": str(file)}, 201)
    [question] = (await get(server.viewer, f"checklists/{kept['id']}/adoption"))["questions"]
    problem = await put(server, kept["id"], 422, answers=[{"key": question["key"], "answer": "hand", "by": "the boss"}])
    assert problem["field"] == "answers[0].by"


async def test_a_run_gives_the_answers_it_was_given(server: Server, file: Path) -> None:
    release = await post(server.operator, "releases", {"path": str(file)}, 201)
    run, asked = release["id"], find_item(release, "run", "cat lamp")
    await wait_asked(server.kernel, run, asked["id"])
    assert (await get(server.viewer, f"releases/{run}/adoption"))["entries"] == []
    await post(server.operator, f"releases/{run}/items/{asked['id']}/skip", {"reason": "no wick today"})
    await wait_end(server.kernel, run)
    answers = await get(server.viewer, f"releases/{run}/adoption")
    [entry] = answers["entries"]
    assert (entry["answer"], entry["why"], entry["by"]) == ("out", "no wick today", "operator@example.test")
    file.with_name("beacon.md.gonogo.toml").write_text(answers["toml"])
    again = await post(server.operator, "releases", {"path": str(file), "attended": False}, 201)
    await wait_end(server.kernel, again["id"])
    ended = await get(server.viewer, f"releases/{again['id']}")
    assert ended["verdict"] == "go"


async def test_variables_of_the_run_raise_no_doubt(server: Server, tmp_path: Path) -> None:
    text = "# Kiosk\n\n## Deploy\n\n```bash\ngit checkout $VERSION\n```\n"
    plan = {"markdown": text}
    [bare] = (await post(server.viewer, "releases/plan", plan))["phases"][-1]["items"]
    told = {**plan, "vars": {"VERSION": "1.4.2"}}
    [given] = (await post(server.viewer, "releases/plan", told))["phases"][-1]["items"]
    assert (bare["doubt"], given["doubt"]) == ("unset", None)
    kept = await post(server.admin, "checklists", {"name": "kiosk", **plan}, 201)
    path = f"checklists/{kept['id']}"
    assert len((await get(server.viewer, f"{path}/adoption"))["questions"]) == 1
    assert (await get(server.viewer, f"{path}/adoption?var=VERSION"))["questions"] == []
    [named] = (await get(server.viewer, f"{path}/plan?var=OTHER&var=VERSION"))["phases"][-1]["items"]
    assert named["runs"] == "auto"
