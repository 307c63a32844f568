"""The ComfyUI connector against a stand-in that keeps ComfyUI's traps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gonogo.jobs.connectors.comfyui import following
from gonogo.jobs.connectors.comfyui.connector import ComfyConnector, PromptFailed, PromptLost
from gonogo.jobs.connectors.connector import Product, Run
from gonogo.jobs.schemas import Claim
from gonogo.kernel.durable import GiveUp
from tests.jobs.connectors.stand_ins.comfyui import PICTURE, ComfyStandIn
from tests.jobs.connectors.stand_ins.serving import serve

JOB = "0198c9a4-0000-7000-8000-000000000001"
GRAPH: dict[str, Any] = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "tiny.safetensors"}},
    "2": {"class_type": "KSampler", "inputs": {"seed": 7, "model": ["1", 0]}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}},
}


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_S", 0.05)


@pytest.fixture
def comfy() -> ComfyStandIn:
    return ComfyStandIn()


@pytest.fixture
async def connector(comfy: ComfyStandIn) -> AsyncIterator[ComfyConnector]:
    async with serve(comfy.make_app()) as url:
        connector = ComfyConnector(url)
        yield connector
        await connector.close()


class Shelf:
    """Keeps what jobs make, for the test to look at."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, bytes, Any]] = []

    async def keep(self, run: Run, product: Product) -> str:
        self.kept.append((product.name, product.path.read_bytes(), dict(product.facts)))
        return f"asset-{len(self.kept)}"


def make_run(type: str = "comfyui.prompt", graph: Any = GRAPH, attempt: int = 1, shelf: Shelf | None = None) -> Run:
    claim = Claim(id=JOB, fence=attempt, attempt=attempt, type=type, payload={"prompt": graph}, max_attempts=3)
    return Run(claim, (shelf or Shelf()).keep)


async def wait_until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 — the stand-in's lists offer no event
            await asyncio.sleep(0.01)


async def test_a_graph_runs_and_what_it_made_is_kept(connector: ComfyConnector, comfy: ComfyStandIn) -> None:
    comfy.go.set()
    shelf = Shelf()
    run = make_run(shelf=shelf)
    answer = await connector.run(run)
    assert answer["assets"] == ["asset-1"]
    name, content, facts = shelf.kept[0]
    assert (name, content) == ("pier_3.png", PICTURE + b"pier_3.png")
    assert facts["model"] == "tiny.safetensors"
    assert facts["inputs"][0]["name"] == "graph"
    assert comfy.runs == [answer["prompt_id"]]


async def test_progress_is_told_by_node(connector: ComfyConnector, comfy: ComfyStandIn) -> None:
    run = make_run()
    work = asyncio.create_task(connector.run(run))
    await wait_until(lambda: comfy.running)
    comfy.go.set()
    await work
    lines = run.take_news()[2]
    assert lines[0].startswith("Queued in ComfyUI as ")


async def test_a_silent_socket_does_not_hide_the_end(connector: ComfyConnector, comfy: ComfyStandIn) -> None:
    comfy.silent = True
    comfy.go.set()
    assert (await connector.run(make_run()))["assets"] == ["asset-1"]


async def test_cancelling_interrupts_what_runs(connector: ComfyConnector, comfy: ComfyStandIn) -> None:
    work = asyncio.create_task(connector.run(make_run()))
    await wait_until(lambda: comfy.running)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert comfy.interrupted == comfy.runs


async def test_cancelling_takes_back_what_waits_and_spares_others(
    connector: ComfyConnector, comfy: ComfyStandIn
) -> None:
    comfy.running.append([0, "somebody-else", {}, {}, []])
    work = asyncio.create_task(connector.run(make_run()))
    await wait_until(lambda: comfy.pending)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert comfy.pending == []
    assert comfy.interrupted == []


async def test_an_interrupt_from_there_is_a_failure(connector: ComfyConnector, comfy: ComfyStandIn) -> None:
    work = asyncio.create_task(connector.run(make_run()))
    await wait_until(lambda: comfy.running)
    comfy._works[comfy.runs[0]].cancel()
    with pytest.raises(PromptFailed, match="interrupted"):
        await work


async def test_a_failing_node_is_named(connector: ComfyConnector, comfy: ComfyStandIn) -> None:
    comfy.fail_node = "2"
    with pytest.raises(PromptFailed, match=r"Node 2 \(KSampler\) failed: CUDA out of memory"):
        await connector.run(make_run())


async def test_absent_from_queue_and_history_is_lost_not_done(connector: ComfyConnector, comfy: ComfyStandIn) -> None:
    work = asyncio.create_task(connector.run(make_run()))
    await wait_until(lambda: comfy.running)
    comfy.forget()
    with pytest.raises(PromptLost):
        await work


async def test_the_next_attempt_finds_the_prompt_again(connector: ComfyConnector, comfy: ComfyStandIn) -> None:
    first = asyncio.create_task(connector.run(make_run()))
    await wait_until(lambda: comfy.running)
    second_run = make_run(attempt=2)
    second = asyncio.create_task(connector.run(second_run))
    await wait_until(lambda: second_run._lines)
    comfy.go.set()
    answers = await asyncio.gather(first, second)
    assert len(comfy.runs) == 1, "the same prompt ran twice"
    assert answers[0]["prompt_id"] == answers[1]["prompt_id"]


async def test_a_prompt_that_failed_is_submitted_under_a_new_id(connector: ComfyConnector, comfy: ComfyStandIn) -> None:
    comfy.fail_node = "2"
    with pytest.raises(PromptFailed):
        await connector.run(make_run())
    comfy.fail_node = ""
    comfy.go.set()
    await connector.run(make_run(attempt=2))
    assert len(set(comfy.runs)) == 2


async def test_a_bad_graph_is_given_up_with_its_reason(connector: ComfyConnector) -> None:
    graph = {**GRAPH, "2": {"class_type": "KSampler", "inputs": {}}}
    with pytest.raises(GiveUp, match=r"node 2 \(KSampler\): Required input is missing seed"):
        await connector.run(make_run(graph=graph))


async def test_missing_nodes_are_found_before_anything_is_queued(
    connector: ComfyConnector, comfy: ComfyStandIn
) -> None:
    graph = {**GRAPH, "4": {"class_type": "FancyUpscaler", "inputs": {}}}
    assert await connector.run(make_run("comfyui.check", graph)) == {"missing": ["FancyUpscaler"]}
    with pytest.raises(GiveUp, match="FancyUpscaler"):
        await connector.run(make_run(graph=graph))
    assert comfy.pending == []
    assert comfy.runs == []
