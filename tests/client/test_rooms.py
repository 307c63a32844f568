"""The rooms of the SDK against the real application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gonogo.client.errors import ApiError
from gonogo.client.gonogo import AsyncGonogo, Gonogo
from gonogo.client.sign_in import sign_in
from tests.people import PASSWORD, Server


@pytest.fixture
async def gonogo(server: Server) -> AsyncIterator[AsyncGonogo]:
    async with AsyncGonogo(home=server.kernel.config.folder) as gonogo:
        yield gonogo


async def test_the_local_key_makes_an_administrator(gonogo: AsyncGonogo) -> None:
    me = await gonogo.whoami()
    assert (me["kind"], me["role"]) == ("local", "admin")


async def test_people_are_added_changed_and_listed(gonogo: AsyncGonogo) -> None:
    added = await gonogo.people.add("ada@example.test", role="operator")
    assert len(added["generated_password"]) >= 12
    await gonogo.people.change(added["id"], role="approver", disabled=True)
    listed = {person["email"]: person for person in await gonogo.people.list()}
    assert listed["ada@example.test"]["role"] == "approver"
    assert listed["ada@example.test"]["disabled_at"] is not None


async def test_a_key_opens_the_door_until_it_is_revoked(server: Server, gonogo: AsyncGonogo) -> None:
    key = await gonogo.keys.create("ci", ["metrics:read"], expires_days=1)
    async with AsyncGonogo(server.url, key["token"]) as program:
        assert (await program.whoami())["kind"] == "key"
        await gonogo.keys.revoke(key["id"])
        with pytest.raises(ApiError) as caught:
            await program.whoami()
    assert caught.value.status == 401
    assert [(each["name"], each["revoked_at"] is not None) for each in await gonogo.keys.list()] == [("ci", True)]


async def test_samples_recorded_are_shown_and_judged(gonogo: AsyncGonogo) -> None:
    kept = await gonogo.signals.record("shop.delay", [3, 5], "ms", {"host": "a"})
    assert kept == {"name": "shop.delay", "accepted": 2, "refused": 0}
    shown = await gonogo.signals.show("shop.delay")
    assert [value for _, value in shown["series"][0]["samples"]] == [3.0, 5.0]
    assert (await gonogo.signals.evaluate("shop.delay < 10ms"))["outcome"] == "true"
    assert "shop.delay" in [status["signal"]["name"] for status in await gonogo.signals.list()]


async def test_a_name_with_a_slash_stays_one_segment(gonogo: AsyncGonogo) -> None:
    with pytest.raises(ApiError) as caught:
        await gonogo.signals.show("a/../b")
    assert caught.value.status == 404


async def test_events_are_listed_page_by_page(gonogo: AsyncGonogo) -> None:
    for number in range(3):
        await gonogo.keys.create(f"key {number}", ["metrics:read"])
    first = await gonogo.events.list(name="key.", limit=2)
    rest = await gonogo.events.list(name="key.", limit=2, cursor=first.next_cursor)
    assert [len(first.items), len(rest.items)] == [2, 1]
    assert first.items[0]["seq"] > first.items[1]["seq"] > rest.items[0]["seq"]


async def test_the_stream_catches_up_and_goes_on(gonogo: AsyncGonogo) -> None:
    await gonogo.keys.create("before", ["metrics:read"])
    events = gonogo.events.watch("key", since=0)
    names = []
    async with asyncio.timeout(20):
        async for event in events:
            names.append(event.name)
            if len(names) == 1:
                await gonogo.keys.create("after", ["metrics:read"])
            if len(names) == 2:
                break
    await events.close()
    assert names == ["key.created", "key.created"]


async def test_a_stream_without_a_key_is_refused(server: Server) -> None:
    stranger = AsyncGonogo(server.url)
    with pytest.raises(ApiError) as caught:
        async with asyncio.timeout(20):
            async for _ in stranger.events.watch():
                break
    assert caught.value.status == 401


async def test_the_plain_client_has_the_same_rooms(server: Server) -> None:
    def use() -> str:
        with Gonogo(home=server.kernel.config.folder) as gonogo:
            gonogo.signals.record("shop.orders", [1])
            stream = gonogo.events.watch("key", since=0)
            gonogo.keys.create("plain", ["metrics:read"])
            event = stream.find_next(20)
            stream.close()
            assert event is not None
            name: str = event.name
            return name

    assert await asyncio.to_thread(use) == "key.created"


async def test_signing_in_gives_tokens_that_work(server: Server) -> None:
    login = await asyncio.to_thread(sign_in, server.url, "operator@example.test", PASSWORD)
    async with AsyncGonogo(server.url, login.access_token) as gonogo:
        assert (await gonogo.whoami())["name"] == "operator@example.test"
    with pytest.raises(ApiError) as caught:
        await asyncio.to_thread(sign_in, server.url, "operator@example.test", "wrong")
    assert caught.value.type == "wrong-credentials"
