"""Checks in a running Gonogo: rounds, states, events, signals, and what a restart remembers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from gonogo.app import ROOMS
from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Room
from gonogo.kernel.signals import evaluate, parse_expression
from gonogo.observe.checks.board import CheckBoard
from gonogo.observe.checks.signals import tell_checks
from gonogo.observe.commands.checks import add_check, go_round, run_check
from gonogo.observe.room import ROOM
from gonogo.observe.verdict import assess_all
from tests.fake_clock import FakeClock
from tests.observe.checks.stage import Shop, make_check, open_shop
from tests.observe.stage import PATH
from tests.people import Server

CHECKS = f"{PATH}/checks"


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as shop:
        yield shop


async def add(server: Server, shop: Shop, **options: Any) -> Any:
    """Add a check whose own rounds are a day apart, and wait for the first one."""
    with server.kernel.bus.subscribe("check") as told:
        answer = await server.admin.post(CHECKS, json={"name": "shop", "url": shop.url, "every": "24h", **options})
        assert answer.status_code == 201, answer.text
        while (await told.get()).name != "check.asked":
            pass
    return answer.json()["data"]


async def run(server: Server, clock: FakeClock, name: str = "shop") -> Any:
    """A round, five seconds after the last."""
    clock.advance(5)
    answer = await server.operator.post(f"{CHECKS}/{name}/run", json={})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def judge(kernel: Kernel, expression: str) -> str:
    return evaluate(parse_expression(expression), kernel.signals, kernel.clock.now()).outcome


async def list_told(kernel: Kernel) -> list[str]:
    return [event.name for event in await kernel.db.read(lambda tx: find_events(tx, names=["check."]))]


async def test_it_is_down_after_three_failures_and_up_after_one_success(
    server: Server, clock: FakeClock, shop: Shop
) -> None:
    await add(server, shop, failures=3)
    shop.status = "500 Oh No"
    states = [(await run(server, clock))["state"] for _ in range(3)]
    assert states == ["up", "up", "down"]
    assert judge(server.kernel, "check.up{check=shop} == 0") == "true"
    worst = assess_all(server.kernel).components[0]
    assert (worst.component, worst.rule, worst.value, worst.threshold) == ("check shop", "checks.shop", 3, 3)
    assert "status 500, expected 2xx" in worst.reason
    shop.status = "200 OK"
    assert (await run(server, clock))["state"] == "up"
    assert judge(server.kernel, "check.up{check=shop} == 1") == "true"
    assert await list_told(server.kernel) == ["check.added", "check.failed", "check.recovered"]


async def test_latency_is_a_signal_of_the_check_and_of_http(server: Server, clock: FakeClock, shop: Shop) -> None:
    await add(server, shop)
    for _ in range(3):
        found = await run(server, clock)
    window = found["window"]
    assert (window["count"], window["uptime"]) == (4, 100.0)
    assert 0 < window["p50"] <= window["p95"] <= window["p99"]
    for expression in ("check.latency_p95{check=shop} < 5s", "http.p95{check=shop} < 5s", "check.uptime == 100%"):
        assert judge(server.kernel, expression) == "true"
    [series] = server.kernel.signals.find_samples("http.p95", {"check": "shop"})
    assert series.samples[-1][1] == pytest.approx(window["p95"] / 1000)


async def test_a_check_that_is_not_asked_any_more_is_no_data(kernel: Kernel, clock: FakeClock, shop: Shop) -> None:
    await add_check(kernel, SYSTEM, make_check(shop.url, every="30s"))
    await run_check(kernel, SYSTEM, "shop")
    clock.jump(66)
    tell_checks(kernel.signals, kernel.get_part(CheckBoard), clock.now())
    assert judge(kernel, "check.up{check=shop} == 1") == "no_data"
    assert kernel.signals.find_samples("http.p95", {"check": "shop"}) == []


async def test_rounds_come_by_themselves(server: Server, clock: FakeClock, shop: Shop) -> None:
    await add(server, shop, every="30s")
    state = server.kernel.get_part(CheckBoard).find("shop")
    assert state is not None
    async with asyncio.timeout(30):
        while len(state.results) < 4:
            clock.advance(5)
            await asyncio.sleep(0.005)
    moments = [result.at for result in state.results]
    assert all(later - earlier >= 30 for earlier, later in pairwise(moments))
    assert len(shop.asked) >= 4


async def test_what_is_added_is_shown_without_its_secrets(server: Server, shop: Shop) -> None:
    await add(server, shop, headers={"Authorization": "Bearer t0k", "Accept": "text/html"}, json={"status": "ok"})
    shown = (await server.viewer.get(f"{CHECKS}/shop")).json()["data"]
    assert shown["check"]["headers"] == {"Authorization": "********", "Accept": "text/html"}
    assert shown["check"]["json"] == {"status": "ok"}
    assert shown["windows"]["7d"]["count"] == 1
    assert "Bearer t0k" in shop.asked[0]


async def test_who_may_do_what(server: Server, shop: Shop) -> None:
    new = {"name": "shop", "url": shop.url}
    assert (await server.operator.post(CHECKS, json=new)).status_code == 403
    assert (await server.viewer.post(f"{CHECKS}/shop/run", json={})).status_code == 403
    assert (await server.stranger.get(CHECKS)).status_code == 401
    assert (await server.operator.post(f"{CHECKS}/shop/run", json={})).status_code == 404
    assert (await server.admin.post(CHECKS, json={**new, "every": "never"})).json()["field"] == "every"
    assert (await server.admin.post(CHECKS, json={**new, "evry": "5s"})).status_code == 422


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"url": "http://[bad"}, "url"),
        ({"url": "http://a b/"}, "url"),
        ({"url": "http://"}, "url"),
        ({"headers": {"X-Two": "a\r\nb: c"}}, "headers"),
        ({"headers": {"X Y": "a"}}, "headers"),
        ({"headers": {"": "a"}}, "headers"),
    ],
)
async def test_what_can_not_be_asked_is_refused(server: Server, options: dict[str, Any], field: str) -> None:
    answer = await server.admin.post(CHECKS, json={"name": "shop", "url": "http://127.0.0.1:9/", **options})
    assert (answer.status_code, answer.json().get("field")) == (422, field), answer.text


async def test_a_name_is_taken_once_and_free_again(server: Server, clock: FakeClock, shop: Shop) -> None:
    await add(server, shop)
    again = await server.admin.post(CHECKS, json={"name": "shop", "url": shop.url})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/check-exists")
    assert (await server.admin.delete(f"{CHECKS}/shop")).status_code == 200
    assert (await server.admin.delete(f"{CHECKS}/shop")).status_code == 404
    assert server.kernel.signals.find_samples("check.up", {"check": "shop"}) == []
    assert [one.component for one in assess_all(server.kernel).components if "shop" in one.component] == []
    await add(server, shop)
    assert (await run(server, clock))["window"]["count"] == 2


async def test_a_restart_remembers_state_results_and_pace(config: Config, clock: FakeClock, shop: Shop) -> None:
    async with Kernel(still(config), ROOMS, clock) as kernel:
        await add_check(kernel, SYSTEM, make_check(shop.url, failures=2))
        shop.status = "503 Closed"
        for _ in range(2):
            clock.advance(5)
            await run_check(kernel, SYSTEM, "shop")
    async with Kernel(still(config), ROOMS, clock) as kernel:
        state = kernel.get_part(CheckBoard).find("shop")
        assert state is not None
        assert (state.state, state.failures, len(state.results)) == ("down", 2, 2)
        await run_check(kernel, SYSTEM, "shop")
        told = await list_told(kernel)
        assert told.count("check.failed") == 1, "it failed once, however often Gonogo starts"


async def test_checks_of_the_file_are_asked_and_belong_to_it(config: Config, clock: FakeClock, shop: Shop) -> None:
    tables = {"checks": {"shop": {"url": shop.url, "status": 200, "json": {"status": "ok"}}}}
    async with Kernel(msgspec.structs.replace(config, tables=tables), ROOMS, clock) as kernel:
        with kernel.bus.subscribe("check") as told:
            state = kernel.get_part(CheckBoard).find("shop")
            assert state is not None
            if state.last is None:  # it may have been asked while the house was opening
                assert (await told.get()).name == "check.asked"
        assert (state.source, state.state) == ("file", "up")


def still(config: Config) -> Config:
    """A Gonogo that makes no rounds by itself."""
    return msgspec.structs.replace(config, embedded=True)


async def test_a_contract_is_verified_by_the_action_of_that_name(config: Config, clock: FakeClock, shop: Shop) -> None:
    calls: list[dict[str, str]] = []

    async def verify(call: ActionCall) -> ActionResult:
        calls.append(dict(call.options))
        return ActionResult(passed=len(calls) == 1, summary=f"look {len(calls)}")

    house = Room(name="house", summary="", actions={"contract.verify": verify})
    async with Kernel(still(config), (ROOM, house), clock) as kernel:
        state = await add_check(kernel, SYSTEM, make_check(shop.url, contract="shop.json"))
        await go_round(kernel, state)
        assert calls == [{"file": "shop.json", "base": shop.url.removesuffix("/health")}]
        clock.advance(3599)
        await go_round(kernel, state)
        assert len(calls) == 1, "it is verified every hour, not every round"
        assert judge(kernel, "check.contract{check=shop} == 1") == "true"
        clock.advance(1)
        await go_round(kernel, state)
        part = next(one for one in assess_all(kernel).components if one.component == "contract shop")
        assert (part.status, part.rule, part.reason) == ("warning", "checks.shop.contract", "look 2")
        assert judge(kernel, "check.contract{check=shop} == 0") == "true"


async def test_without_that_action_a_contract_says_so(config: Config, clock: FakeClock, shop: Shop) -> None:
    async with Kernel(still(config), (ROOM,), clock) as kernel:
        await add_check(kernel, SYSTEM, make_check(shop.url, contract="shop.json"))
        state = await run_check(kernel, SYSTEM, "shop")
        assert state.contract is not None
        assert state.contract.passed is None
        assert "no action contract.verify" in state.contract.summary
