"""load: bounded, open-loop, told as signals."""

from __future__ import annotations

import asyncio

import pytest

from gonogo.kernel.errors import BadInput
from gonogo.kernel.signals import evaluate, parse_expression
from gonogo.releases.actions.load.action import judge_figures
from gonogo.releases.actions.load.figures import Figures, pick_percentile
from gonogo.releases.actions.load.loads import Loads
from tests.releases.actions.api import Api
from tests.releases.actions.stage import Stage


def read_signal(stage: Stage, expression: str) -> str:
    """What an expression comes to now."""
    outcome: str = evaluate(parse_expression(expression), stage.kernel.signals, stage.kernel.clock.now()).outcome
    return outcome


async def test_a_load_is_sent_measured_and_told_as_signals(stage: Stage, api: Api) -> None:
    api.answers["/"] = (200, {})
    result = await stage.perform("load", url=f"{api.url}/", rate=50, duration="2s", name="shop")
    assert result.passed
    assert (result.values["sent"], result.values["failed"], api.asked) == (100, 0, 100)
    assert read_signal(stage, "load.error_rate{name=shop} == 0%") == "true"
    assert read_signal(stage, "load.p95{name=shop} < 4s and load.p50{name=shop} > 0ms") == "true"
    assert read_signal(stage, "load.throughput{name=shop} > 1/s") == "true"
    assert any("answered, 0 failed" in line for line in stage.lines)


async def test_answers_of_500_are_failures_and_allowed_up_to_a_share(stage: Stage, api: Api) -> None:
    api.answers["/good"], api.answers["/bad"] = (200, {}), (503, {})
    options = {"url": f"{api.url}/good,{api.url}/bad", "rate": 20, "duration": "1s"}
    result = await stage.perform("load", **options)
    assert not result.passed
    assert "10 × HTTP 503" in result.summary
    assert (await stage.perform("load", errors="50%", **options)).passed


async def test_a_server_that_is_not_there_fails_every_request(stage: Stage) -> None:
    result = await stage.perform("load", url="http://127.0.0.1:1/", rate=10, duration="1s")
    assert (result.passed, result.values["failed"]) == (False, 10)


async def test_waiting_counts_from_when_a_request_was_due(stage: Stage, api: Api) -> None:
    api.answers["/"] = (200, {})
    api.pause_s = 0.2
    result = await stage.perform("load", url=f"{api.url}/", rate=20, duration="1s", concurrency=1)
    # One connection makes 5 of the 20 a second: the last was due 3 seconds before its turn came.
    assert result.values["p99_ms"] > 2000
    assert result.values["p50_ms"] > 1000


async def test_a_load_in_the_background_leaves_its_figures(stage: Stage, api: Api) -> None:
    api.answers["/"] = (200, {})
    result = await stage.perform("load", url=f"{api.url}/", rate=20, duration="1s", name="back", background="yes")
    assert "have begun" in result.summary
    await stage.wait_for_task("load back")
    assert read_signal(stage, "load.failed{name=back} == 0") == "true"


async def test_a_load_in_the_background_is_ended_and_judged(stage: Stage, api: Api) -> None:
    api.answers["/"] = (200, {})
    await stage.perform("load", url=f"{api.url}/", rate=20, duration="10m", name="move", background="yes")
    [load] = stage.kernel.get_part(Loads).list_of(None)
    await wait_for_seconds(stage, "move")
    result = await stage.perform("load.end", name="move")
    assert result.passed
    assert (result.values["sent"], result.values["failed"]) == (api.asked, 0)
    assert not load.is_under_way
    assert load.sent == api.asked
    # It is over; ending it again tells the same.
    assert (await stage.perform("load.end", name="move")).values == result.values


async def test_failures_of_a_load_in_the_background_fail_its_end(stage: Stage, api: Api) -> None:
    api.answers["/"] = (503, {})
    await stage.perform("load", url=f"{api.url}/", rate=20, duration="10m", name="move", background="yes")
    await wait_for_seconds(stage, "move")
    result = await stage.perform("load.end", name="move")
    assert (result.passed, "HTTP 503" in result.summary) == (False, True)
    assert (await stage.perform("load.end", name="move", errors="100%")).passed


async def test_a_load_that_nobody_began_can_t_be_ended(stage: Stage) -> None:
    with pytest.raises(BadInput, match="There is no load 'move' here"):
        await stage.perform("load.end", name="move")


async def wait_for_seconds(stage: Stage, name: str) -> None:
    """Until the load has told of its first second."""
    while not stage.kernel.signals.find_samples("load.rate", {"name": name}):  # noqa: ASYNC110
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"url": "ftp://127.0.0.1"}, "http or https"),
        ({"url": "http://shop.test/"}, "own=yes"),
        ({"url": "http://8.8.8.8/"}, "own=yes"),
        ({"url": "http://127.0.0.1/", "rate": 100_000}, "from 0.1 to 5000"),
        ({"url": "http://127.0.0.1/", "concurrency": 1000}, "from 1 to 256"),
        ({"url": "http://127.0.0.1/", "duration": "1h"}, "at most 600 s"),
        ({}, "'url' is missing"),
    ],
)
async def test_a_load_is_bounded_and_goes_to_one_s_own(stage: Stage, options: dict[str, object], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        await stage.perform("load", **options)


def test_requests_never_sent_count_as_failed() -> None:
    figures = Figures(sent=90, failed=0, dropped=10, seconds=1, p50=1, p95=1, p99=1, failures={})
    assert figures.error_rate == 10
    assert not judge_figures(figures, "x", 0).passed


def test_percentiles_are_nearest_ranks() -> None:
    times = [float(n) for n in range(1, 101)]
    assert [pick_percentile(times, share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]
    assert pick_percentile([7.0], 0.99) == 7
    assert pick_percentile([], 0.5) is None
