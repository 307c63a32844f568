"""Commands and requests as jobs: what comes back, what may be tried again, and that nothing is left running."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from gonogo.jobs.connectors.connector import JobFailed, Run
from gonogo.jobs.connectors.http import HttpConnector
from gonogo.jobs.connectors.shell import ShellConnector
from gonogo.jobs.schemas import Claim
from gonogo.kernel.durable import GiveUp, TryAgain
from gonogo.kernel.outgoing.guard import Guard
from tests.jobs.waiting import wait_until


def make_run(type: str, **payload: Any) -> Run:
    return Run(Claim(id="j", fence=1, attempt=1, type=type, payload=payload))


async def test_a_command_has_its_folder_and_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONOGO_API_KEY", "secret")
    command = 'pwd; echo "$CITY"; echo "key=$GONOGO_API_KEY"'
    run = make_run("shell", command=command, cwd=str(tmp_path), env={"CITY": "Ghent"})
    assert await ShellConnector().run(run) == {"exit_code": 0, "output": f"{tmp_path}\nGhent\nkey="}
    assert run.take_news()[2] == (str(tmp_path), "Ghent", "key=")


async def test_a_long_line_and_one_without_an_end_are_kept() -> None:
    run = make_run("shell", command="head -c 200000 /dev/zero | tr '\\0' x; echo; printf last")
    result = await ShellConnector().run(run)
    assert result["output"].endswith("\nlast")
    assert result["output"].count("x") == 200_000


async def test_of_much_output_the_end_is_kept() -> None:
    run = make_run("shell", command="head -c 3000000 /dev/zero | tr '\\0' x; echo; printf last")
    result = await ShellConnector().run(run)
    assert result["output"].endswith("\nlast")
    assert len(result["output"]) == 1_048_576


BAD_COMMANDS = [
    {},
    {"command": ""},
    {"command": "true", "shell": "zsh"},
    {"command": "tr\0ue"},
    {"command": "x" * 200_000},
]


@pytest.mark.parametrize("payload", BAD_COMMANDS)
async def test_a_command_that_is_none_is_hopeless(payload: dict[str, Any]) -> None:
    with pytest.raises(GiveUp):
        await ShellConnector().run(make_run("shell", **payload))


async def test_a_folder_that_is_not_there_is_hopeless() -> None:
    with pytest.raises(GiveUp, match="No such file"):
        await ShellConnector().run(make_run("shell", command="true", cwd="/nowhere"))


async def test_a_command_out_of_time_is_ended_with_all_its_children(tmp_path: Path) -> None:
    command = f"sh -c 'trap \"\" TERM; echo $$ > {tmp_path}/pid; while :; do sleep 0.05; done' & wait"
    with pytest.raises(TimeoutError, match=r"longer than 0.5 s"):
        await ShellConnector().run(make_run("shell", command=command, timeout=0.5))
    pid = int((tmp_path / "pid").read_text())
    await wait_until(lambda: has_ended(pid))


async def test_a_cancelled_command_is_ended(tmp_path: Path) -> None:
    command = f"echo $$ > {tmp_path}/pid; sleep 60"
    running = asyncio.create_task(ShellConnector().run(make_run("shell", command=command)))
    await wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert has_ended(int((tmp_path / "pid").read_text()))


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """A server that answers with the status its path names."""

    async def answer(request: web.Request) -> web.Response:
        status = int(request.match_info["status"])
        headers = {"Retry-After": "40"} if status == 429 else {}
        body = {"method": request.method, "sent": await request.text(), "tag": request.headers.get("X-Tag")}
        return web.json_response(body, status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{status}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[HttpConnector]:
    connector = HttpConnector(Guard("127.0.0.1", "jobs_allow"))
    yield connector
    await connector.close()


async def test_a_request_is_sent_as_it_says(http: HttpConnector, address: str) -> None:
    run = make_run("http", url=f"{address}/201", method="POST", headers={"X-Tag": "t"}, json={"n": 1})
    result = await http.run(run)
    assert result["status"] == 201
    assert '"sent": "{\\"n\\": 1}"' in result["body"]
    assert '"tag": "t"' in result["body"]


async def test_what_may_pass_is_tried_again_and_what_can_not_is_given_up(http: HttpConnector, address: str) -> None:
    with pytest.raises(JobFailed, match="503"):
        await http.run(make_run("http", url=f"{address}/503"))
    with pytest.raises(TryAgain) as again:
        await http.run(make_run("http", url=f"{address}/429"))
    assert again.value.after_s == 40
    with pytest.raises(GiveUp, match="404"):
        await http.run(make_run("http", url=f"{address}/404"))
    with pytest.raises(GiveUp, match="fit a 'http' job: 'url': Expected an address that begins with http:// or"):
        await http.run(make_run("http", url="ftp://example.com"))
    with pytest.raises(JobFailed, match=r"GET http://127.0.0.1:1/ got no answer: .*Connect call failed"):
        await http.run(make_run("http", url="http://127.0.0.1:1/"))


@pytest.mark.parametrize(
    "wrong",
    [{"url": "http://"}, {"url": "http://x:99999/"}, {"headers": {"X-Tag": "a\nb"}}, {"json": {}, "body": "x"}],
)
async def test_a_request_that_can_not_be_sent_is_hopeless(
    http: HttpConnector, address: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(GiveUp):
        await http.run(make_run("http", **{"url": f"{address}/201", **wrong}))
