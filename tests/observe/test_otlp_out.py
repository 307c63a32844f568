"""What Gonogo tells a collector: a real one, which is another Gonogo, and one that misbehaves."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from gonogo.app import ROOMS
from gonogo.kernel.config import Config, load_config
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import Signal, SignalRegistry
from gonogo.observe.otlp.exporting import MOST_POINTS, Batch, Freshness, pack_points
from gonogo.observe.otlp.sending import MOST_BYTES, Outbox, Sender, make_address, read_headers
from tests.fake_clock import FakeClock
from tests.observe.stage import NOON
from tests.people import Server


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(NOON + seconds, UTC)


def make_registry() -> SignalRegistry:
    registry = SignalRegistry()
    registry.declare(Signal("shop.memory", "B", "memory of the shop", ("till",)))
    for till, value in (("left", 10.0), ("right", 20.0)):
        registry.record("shop.memory", value, {"till": till}, at=at(0))
    return registry


def read(batch: Batch) -> ExportMetricsServiceRequest:
    request: ExportMetricsServiceRequest = ExportMetricsServiceRequest.FromString(gzip.decompress(batch.body))
    return request


def test_a_series_is_a_gauge_with_its_unit_labels_and_time() -> None:
    [batch] = pack_points(Freshness().list_fresh(make_registry()), {"service.name": "gonogo"})
    [resource] = read(batch).resource_metrics
    assert (resource.resource.attributes[0].key, batch.points) == ("service.name", 2)
    [metric] = resource.scope_metrics[0].metrics
    assert (metric.name, metric.unit, metric.description) == ("shop.memory", "By", "memory of the shop")
    points = [(one.attributes[0].value.string_value, one.as_double) for one in metric.gauge.data_points]
    assert points == [("left", 10.0), ("right", 20.0)]
    assert metric.gauge.data_points[0].time_unix_nano == NOON * 10**9


def test_a_value_is_told_once() -> None:
    registry, freshness = make_registry(), Freshness()
    assert len(list(freshness.list_fresh(registry))) == 2
    assert list(freshness.list_fresh(registry)) == []
    registry.record("shop.memory", 11.0, {"till": "left"}, at=at(5))
    assert [point.value for point in freshness.list_fresh(registry)] == [11.0]


def test_many_points_are_several_requests() -> None:
    registry = SignalRegistry(max_series=MOST_POINTS + 5)
    for number in range(MOST_POINTS + 5):
        registry.record("shop.size", number, {"n": str(number)}, at=at(0))
    sizes = [batch.points for batch in pack_points(Freshness().list_fresh(registry), {})]
    assert sizes == [MOST_POINTS, 5]


@given(st.lists(st.integers(1, MOST_BYTES // 3), min_size=1, max_size=20))
def test_what_waits_is_bounded_and_every_point_is_accounted_for(sizes: list[int]) -> None:
    outbox = Outbox()
    for size in sizes:
        outbox.put(Batch(bytes(size), 1))
    assert len(outbox) + outbox.dropped == len(sizes)
    kept = sizes[outbox.dropped :]
    assert sum(kept) <= MOST_BYTES
    assert outbox.dropped == 0 or sum(kept) + sizes[outbox.dropped - 1] > MOST_BYTES, "no more went than had to"


@dataclass
class Collector:
    """Answers as it is told, in order, then 200."""

    answers: list[web.Response] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        return self.answers.pop(0) if self.answers else web.Response()


class Hurried(FakeClock):
    """A clock whose pauses take no time, but are remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.paused: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.paused.append(seconds)


async def send(collector: Collector, count: int, *, until: int) -> tuple[Outbox, list[float]]:
    """Send so many batches of one point until so many requests came; gives what is left, and the pauses."""
    app = web.Application()
    app.router.add_post("/v1/metrics", collector.take)
    outbox, clock = Outbox(), Hurried()
    for number in range(count):
        outbox.put(Batch(gzip.compress(str(number).encode()), 1))
    async with TestServer(app) as server:
        headers = read_headers("api-key=se%2Ccret, x-shop = ferry")
        sender = Sender(make_address(str(server.make_url("/"))), headers, outbox, clock)
        sending = asyncio.create_task(sender.send_all())
        async with asyncio.timeout(30):
            while len(outbox) or len(collector.requests) < until:  # noqa: ASYNC110  nobody tells when all is sent
                await asyncio.sleep(0)
        sending.cancel()
        await asyncio.wait([sending])
    return outbox, clock.paused


async def test_batches_arrive_in_order_with_their_headers() -> None:
    collector = Collector()
    outbox, _ = await send(collector, 3, until=3)
    assert [body for _, body in collector.requests] == [b"0", b"1", b"2"]
    headers = collector.requests[0][0]
    assert (headers["api-key"], headers["x-shop"]) == ("se,cret", "ferry")
    assert (headers["Content-Type"], headers["Content-Encoding"]) == ("application/x-protobuf", "gzip")
    assert (outbox.sent, outbox.dropped, outbox.refused, outbox.problem) == (3, 0, 0, "")


async def test_a_busy_collector_is_asked_again_after_longer_and_longer_pauses() -> None:
    busy = [web.Response(status=503), web.Response(status=429, headers={"Retry-After": "7"}), web.Response(status=502)]
    collector = Collector(busy)
    outbox, paused = await send(collector, 2, until=5)
    assert [body for _, body in collector.requests] == [b"0", b"0", b"0", b"0", b"1"]
    assert paused == [1.0, 7.0, 4.0]
    assert outbox.sent == 2


async def test_what_the_collector_will_never_take_does_not_block_the_rest() -> None:
    collector = Collector([web.Response(status=400)])
    outbox, paused = await send(collector, 2, until=2)
    assert (outbox.sent, outbox.refused, paused) == (1, 1, [])


def test_endpoint_and_headers_are_opentelemetry_s_own_or_ours() -> None:
    shared = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_EXPORTER_OTLP_HEADERS": "a=b"}
    config = load_config({**shared, "GONOGO_OTLP_HEADERS": "c=d"})
    assert (config.otlp_endpoint, config.otlp_headers) == ("http://collector:4318", "c=d")
    assert config.origins["otlp_endpoint"] == "environment OTEL_EXPORTER_OTLP_ENDPOINT"
    assert make_address("http://collector:4318/") == "http://collector:4318/v1/metrics"
    assert make_address("http://collector:4318/v1/metrics") == "http://collector:4318/v1/metrics"


async def test_one_gonogo_tells_another(server: Server, config: Config) -> None:
    key = (server.kernel.config.folder / "local.key").read_text(encoding="utf-8").strip()
    telling = msgspec.structs.replace(
        config,
        home=f"{config.home}-branch",
        otlp_endpoint=server.url,
        otlp_headers=f"Authorization=Bearer%20{key}",
        environment="branch",
    )
    clock = FakeClock()
    async with Kernel(telling, ROOMS, clock) as branch:
        branch.signals.record("ferry.queue", 7.0, {"pier": "east"}, at=clock.now(), unit="req/s")
        told = server.kernel.signals
        async with asyncio.timeout(60):
            while not told.find_samples("ferry.queue"):
                clock.advance(10)
                await asyncio.sleep(0.01)
        assert branch.get_part(Outbox).sent > 0
    [series] = told.find_samples("ferry.queue")
    assert series.labels == {"service": "gonogo", "pier": "east"}
    assert series.samples[-1][1] == 7.0
    assert told.find_samples("host.memory", {"service": "gonogo"})
