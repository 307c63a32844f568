"""What OpenTelemetry exporters send becomes signals and counts."""

from __future__ import annotations

import gzip

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from gonogo.observe.otlp.received import Received
from tests.observe.stage import NOON
from tests.people import Server

PROTOBUF = {"Content-Type": "application/x-protobuf"}


def make_metrics(at: int, count: int) -> bytes:
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add()
    name = resource.resource.attributes.add(key="service.name")
    name.value.string_value = "shop"
    metrics = resource.scope_metrics.add().metrics
    queue = metrics.add(name="queue.length", unit="1").gauge.data_points.add(time_unix_nano=at * 10**9, as_int=7)
    queue.attributes.add(key="queue").value.string_value = "mail"
    orders = metrics.add(name="orders").sum
    orders.aggregation_temporality, orders.is_monotonic = 2, True
    orders.data_points.add(time_unix_nano=at * 10**9, as_int=count)
    took = metrics.add(name="took", unit="ms").histogram
    took.data_points.add(time_unix_nano=at * 10**9, count=4, sum=100.0)
    return bytes(request.SerializeToString())


async def test_metrics_become_signals(server: Server) -> None:
    for at, count in ((NOON - 10, 100), (NOON, 150)):
        answer = await server.operator.post("/v1/metrics", content=make_metrics(at, count), headers=PROTOBUF)
        assert (answer.status_code, answer.content) == (200, b"")
    signals = server.kernel.signals
    (queue,) = signals.find_samples("queue.length")
    assert (queue.labels, queue.samples[-1]) == ({"service": "shop", "queue": "mail"}, (NOON, 7.0))
    (orders,) = signals.find_samples("orders")
    assert orders.samples == [(NOON, 5.0)], "a counter shows as its rate"
    (took,) = signals.find_samples("took.mean", {"service": "shop"})
    assert took.samples[-1] == (NOON, 25.0)


async def test_a_point_of_the_future_is_refused(server: Server) -> None:
    await server.operator.post("/v1/metrics", content=make_metrics(NOON + 86_400, 1), headers=PROTOBUF)
    assert server.kernel.signals.find_samples("queue.length") == []
    assert server.kernel.get_part(Received).sink.refused == 3


async def test_logs_and_spans_are_counted(server: Server) -> None:
    logs, traces = ExportLogsServiceRequest(), ExportTraceServiceRequest()
    records = logs.resource_logs.add().scope_logs.add().log_records
    for severity in (9, 17, 18):
        records.add(severity_number=severity)
    spans = traces.resource_spans.add().scope_spans.add().spans
    spans.add().status.code = 2
    packed = {**PROTOBUF, "Content-Encoding": "gzip"}
    await server.operator.post("/v1/logs", content=gzip.compress(logs.SerializeToString()), headers=packed)
    await server.operator.post("/v1/traces", content=traces.SerializeToString(), headers=PROTOBUF)
    received = server.kernel.get_part(Received)
    assert dict(received.logs) == {("unknown", "info"): 1, ("unknown", "error"): 2}
    assert dict(received.spans) == {("unknown", "error"): 1}


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"{}", {"Content-Type": "application/json"}),
        (b"\xff\xff\xff", PROTOBUF),
        (b"no gzip", {**PROTOBUF, "Content-Encoding": "gzip"}),
        (gzip.compress(b"x" * 1000)[:-9], {**PROTOBUF, "Content-Encoding": "gzip"}),
        (gzip.compress(bytes(17 * 1024 * 1024)), {**PROTOBUF, "Content-Encoding": "gzip"}),
        (b"", {**PROTOBUF, "Content-Encoding": "br"}),
    ],
    ids=["json", "junk", "no gzip", "cut short", "bomb", "brotli"],
)
async def test_other_bytes_are_refused(server: Server, content: bytes, headers: dict[str, str]) -> None:
    answer = await server.operator.post("/v1/metrics", content=content, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-payload")


async def test_strangers_export_nothing(server: Server) -> None:
    assert (await server.stranger.post("/v1/logs", content=b"", headers=PROTOBUF)).status_code == 401
    assert (await server.viewer.post("/v1/logs", content=b"", headers=PROTOBUF)).status_code == 403
