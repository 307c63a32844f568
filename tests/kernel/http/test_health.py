"""Alive, ready, and in numbers."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families

import gonogo
from gonogo.kernel import readiness
from gonogo.kernel.db.database import DatabaseBusy
from gonogo.kernel.http.application import NO_ROUTE
from gonogo.kernel.readiness import Dependency
from tests.people import Server


async def test_alive(server: Server) -> None:
    assert (await server.stranger.get("/health")).json() == {"status": "ok", "version": gonogo.__version__}


async def test_ready_with_each_dependency_and_its_latency(server: Server) -> None:
    answer = await server.stranger.get("/health/ready")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "ready")
    assert {"database", "database writer"} <= set(body["dependencies"])
    assert all(part["state"] == "ok" and part["latency_ms"] > 0 for part in body["dependencies"].values())


async def fail_busy() -> None:
    raise DatabaseBusy("It is locked.")


async def fail_inside() -> None:
    raise ZeroDivisionError("the inside")


async def hang() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("check", "reason"), [(fail_busy, "It is locked."), (fail_inside, "ZeroDivisionError"), (hang, "no answer")]
)
@pytest.mark.parametrize(("needed", "status", "code"), [(True, "not ready", 503), (False, "degraded", 200)])
async def test_a_part_that_is_down(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    check: readiness.Check,
    reason: str,
    needed: bool,
    status: str,
    code: int,
) -> None:
    monkeypatch.setattr(readiness, "PATIENCE_S", 0.02)
    server.kernel.dependencies.append(Dependency("cache", check, needed))
    answer = await server.stranger.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (code, status)
    assert answer.json()["dependencies"]["cache"]["state"] == "down"
    assert reason in answer.json()["dependencies"]["cache"]["reason"]
    assert "the inside" not in answer.text


async def read_samples(server: Server) -> dict[tuple[str, ...], float]:
    """Each sample of ``/metrics`` by its name and label values."""
    answer = await server.viewer.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_requests_are_counted_by_route_and_status(server: Server) -> None:
    await server.stranger.get("/api/people")
    await server.viewer.get("/api/people")
    await server.viewer.get("/api/signals/no.such")
    for path in ("/nothing", "/nowhere"):
        await server.viewer.get(path)
    samples = await read_samples(server)
    total = "gonogo_http_requests_total"
    assert samples[total, "GET", "/api/people", "401"] == 1
    assert samples[total, "GET", "/api/people", "403"] == 1
    assert samples[total, "GET", "/api/signals/{name}", "404"] == 1
    assert samples[total, "GET", NO_ROUTE, "404"] == 2
    assert samples["gonogo_http_request_seconds_count", "/api/people"] == 2
    assert not [key for key in samples if key[0] == total and key[-1].startswith("5")]


async def test_signals_of_any_labels_are_exposed(server: Server) -> None:
    for labels in ({}, {"shop-name": 'say "hi"\n'}, {"a": "1", "b": "2"}):
        answer = await server.operator.post("/api/signals/orders.rate", json={"values": [7], "labels": labels})
        assert answer.status_code == 200
    samples = await read_samples(server)
    assert samples["gonogo_signal_orders_rate",] == 7
    assert samples["gonogo_signal_orders_rate", 'say "hi"\n'] == 7
    assert samples["gonogo_signal_orders_rate", "1", "2"] == 7
    assert samples["gonogo_signal_process_rss",] > 0


async def test_the_requests_are_signals_too(server: Server) -> None:
    for _ in range(3):
        await server.viewer.get("/api/people")
    server.kernel.signals.sample_all(server.kernel.clock.now())
    rates = (await server.viewer.get("/api/signals/http.requests")).json()["data"]["series"]
    assert rates[0]["samples"][-1][1] == pytest.approx(3 / 60)
    errors = (await server.viewer.get("/api/signals/http.error_rate")).json()["data"]["series"]
    assert errors[0]["samples"][-1][1] == 0
