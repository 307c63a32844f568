"""Swaps and rollbacks under load: nothing is refused, reset or answered with an error. The long one is a benchmark."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.services.commands.swapping import roll_back, swap_service
from gonogo.services.schemas import SwapRequest
from tests.services.stage import Stage, await_ready, await_true, command, find_port, web
from tests.services.test_swap import WORDS, need_program

MOVES = 2


@asynccontextmanager
async def load(port: int) -> AsyncIterator[dict[str, int]]:
    """Requests all the while; what became of them is known at the end."""
    seen: dict[str, int] = {}
    sender = await asyncio.create_subprocess_exec(*command("load", str(port)), stdout=asyncio.subprocess.PIPE)
    try:
        yield seen
    finally:
        sender.terminate()
        seen |= json.loads((await sender.communicate())[0])


@pytest.mark.parametrize("driver", ["socket", "reuseport", "caddy", "nginx", "haproxy"])
async def test_no_request_fails(stage: Stage, driver: str) -> None:
    need_program(driver)
    port = find_port()
    table = web(port, driver=driver, replicas=2, command=command("web", WORDS.get(driver, "port:{port}")), drain="30s")

    def has_drained() -> bool:
        return {each.role for each in stage.state("web").instances} <= {"active", "proxy"}

    async with stage.open(web=table) as kernel:
        await await_ready(kernel, "web")
        async with load(port) as seen:
            for _ in range(MOVES):
                assert (await swap_service(kernel, SYSTEM, "web", SwapRequest())).status == "done"
                await await_true(has_drained, "the old version's end")
                assert (await roll_back(kernel, SYSTEM, "web")).status == "done"
                await await_true(has_drained, "the new version's end")
        assert list(seen) == ["200 OK"]
        assert seen["200 OK"] > MOVES
