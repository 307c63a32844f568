"""Nobody signs or decides in another's name: over REST, with keys, with the local key, with the SDK, in advance."""

from __future__ import annotations

import asyncio
import getpass
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gonogo.client.errors import ApiError
from gonogo.client.gonogo import Gonogo
from tests.people import Server, grant_commands
from tests.releases.drive import wait_asked, wait_end
from tests.releases.test_routes import find_item, get, post

CHECKLIST = """\
# Open the market hall

## Before
- [ ] The stalls are swept

## Deploy
```bash
echo open > hall
```

- **GO/NO-GO**: the crowd may come in

## Sign-off
- Hall manager: ________
"""
WE = f"{getpass.getuser()}@{socket.gethostname()}"


@pytest.fixture(autouse=True)
async def runs_commands(server: Server) -> None:
    """Operators and approvers here bring checklists that nobody has saved."""
    await grant_commands(server)
    await grant_commands(server, "approver")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hall.md"
    path.write_text(CHECKLIST)
    return path


@pytest.fixture
async def local(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    key = (server.kernel.config.folder / "local.key").read_text().strip()
    async with httpx.AsyncClient(base_url=server.url, headers={"authorization": f"Bearer {key}"}) as client:
        yield client


@pytest.fixture
async def key(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    made = await server.admin.post("/api/keys", json={"name": "robot", "scopes": ["admin"]})
    headers = {"authorization": f"Bearer {made.json()['token']}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        yield client


async def start(client: httpx.AsyncClient, file: Path, **more: Any) -> Any:
    return await post(client, "releases", {"path": str(file), "workdir": str(file.parent), **more}, 201)


async def go_to_sign(server: Server, client: httpx.AsyncClient, file: Path) -> tuple[str, str, str]:
    """A run that waits for its decision: its id, the gate's and the signature's."""
    release = await start(client, file)
    run, gate, sign = release["id"], find_item(release, "gate")["id"], find_item(release, "sign")["id"]
    human = find_item(release, "human")["id"]
    await wait_asked(server.kernel, run, human)
    await post(client, f"releases/{run}/items/{human}/tick")
    await wait_asked(server.kernel, run, gate)
    return run, gate, sign


async def refuse(client: httpx.AsyncClient, path: str, body: dict[str, Any], type: str) -> str:
    answer = await post(client, path, body, 403)
    assert answer["type"] == f"/problems/{type}", answer
    return str(answer["detail"])


@pytest.mark.parametrize("who", ["local", "key"])
@pytest.mark.parametrize("name", [None, "approver@example.test", "ada"])
async def test_keys_sign_and_decide_nothing(
    server: Server, file: Path, who: str, name: str | None, request: pytest.FixtureRequest, local: Any, key: Any
) -> None:
    client = {"local": local, "key": key}[who]
    run, gate, sign = await go_to_sign(server, client, file)
    named = {"name": name} if name else {}
    for decision in ("go", "no_go", "hold"):
        told = await refuse(
            client, f"releases/{run}/items/{gate}/decide", {"decision": decision, **named}, "person-needed"
        )
        assert "gonogo login" in told
    await refuse(client, f"releases/{run}/items/{gate}/skip", {"reason": "in a hurry", **named}, "person-needed")
    await post(server.approver, f"releases/{run}/items/{gate}/decide", {"decision": "go"})
    await wait_asked(server.kernel, run, sign)
    await refuse(client, f"releases/{run}/items/{sign}/sign", named, "person-needed")
    await refuse(client, f"releases/{run}/items/{sign}/skip", {"reason": "in a hurry", **named}, "person-needed")
    await post(server.approver, f"releases/{run}/items/{sign}/sign")
    ended = await wait_end(server.kernel, run)
    assert (ended.verdict, ended.get_item(sign).by) == ("go", "approver@example.test")


async def test_people_sign_for_themselves_only(server: Server, file: Path) -> None:
    run, gate, sign = await go_to_sign(server, server.operator, file)
    body = {"decision": "go", "name": "approver@example.test"}
    await refuse(server.operator, f"releases/{run}/items/{gate}/decide", body, "forbidden")
    await refuse(server.admin, f"releases/{run}/items/{gate}/decide", body, "forbidden")
    await post(server.admin, f"releases/{run}/items/{gate}/decide", {"decision": "go"})
    await wait_asked(server.kernel, run, sign)
    name = {"name": "approver@example.test"}
    await refuse(server.admin, f"releases/{run}/items/{sign}/sign", name, "forbidden")
    await refuse(server.operator, f"releases/{run}/items/{sign}/sign", {}, "four-eyes-needed")
    await refuse(server.operator, f"releases/{run}/items/{sign}/skip", {"reason": "no time"}, "forbidden")


async def test_who_started_it_signs_nothing_whatever_their_role(server: Server, file: Path) -> None:
    run, gate, sign = await go_to_sign(server, server.admin, file)
    await post(server.admin, f"releases/{run}/items/{gate}/decide", {"decision": "go"})
    await wait_asked(server.kernel, run, sign)
    told = await refuse(server.admin, f"releases/{run}/items/{sign}/sign", {}, "four-eyes-needed")
    assert "four_eyes = false" in told
    await refuse(server.admin, f"releases/{run}/items/{sign}/skip", {"reason": "no time"}, "four-eyes-needed")


@pytest.mark.parametrize("who", ["local", "key"])
async def test_accepting_in_advance_covers_ticks_alone(
    server: Server, file: Path, who: str, local: Any, key: Any
) -> None:
    client = {"local": local, "key": key}[who]
    release = await start(client, file, attended=False, accept_humans="approver@example.test")
    state = await wait_end(server.kernel, release["id"])
    human, gate = find_item(release, "human")["id"], find_item(release, "gate")["id"]
    me = WE if who == "local" else "key robot"
    assert (state.status, state.get_item(human).by) == ("held", f"{me} for approver@example.test")
    assert (state.get_item(gate).status, state.get_item(gate).by) == ("open", None)


async def test_a_person_accepts_in_advance_in_no_other_name(server: Server, file: Path) -> None:
    body = {"path": str(file), "attended": False, "accept_humans": "approver@example.test"}
    for client in (server.operator, server.approver):
        expected = 403 if client is server.operator else 201
        await post(client, "releases", {**body, "target": str(expected)}, expected)
    await post(server.operator, "releases", {"path": str(file), "as": "approver@example.test"}, 403)


async def test_the_sdk_is_refused_as_everybody_is(server: Server, file: Path, local: httpx.AsyncClient) -> None:
    run, gate, sign = await go_to_sign(server, local, file)

    def try_all() -> list[str]:
        token = local.headers["authorization"].removeprefix("Bearer ")
        told = []
        with Gonogo(server.url, token) as gonogo:
            for act in (
                lambda: gonogo.releases.decide(run, gate, "go", name="approver@example.test"),
                lambda: gonogo.releases.decide(run, gate, "go"),
                lambda: gonogo.releases.sign(run, sign, name="approver@example.test"),
                lambda: gonogo.releases.skip(run, sign, "no time", name="approver@example.test"),
            ):
                with pytest.raises(ApiError) as refused:
                    act()
                told.append(refused.value.type)
        return told

    told = await asyncio.to_thread(try_all)
    assert {each.rpartition("/")[2] for each in told} == {"person-needed"}


async def test_the_journal_says_who_it_was_and_for_whom(server: Server, file: Path, local: httpx.AsyncClient) -> None:
    release = await start(local, file, **{"as": "anna"})
    run, human = release["id"], find_item(release, "human")["id"]
    assert release["started_by_name"] == f"{WE} for anna"
    await wait_asked(server.kernel, run, human)
    await post(local, f"releases/{run}/items/{human}/tick", {"name": "anna", "note": "by phone"})
    journal = await get(server.viewer, f"releases/{run}/journal")
    for name in ("started", "item_ticked"):
        [entry] = [entry for entry in journal if entry["name"] == name]
        assert (entry["actor"], entry["actor_name"], entry["data"]["for"]) == ("local", WE, "anna")
    report = (await server.viewer.get(f"/api/releases/{run}/report?format=md")).text
    assert f"{WE} for anna" in report


async def test_services_of_one_environment_do_not_lock_each_other(server: Server, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "stalls.md"
    other.write_text(CHECKLIST)
    first = await start(server.operator, file, env="production")
    second = await start(server.operator, other, env="production")
    assert {first["target"], second["target"]} == {f"production:{file}", f"production:{other}"}
    await start(server.operator, file, env="staging")
    again = {"path": str(file), "env": "production"}
    assert (await post(server.operator, "releases", again, 409))["type"] == "/problems/target-locked"
    named = await start(server.operator, file, env="production", target="fountain")
    assert named["target"] == "production:fountain"
    again = {"path": str(other), "env": "production", "target": "fountain"}
    assert (await post(server.operator, "releases", again, 409))["type"] == "/problems/target-locked"
