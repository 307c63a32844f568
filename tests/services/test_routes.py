"""The API and the pages: who may do what, what is shown, and that secrets are not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from gonogo.kernel.config import Config
from gonogo.kernel.signals import Series, evaluate, parse_expression
from gonogo.services.output import OutputWatch
from gonogo.services.signals import MEASURE_S
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.people import Server
from tests.services.stage import PATIENCE_S, ask, await_ready, await_true, command, end_keepers, find_port, web

PATH = "/api/services"


@pytest.fixture
def port() -> int:
    return find_port()


@pytest.fixture
async def server(config: Config, clock: FakeClock, port: int) -> AsyncIterator[Server]:
    """A running Gonogo with one service that is ready and one that was never started."""
    tables = {
        "services": {"web": web(port, env={"PASS": "hush"}), "idle": {"command": ["sleep", "603"], "autostart": False}}
    }
    async with run_server(msgspec.structs.replace(config, tables=tables), clock) as server:
        await await_ready(server.kernel, "web")
        yield server
    await end_keepers(config.folder)


async def test_everybody_may_look_and_operators_may_move(server: Server, port: int) -> None:
    listed = (await server.viewer.get(PATH)).json()["data"]
    assert [(each["name"], each["condition"], each["ready"]) for each in listed] == [
        ("web", "ready", 1),
        ("idle", "down", 0),
    ]
    assert (await server.stranger.get(PATH)).status_code == 401
    for move in ("swap", "rollback", "restart"):
        assert (await server.viewer.post(f"{PATH}/web/{move}")).status_code == 403
    assert (await server.viewer.post(f"{PATH}/down")).status_code == 403
    swap = (await server.operator.post(f"{PATH}/web/swap", json={"version": "blue"})).json()["data"]
    assert (swap["status"], swap["from_version"], swap["to_version"]) == ("done", "v1", "blue")
    assert (await ask(port)).startswith("blue ")
    back = (await server.operator.post(f"{PATH}/web/rollback")).json()["data"]
    assert (back["kind"], back["to_version"]) == ("rollback", "v1")
    kinds = [each["kind"] for each in (await server.viewer.get(f"{PATH}/web/swaps")).json()["data"]]
    assert kinds == ["rollback", "swap"]


async def test_problems_say_what_to_do(server: Server) -> None:
    missing = await server.viewer.get(f"{PATH}/shop")
    assert missing.status_code == 404
    assert "There is no service 'shop' in gonogo.toml (there: web, idle)" in missing.json()["detail"]
    down = await server.operator.post(f"{PATH}/idle/swap")
    assert (down.status_code, down.json()["type"]) == (409, "/problems/service-down")
    assert "gonogo services up idle" in down.json()["detail"]
    bad = await server.operator.post(f"{PATH}/web/scale", json={"replicas": 0})
    assert bad.status_code in (400, 422)


async def read_pids(server: Server) -> set[int]:
    return {each["pid"] for each in (await server.viewer.get(f"{PATH}/web")).json()["data"]["processes"]}


async def test_up_scale_restart_and_down(server: Server) -> None:
    started = (await server.operator.post(f"{PATH}/up", json={"names": ["idle"]})).json()["data"]
    assert [each["version"] for each in started] == ["v1", "v1"]
    scaled = (await server.operator.post(f"{PATH}/web/scale", json={"replicas": 2})).json()["data"]
    assert scaled["replicas"] == 2
    await await_ready(server.kernel, "web")
    before = await read_pids(server)
    await server.operator.post(f"{PATH}/web/restart")
    async with asyncio.timeout(PATIENCE_S):
        while len(after := await read_pids(server)) != 2 or not before.isdisjoint(after):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # one after the other is replaced
    await await_ready(server.kernel, "web")
    ended = (await server.operator.post(f"{PATH}/down")).json()["data"]
    assert [each["condition"] for each in ended] == ["down", "down"]


async def test_logs_are_read_searched_and_followed(server: Server, port: int) -> None:
    end = (await server.viewer.get(f"{PATH}/web/logs", params={"search": "SERVING"})).json()["data"]
    assert end["text"].endswith("v1/1 serving v1\n")
    place = (await server.viewer.get(f"{PATH}/web/logs")).json()["data"]["next_offset"]
    watch = OutputWatch(server.kernel)
    await watch.look()
    with server.kernel.bus.subscribe("output:web") as heard:
        await server.operator.post(f"{PATH}/web/swap", json={"version": "blue"})
        await watch.look()
        assert (await heard.get()).name == "output.grown"
    part = (await server.viewer.get(f"{PATH}/web/logs", params={"offset": place})).json()["data"]
    assert part["text"].endswith("serving blue\n")


@pytest.mark.parametrize("offset", ["abc", "-1", "1:2:3", "7:99999999999999999999"])
async def test_an_offset_that_is_none_is_refused(server: Server, offset: str) -> None:
    answer = await server.viewer.get(f"{PATH}/web/logs", params={"offset": offset})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "'offset': Expected 0, or the next_offset of the part before"


async def test_versions_hide_values(server: Server) -> None:
    answer = await server.viewer.get(f"{PATH}/web/versions")
    (version,) = answer.json()["data"]
    assert (version["version"], version["env"]) == ("v1", ["PASS"])
    assert "hush" not in answer.text


async def test_signals(server: Server, clock: FakeClock) -> None:
    def judge(text: str) -> str:
        kernel = server.kernel
        kernel.signals.sample_all(kernel.clock.now())
        return evaluate(parse_expression(text), kernel.signals, kernel.clock.now()).outcome

    assert judge("service.up{service=web} == 1") == "true"
    assert judge("service.up{service=idle} == 1") == "false"
    assert judge("service.restarts{service=web} == 0") == "true"

    def find_memory() -> list[Series]:
        clock.advance(MEASURE_S)
        return server.kernel.signals.find_samples("process.rss", {"service": "web"})

    found = await await_true(find_memory, "a measure")
    assert found[0].samples[-1][1] > 1_000_000


async def test_the_pages(server: Server) -> None:
    for path in ("/services", "/services/web", "/services/idle", "/services/web?search=serving", "/"):
        page = await server.viewer.get(path, headers={"accept": "text/html"})
        assert page.status_code == 200, path
        assert "hush" not in page.text
    assert (await server.viewer.get("/services/shop")).status_code == 404
    assert 'value="swap"' not in (await server.viewer.get("/services/web")).text
    assert 'value="swap"' in (await server.operator.get("/services/web")).text
    refused = await server.operator.post("/services/web", data={"move": "rollback"})
    assert refused.status_code == 409
    assert "there is no earlier version" in refused.text
    moved = await server.operator.post("/services/web", data={"move": "swap", "version": "blue"})
    assert moved.status_code == 303
    assert "blue" in (await server.viewer.get("/services/web")).text


async def test_the_page_shows_what_the_version_in_service_is_started_with(server: Server) -> None:
    body = {"version": "green", "command": command("web", "{fd}", "in-green")}
    refused = await server.operator.post(f"{PATH}/web/swap", json=body)
    assert (refused.status_code, refused.json()["required_permission"]) == (403, "commands:run")
    swapped = await server.admin.post(f"{PATH}/web/swap", json=body)
    assert swapped.json()["data"]["status"] == "done"
    assert "in-green" in (await server.viewer.get("/services/web")).text
