"""The Ollama connector against a stand-in: whole answers, progress, errors of every kind, cuts, and hanging up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gonogo.jobs.connectors import open_connectors
from gonogo.jobs.connectors.connector import Product, Run
from gonogo.jobs.connectors.ollama import OllamaConnector, OllamaFailed, StreamCut
from gonogo.jobs.schemas import Claim
from gonogo.kernel.durable import GiveUp, TryAgain
from tests.jobs.connectors.stand_ins.ollama import OllamaStandIn
from tests.jobs.connectors.stand_ins.serving import serve

CHAT = {"model": "tiny:latest", "messages": [{"role": "user", "content": "How is the tide?"}]}
GENERATE = {"model": "tiny:latest", "prompt": "How is the tide?"}


@pytest.fixture
def ollama() -> OllamaStandIn:
    return OllamaStandIn()


@pytest.fixture
async def connector(ollama: OllamaStandIn) -> AsyncIterator[OllamaConnector]:
    async with serve(ollama.make_app()) as url:
        connector = OllamaConnector(url)
        yield connector
        await connector.close()


def make_run(type: str, payload: Any, keep: Any = None) -> Run:
    return Run(Claim(id="0198c9a4-0000-7000-8000-000000000001", fence=1, attempt=1, type=type, payload=payload), keep)


@pytest.mark.parametrize(("type", "payload"), [("ollama.chat", CHAT), ("ollama.generate", GENERATE)])
async def test_an_answer_comes_whole_with_its_figures(connector: OllamaConnector, type: str, payload: Any) -> None:
    run = make_run(type, payload)
    answer = await connector.run(run)
    assert answer["text"] == "The tide is high."
    assert (answer["tokens"], answer["prompt_tokens"]) == (4, 9)
    assert (answer["duration_s"], answer["load_s"]) == (2.5, 0.5)
    _, message, lines = run.take_news()
    assert message == "The tide is high."
    assert lines == ("tiny:latest: 4 tokens, stop",)


async def test_what_ollama_knows_reaches_it(connector: OllamaConnector, ollama: OllamaStandIn) -> None:
    await connector.run(make_run("ollama.chat", {**CHAT, "options": {"seed": 7}, "keep_alive": "5m"}))
    assert ollama.asked[0] == {**CHAT, "options": {"seed": 7}, "keep_alive": "5m", "stream": True}


async def test_a_pull_tells_how_far_it_is(connector: OllamaConnector) -> None:
    run = make_run("ollama.pull", {"model": "tiny"})
    shares: list[float | None] = []
    report = run.report
    run.report = lambda fraction=None, message="": (shares.append(fraction), report(fraction, message))[1]  # type: ignore[method-assign]
    assert await connector.run(run) == {"model": "tiny", "status": "success"}
    assert [share for share in shares if share is not None] == [0.1, 0.6, 1.0]
    assert run.take_news()[2] == ("pulling manifest", "pulling 5f1c", "verifying sha256 digest", "success")


@pytest.mark.parametrize(("mishap", "failure"), [("cut", StreamCut), ("error", OllamaFailed), ("busy", TryAgain)])
async def test_what_may_pass_is_tried_again(
    connector: OllamaConnector, ollama: OllamaStandIn, mishap: str, failure: type[Exception]
) -> None:
    ollama.mishap = mishap
    with pytest.raises(failure):
        await connector.run(make_run("ollama.generate", GENERATE))


async def test_a_pull_that_breaks_off_is_a_cut(connector: OllamaConnector, ollama: OllamaStandIn) -> None:
    ollama.mishap = "cut"
    with pytest.raises(StreamCut):
        await connector.run(make_run("ollama.pull", {"model": "tiny"}))


@pytest.mark.parametrize(
    "payload", [{**GENERATE, "model": "unknown"}, {"model": "tiny:latest"}, {**GENERATE, "typo": 1}]
)
async def test_what_never_will_succeed_is_given_up(connector: OllamaConnector, payload: Any) -> None:
    with pytest.raises(GiveUp):
        await connector.run(make_run("ollama.generate", payload))


async def test_cancelling_hangs_up(connector: OllamaConnector, ollama: OllamaStandIn) -> None:
    ollama.mishap = "hold"
    work = asyncio.create_task(connector.run(make_run("ollama.chat", CHAT)))
    await ollama.held.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    async with asyncio.timeout(10):
        await ollama.gone.wait()


async def test_an_answer_is_kept_with_its_model(connector: OllamaConnector) -> None:
    kept: list[tuple[str, str, Any]] = []

    async def keep(run: Run, product: Product) -> str:
        kept.append((product.name, product.path.read_text(), product.facts["model"]))
        return "asset-1"

    answer = await connector.run(make_run("ollama.chat", {**CHAT, "save_as": "tide.txt"}, keep))
    assert answer["asset"] == "asset-1"
    assert kept == [("tide.txt", "The tide is high.", "tiny:latest")]


async def test_it_offers_the_models_there_are(connector: OllamaConnector) -> None:
    offered = await asyncio.to_thread(connector.list_capabilities)
    assert "model=tiny:latest" in offered
    assert "type=ollama.chat" in offered


def test_without_a_server_it_offers_its_types() -> None:
    connector = open_connectors(["ollama"], {"ollama_url": "127.0.0.1:1"})[0]
    assert connector.list_capabilities() == (
        "connector=ollama",
        "type=ollama.chat",
        "type=ollama.generate",
        "type=ollama.pull",
    )
