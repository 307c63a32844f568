"""A request sent again with its key acts once."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from gonogo.kernel.db.database import DatabaseBusy, Tx
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.db.stored_answers import KEPT, drop_old_answers
from gonogo.kernel.db.tables import idempotency_keys
from gonogo.kernel.http import idempotency
from tests.fake_clock import FakeClock
from tests.people import Server

PUSH = "/api/signals/orders.rate"


async def push(client: httpx.AsyncClient, key: str = "k1", path: str = PUSH, **body: Any) -> httpx.Response:
    return await client.post(path, json={"values": [1.0]} | body, headers={"Idempotency-Key": key})


async def count_samples(server: Server) -> int:
    answer = await server.viewer.get(PUSH)
    return sum(len(series["samples"]) for series in answer.json()["data"]["series"])


async def test_the_second_time_the_first_answer_comes_again(server: Server, clock: FakeClock) -> None:
    first = await push(server.operator)
    clock.advance(1)
    again = await push(server.operator)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["x-content-type-options"] == "nosniff"
    assert await count_samples(server) == 1


async def test_without_a_key_each_time_counts(server: Server, clock: FakeClock) -> None:
    for _ in range(2):
        clock.advance(1)
        await server.operator.post(PUSH, json={"values": [1.0]})
    assert await count_samples(server) == 2


async def test_another_key_actor_or_path_is_another_request(server: Server) -> None:
    answers = [
        await push(server.operator),
        await push(server.operator, "k2"),
        await push(server.approver),
        await push(server.operator, path="/api/signals/orders.other"),
    ]
    assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None] * 4


@pytest.mark.parametrize("change", [{"body": {"unit": "s"}}, {"path": f"{PUSH}?x=1"}])
async def test_a_key_does_not_fit_another_request(server: Server, change: dict[str, Any]) -> None:
    await push(server.operator)
    answer = await push(server.operator, path=change.get("path", PUSH), **change.get("body", {}))
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/idempotency-key-reused"


async def test_a_refusal_is_not_kept_and_may_be_repeated(server: Server) -> None:
    for _ in range(2):
        refused = await push(server.viewer)
        assert refused.status_code == 403
        assert "idempotency-replayed" not in refused.headers
    broken = await push(server.operator, values="none")
    mended = await push(server.operator)
    assert (broken.status_code, mended.status_code) == (422, 200)


async def test_a_large_answer_is_not_kept_but_the_change_is_made_once(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "MAX_ANSWER", 10)
    first, again = await push(server.operator), await push(server.operator)
    assert first.status_code == 200
    assert (again.status_code, again.json()["type"]) == (409, "/problems/answer-not-kept")
    assert await count_samples(server) == 1


def test_answers_are_kept_up_to_64_kilobytes_for_an_hour() -> None:
    assert idempotency.MAX_ANSWER == 64 * 1024
    assert KEPT.total_seconds() == 3600


async def test_a_fault_of_ours_is_not_kept(server: Server) -> None:
    write = server.kernel.db.write
    calls = 0

    async def fail_second(change: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise DatabaseBusy("Locked. Try again.", headers={"Retry-After": "1"})
        return await write(change)

    server.kernel.db.write = fail_second  # type: ignore[method-assign]
    first = await put_person(server)
    assert (first.status_code, first.headers["retry-after"]) == (503, "1")
    assert (await put_person(server)).status_code == 201


async def put_person(server: Server) -> httpx.Response:
    headers = {"Idempotency-Key": "p1"}
    return await server.admin.post("/api/people", json={"email": "new@example.test"}, headers=headers)


async def test_an_answer_with_a_secret_is_not_kept_but_the_change_is_made_once(server: Server) -> None:
    first, again = await put_person(server), await put_person(server)
    assert first.json()["generated_password"]
    assert (again.status_code, again.json()["type"]) == (409, "/problems/answer-not-kept")
    added = await server.kernel.db.read(lambda tx: find_events(tx, names=("person.added",), newest_first=True))
    assert added[0].data["email"] == "new@example.test"
    assert added[1].data["email"] != "new@example.test"


async def test_while_the_first_is_under_way_the_second_is_told_so(server: Server) -> None:
    write = server.kernel.db.write
    entered, release = asyncio.Event(), asyncio.Event()
    calls = 0

    async def hold_second(change: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            entered.set()
            await release.wait()
        return await write(change)

    server.kernel.db.write = hold_second  # type: ignore[method-assign]
    first = asyncio.create_task(put_person(server))
    await entered.wait()
    second = await put_person(server)
    assert (second.status_code, second.json()["type"]) == (409, "/problems/outcome-unknown")
    release.set()
    assert (await first).status_code == 201


async def test_of_many_at_once_one_acts(server: Server) -> None:
    answers = await asyncio.gather(*(push(server.operator) for _ in range(20)))
    acted = [a for a in answers if a.status_code == 200 and "idempotency-replayed" not in a.headers]
    assert len(acted) == 1
    assert {answer.status_code for answer in answers} <= {200, 409}


async def test_an_hour_later_the_key_is_free(server: Server, clock: FakeClock) -> None:
    made = await server.admin.post("/api/keys", json={"name": "lasts longer than a login", "scopes": ["admin"]})
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as script:
        await push(script)
        clock.advance(KEPT.total_seconds() - 1)
        assert (await push(script)).headers["idempotency-replayed"] == "true"
        clock.advance(1)
        assert "idempotency-replayed" not in (await push(script)).headers


async def test_old_answers_are_dropped(server: Server, clock: FakeClock) -> None:
    def count(tx: Tx) -> int:
        return len(tx.execute(idempotency_keys.select()).all())

    await push(server.operator)
    assert await server.kernel.db.read(count) == 1
    clock.advance(KEPT.total_seconds())
    await server.kernel.db.write(drop_old_answers)
    assert await server.kernel.db.read(count) == 0


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_keys_that_are_none(server: Server, key: str) -> None:
    answer = await push(server.operator, key)
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


async def test_reading_needs_no_key(server: Server) -> None:
    for _ in range(2):
        answer = await server.viewer.get("/api/signals", headers={"Idempotency-Key": "k1"})
        assert answer.status_code == 200
        assert "idempotency-replayed" not in answer.headers


async def test_a_body_past_the_limit(server: Server) -> None:
    body = b" " * (1024 * 1024 + 1)
    answer = await server.operator.post(PUSH, content=body, headers={"Idempotency-Key": "big"})
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")


async def test_a_question_needs_no_memory(server: Server) -> None:
    for path, body in (
        ("/api/releases/plan", {"markdown": "# Release\n"}),
        ("/api/signals/evaluate", {"expression": "http.p95 < 1s"}),
    ):
        answer = await server.viewer.post(path, json=body, headers={"Idempotency-Key": "q1"})
        assert answer.status_code == 200, answer.text
    kept = await server.kernel.db.read(lambda tx: len(tx.execute(idempotency_keys.select()).all()))
    assert kept == 0
