"""The whole room over HTTP, from Markdown to report."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from gonogo.releases.running.counts import Counts
from tests.people import Server, grant_commands
from tests.releases.drive import wait_asked, wait_end, wait_until

CHECKLIST = """\
# Release the kettle

## Phase 1: Boil
```bash
water=hot
echo "temperature 100"
```
Expected: contains "temperature"

- [ ] The kitchen was told

## Phase 2: Pour
```bash
echo "$water" > cup
cat cup
```

## Rollback (< 2 minutes)
```bash
echo cold > cup
```

## Sign-off
- CTO: ________
"""


@pytest.fixture(autouse=True)
async def runs_commands(server: Server) -> None:
    """Operators here bring checklists that nobody has saved."""
    await grant_commands(server)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kettle.md"
    path.write_text(CHECKLIST)
    return path


async def post(client: httpx.AsyncClient, path: str, body: dict[str, Any] | None = None, expect: int = 200) -> Any:
    answer = await client.post(f"/api/{path}", json=body or {})
    assert answer.status_code == expect, answer.text
    return answer.json().get("data", answer.json())


async def get(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(f"/api/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def find_item(release: dict[str, Any], kind: str, text: str = "") -> dict[str, Any]:
    items = [item for phase in release["phases"] for item in phase["items"]]
    found: list[dict[str, Any]] = [item for item in items if item["kind"] == kind and text in item["text"]]
    assert found, [(item["kind"], item["text"]) for item in items]
    return found[0]


def rewrite(file: Path, text: str) -> None:
    """Somebody edits the checklist."""
    file.write_text(text)


async def test_from_plan_to_report(server: Server, file: Path) -> None:
    plan = await post(server.operator, "releases/plan", {"path": str(file)})
    assert plan["source"]["sha256"] == hashlib.sha256(CHECKLIST.encode()).hexdigest()
    release = await post(server.operator, "releases", {"path": str(file), "sha256": plan["source"]["sha256"]}, 201)
    run, human, sign = release["id"], find_item(release, "human"), find_item(release, "sign")
    await wait_asked(server.kernel, run, human["id"])
    ticked = await post(server.operator, f"releases/{run}/items/{human['id']}/tick", {"note": "by phone"})
    assert (ticked["state"]["status"], ticked["state"]["by"]) == ("done", "operator@example.test")
    await wait_asked(server.kernel, run, sign["id"])
    await post(server.operator, f"releases/{run}/items/{sign['id']}/sign", expect=403)
    await post(server.approver, f"releases/{run}/items/{sign['id']}/sign")
    await wait_end(server.kernel, run)
    ended = await get(server.viewer, f"releases/{run}")
    assert (ended["status"], ended["verdict"], ended["exit_code"]) == ("finished", "go", 0)
    assert find_item(ended, "check")["state"]["status"] == "passed"
    assert (file.parent / "cup").read_text() == "hot\n"
    await _check_record(server, run, ended)


async def _check_record(server: Server, run: str, ended: dict[str, Any]) -> None:
    proof = await get(server.viewer, f"releases/{run}/verify")
    assert (proof["ok"], proof["first_bad_seq"]) == (True, None)
    cat = find_item(ended, "run", "cat cup")
    output = await get(server.viewer, f"releases/{run}/items/{cat['id']}/output?offset=1")
    assert (output["text"], output["complete"], output["size"]) == ("ot\n", True, 4)
    journal = await get(server.viewer, f"releases/{run}/journal")
    assert [entry["seq"] for entry in journal] == list(range(1, ended["head_seq"] + 1))
    for form in ("md", "html", "json"):
        text = (await server.viewer.get(f"/api/releases/{run}/report?format={form}")).text
        assert "by phone" in text
        assert "approver@example.test" in text
    assert "http" not in text.split("<body>")[0] or form == "json"
    written = (await server.viewer.get(f"/api/releases/{run}/report?format=md")).text
    assert "- not needed: `echo cold > cup`\n" in written


async def test_changed_evidence_shows(server: Server, file: Path) -> None:
    release = await post(server.operator, "releases", {"path": str(file), "attended": False}, 201)
    await wait_end(server.kernel, release["id"])
    folder = server.kernel.config.folder / "runs" / release["id"]
    next(folder.glob("*.out")).write_text("as I please")
    proof = await get(server.viewer, f"releases/{release['id']}/verify")
    assert not proof["ok"]
    assert len(proof["changed_evidence"]) == 1


async def test_unattended_is_held(server: Server, file: Path) -> None:
    release = await post(server.operator, "releases", {"path": str(file), "attended": False}, 201)
    await wait_end(server.kernel, release["id"])
    held = await get(server.viewer, f"releases/{release['id']}")
    assert (held["status"], held["exit_code"], held["verdict"]) == ("held", 3, None)
    listed = (await server.viewer.get("/api/releases?status=held")).json()["data"]
    assert [each["id"] for each in listed] == [release["id"]]


async def test_rollback_over_http(server: Server, file: Path) -> None:
    rewrite(file, CHECKLIST.replace("cat cup", "cat cup; false"))
    release = await post(server.operator, "releases", {"path": str(file), "attended": True}, 201)
    run = release["id"]
    await wait_asked(server.kernel, run, find_item(release, "human")["id"])
    await post(server.operator, f"releases/{run}/items/{find_item(release, 'human')['id']}/tick")
    await wait_until(server.kernel, run, lambda state: state.asked is not None and state.asked.reason == "failed")
    await post(server.operator, f"releases/{run}/rollback")
    state = await wait_end(server.kernel, run)
    assert state.rollback is not None
    assert (state.verdict, state.rollback.outcome) == ("no_go", "passed")
    assert (file.parent / "cup").read_text() == "cold\n"
    again = await server.operator.post(f"/api/releases/{run}/rollback", json={})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/rollback-refused")
    report = (await server.viewer.get(f"/api/releases/{run}/report?format=md")).text
    assert "promised: 2m" in report


async def test_changed_file_must_be_approved_again(server: Server, file: Path) -> None:
    kept = await post(server.operator, "checklists", {"path": str(file)}, 201)
    approval = {"sha256": kept["sha256"]}
    await post(server.operator, f"checklists/{kept['id']}/approve", approval, expect=403)
    await post(server.approver, f"checklists/{kept['id']}/approve", approval)
    rewrite(file, CHECKLIST + "\nOne more line.\n")
    answer = await server.operator.post("/api/releases", json={"checklist": kept["id"]})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/plan-changed")
    by_path = await server.operator.post("/api/releases", json={"path": str(file)})
    assert by_path.status_code == 409
    stale = await server.approver.post(f"/api/checklists/{kept['id']}/approve", json=approval)
    assert stale.status_code == 409
    current = (await get(server.viewer, f"checklists/{kept['id']}/plan"))["source"]["sha256"]
    for source in ({"checklist": kept["id"]}, {"path": str(file)}):
        own = await server.operator.post("/api/releases", json={**source, "sha256": current})
        assert (own.status_code, own.json()["type"]) == (409, "/problems/plan-changed")
        assert own.json()["checklist"] == kept["id"]
    await post(server.approver, f"checklists/{kept['id']}/approve", {"sha256": current})
    await post(server.operator, "releases", {"checklist": kept["id"]}, 201)


@pytest.mark.parametrize(
    ("body", "status", "type"),
    [
        ({}, 422, "bad-input"),
        ({"path": "/nowhere.md"}, 404, "checklist-not-found"),
        ({"checklist": "no such id"}, 404, "checklist-not-found"),
        ({"markdown": "# x", "sha256": "0" * 64}, 409, "plan-changed"),
        ({"markdown": "- [ ] y", "workdir": "/nowhere"}, 422, "bad-input"),
        ({"markdown": "- [ ] y", "vars": {"1x": "y"}}, 422, "bad-input"),
        ({"markdown": "<!-- gonogo: run host=moon -->\n```bash\nls\n```\n"}, 422, "host-not-found"),
        ({"markdown": "<!-- gonogo: gate http.p95 < -->\n"}, 422, "plan-blocked"),
    ],
)
async def test_refusals(server: Server, body: dict[str, Any], status: int, type: str) -> None:
    answer = await server.operator.post("/api/releases", json=body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{type}"), answer.text


@pytest.mark.parametrize(
    "path", ["releases", "releases/x/rollback", "releases/x/stop", "releases/x/items/p1.1/tick", "checklists"]
)
async def test_viewers_only_look(server: Server, path: str) -> None:
    answer = await server.viewer.post(f"/api/{path}", json={})
    assert answer.status_code == 403


async def test_unknown_things(server: Server) -> None:
    assert (await server.viewer.get("/api/releases/none")).json()["type"] == "/problems/release-not-found"
    assert (await server.operator.post("/api/releases/none/items/a/dance", json={})).status_code == 422


async def test_signals(server: Server, file: Path) -> None:
    await post(server.operator, "releases", {"path": str(file)}, 201)
    counts = server.kernel.get_part(Counts)
    await counts.refresh(server.kernel)
    assert counts.values["releases.running"] == 1.0


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("releases", {"markdown": "# a", "on_nogo": "stop"}, "on_nogo"),
        ("releases/plan", {"markdown": "# a", "mode": "x"}, "mode"),
        ("incidents", {"title": "x", "severity": "huge"}, "severity"),
        ("actions/backup", {"option": {}}, "option"),
    ],
)
async def test_a_word_that_nobody_knows_is_refused(server: Server, path: str, body: dict[str, Any], field: str) -> None:
    refused = await post(server.operator, path, body, 422)
    assert (refused["field"], f"There is no field '{field}' here; there are " in refused["detail"]) == (field, True)


@pytest.mark.parametrize("query", [f"journal?after={2**63}", f"items/p1.1/output?offset={2**63}"])
async def test_numbers_that_no_database_holds_are_refused(server: Server, file: Path, query: str) -> None:
    run = await post(server.operator, "releases", {"path": str(file)}, 201)
    answer = await server.viewer.get(f"/api/releases/{run['id']}/{query}")
    assert answer.status_code == 422
    assert (await server.viewer.get("/api/releases?status=lost")).json()["field"] == "status"


BOXES = "- [ ] Cups are warm\n- [ ] Milk is in\n- [ ] Guests sit\n"
TICKS = f"# Ready\n\n## Before\n\n{BOXES}\n## Deploy\n\n```bash\necho pour\n```\n"


async def test_several_items_are_ticked_with_one_note_or_none_of_them(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "ready.md"
    rewrite(file, TICKS)
    release = await post(server.operator, "releases", {"path": str(file)}, 201)
    run = release["id"]
    ticks = [item["id"] for phase in release["phases"] for item in phase["items"] if item["kind"] == "human"]
    command = find_item(release, "run")["id"]
    await wait_asked(server.kernel, run, ticks[0])
    await post(server.operator, f"releases/{run}/items/tick", {"items": [*ticks, command]}, expect=409)
    await post(server.operator, f"releases/{run}/items/tick", {"items": []}, expect=422)
    await post(server.viewer, f"releases/{run}/items/tick", {"items": ticks}, expect=403)
    seen = await get(server.viewer, f"releases/{run}")
    assert {find_item(seen, "human", text)["state"]["status"] for text in ("Cups", "Milk", "Guests")} == {"open"}
    ticked = await post(server.operator, f"releases/{run}/items/tick", {"items": ticks, "note": "all of it"})
    assert [(item["id"], item["state"]["note"]) for item in ticked] == [(item, "all of it") for item in ticks]
    await wait_end(server.kernel, run)
    assert (await get(server.viewer, f"releases/{run}"))["verdict"] == "go"
