"""A secret planted in every field that can hold one: nothing that is shown or kept has it in clear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gonogo.jobs.desk import JobsDesk
from gonogo.kernel.config import Config
from gonogo.releases.actions.backup.machine import list_processes
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.people import Server

PLANTED = "planted-Zq7-w9Xk2-Vb4"
CHECKS = "/api/v1/observability/infrastructure/checks"
SHOWN = (
    *("/api/jobs", CHECKS, f"{CHECKS}/added", f"{CHECKS}/filed", "/api/webhooks/endpoints", "/api/settings"),
    *("/api/services", "/api/services/web", "/api/agents/templates", "/api/queue/schedules", "/api/events"),
    *("/jobs", "/observe", "/services", "/webhooks", "/settings", "/audit", "/"),
)
FILED = {
    "checks": {
        "filed": {
            "url": f"http://ann:{PLANTED}@127.0.0.1:1/?token={PLANTED}",
            "headers": {"X-Key": PLANTED},
            "body": f'{{"password": "{PLANTED}"}}',
            "method": "POST",
        }
    },
    "services": {"web": {"command": ["sleep", "600"], "env": {"DB_PASSWORD": PLANTED}, "autostart": False}},
    "jobs": {"agents": {"own": {"summary": "x", "connectors": ["shell"], "env": {"TOKEN": PLANTED}}}},
}
PAYLOAD = {"command": 'echo "it is $WORD"; echo "Authorization: Bearer $WORD" >&2; exit 3', "env": {"WORD": PLANTED}}


@pytest.fixture
async def planted(config: Config, clock: FakeClock) -> AsyncIterator[Server]:
    async with run_server(
        msgspec.structs.replace(config, tables=FILED, slack_webhook=f"https://x.test/{PLANTED}"), clock
    ) as server:
        yield server


async def post(server: Server, path: str, body: dict[str, Any]) -> Any:
    answer = await server.admin.post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    assert PLANTED not in answer.text
    return answer.json()["data"]


async def test_nothing_shown_or_kept_has_it(planted: Server, config: Config) -> None:
    job = await post(planted, "/api/jobs", {"type": "shell", "payload": PAYLOAD, "max_attempts": 1})
    await post(
        planted, "/api/jobs", {"type": "http", "payload": {"url": "http://127.0.0.1:1/", "headers": {"X": PLANTED}}}
    )
    check = {
        "name": "added",
        "url": f"http://127.0.0.1:1/?api_key={PLANTED}",
        "headers": {"X-Key": PLANTED},
        "every": "24h",
    }
    await post(planted, CHECKS, check | {"body": f'{{"token": "{PLANTED}"}}', "method": "POST"})
    schedule = {"cron": "0 0 1 1 *", "job": {"type": "shell", "payload": PAYLOAD}}
    answer = await planted.admin.put("/api/queue/schedules/yearly", json=schedule)
    assert answer.status_code == 200, answer.text
    assert PLANTED not in answer.text
    done = await wait_for_end(planted, job["id"])
    assert done["error"].startswith("The command ended with code 3")
    log = (await planted.admin.get(f"/api/jobs/{job['id']}/log")).text
    assert "it is ***" in log
    for path in (*SHOWN, f"/api/jobs/{job['id']}", f"/api/jobs/{job['id']}/log", f"/jobs/{job['id']}"):
        for client in (planted.viewer, planted.admin):
            answer = await client.get(path)
            assert answer.status_code in (200, 403), path
            assert PLANTED not in answer.text, path
    assert find_planted(Path(config.home)) == []


def find_planted(folder: Path) -> list[Path]:
    return [kept for kept in folder.rglob("*") if kept.is_file() and PLANTED.encode() in kept.read_bytes()]


async def test_a_worker_is_handed_what_was_sealed(planted: Server) -> None:
    job = await post(planted, "/api/jobs", {"type": "made.up", "payload": {"env": {"WORD": PLANTED}, "plain": "x"}})
    [claim] = await planted.kernel.get_part(JobsDesk).door.claim("w", ["type=made.up"], 1, "n")
    assert claim.id == job["id"]
    assert claim.payload == {"env": {"WORD": PLANTED}, "plain": "x"}


async def wait_for_end(server: Server, id: str) -> Any:
    async with asyncio.timeout(60):
        while True:
            job = (await server.viewer.get(f"/api/jobs/{id}")).json()["data"]
            if job["state"] in ("done", "dead"):
                return job
            await asyncio.sleep(0.02)


async def test_a_picture_of_the_machine_hides_command_lines() -> None:
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", "read x", "sh", "--password", PLANTED, stdin=asyncio.subprocess.PIPE
    )
    try:
        [found] = [each for each in list_processes() if each["pid"] == process.pid]
        assert "--password ********" in found["command"]
        assert PLANTED not in found["command"]
    finally:
        process.kill()
        await process.wait()
