"""Reading OTLP's protobuf messages: metrics into signals, logs and traces into counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from gonogo.observe.errors import BadPayload
from gonogo.observe.otlp.received import Received
from gonogo.observe.series import read_unit

Kind = Literal["metrics", "logs", "spans"]
CUMULATIVE = 2
AHEAD = timedelta(seconds=30)
"""How far an exporter's clock may run ahead: a point of next year would stay the newest until then."""
SEVERITIES = ((17, "error"), (13, "warning"), (9, "info"), (1, "debug"), (0, "unset"))
STATUSES = {0: "unset", 1: "ok", 2: "error"}


def take_metrics(received: Received, body: bytes, now: datetime, *, from_host: bool = False) -> int:
    """Keep every point as a signal's sample; gives how many points came. Raises ``BadPayload``.

    ``from_host`` refuses points of signals that have a source of their own: one host must not speak for another.
    """
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

    points = 0
    for resource in _parse(ExportMetricsServiceRequest, body).resource_metrics:
        service = _name_service(received, resource)
        before = points
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                refused = from_host and received.sink.has_source(metric.name)
                points += (_refuse_metric if refused else _take_metric)(received, metric, service, now)
        received.points[service] += points - before
    return points


def take_logs(received: Received, body: bytes) -> int:
    """Count log records by service and severity; gives how many. Raises ``BadPayload``."""
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    count = 0
    for resource in _parse(ExportLogsServiceRequest, body).resource_logs:
        service = _name_service(received, resource)
        for scope in resource.scope_logs:
            for record in scope.log_records:
                level = next(name for least, name in SEVERITIES if record.severity_number >= least)
                received.logs[service, level] += 1
                count += 1
    return count


def take_traces(received: Received, body: bytes) -> int:
    """Count spans by service and status; gives how many. Raises ``BadPayload``."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    count = 0
    for resource in _parse(ExportTraceServiceRequest, body).resource_spans:
        service = _name_service(received, resource)
        for scope in resource.scope_spans:
            for span in scope.spans:
                received.spans[service, STATUSES.get(span.status.code, "unset")] += 1
                count += 1
    return count


def find_hosts(kind: Kind, body: bytes) -> set[str]:
    """The hosts that an export says it comes from (``host.name`` of its resources). Raises ``BadPayload``."""
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    requests: dict[Kind, Any] = {
        "metrics": ExportMetricsServiceRequest,
        "logs": ExportLogsServiceRequest,
        "spans": ExportTraceServiceRequest,
    }
    resources = getattr(_parse(requests[kind], body), f"resource_{kind}")
    named = (_read_attributes(resource.resource.attributes).get("host.name", "") for resource in resources)
    return {host for host in named if host}


def _parse(kind: Any, body: bytes) -> Any:
    from google.protobuf.message import DecodeError

    try:
        return kind.FromString(body)
    except DecodeError as error:
        raise BadPayload(f"The body is no {kind.DESCRIPTOR.name} in protobuf: {error}.") from error


def _refuse_metric(received: Received, metric: Any, _service: str, _now: datetime) -> int:
    kind = metric.WhichOneof("data")
    count = len(getattr(metric, kind).data_points) if kind is not None else 0
    received.sink.refused += count
    return count


def _take_metric(received: Received, metric: Any, service: str, now: datetime) -> int:
    kind, unit = metric.WhichOneof("data"), read_unit(metric.unit)
    points = list(getattr(metric, kind).data_points) if kind is not None else []
    for point in points:
        at = datetime.fromtimestamp(point.time_unix_nano / 1e9, UTC) if point.time_unix_nano else now
        if at > now + AHEAD:
            received.sink.refused += 1
            continue
        labels = {"service": service, **_read_attributes(point.attributes)}
        if kind in ("gauge", "sum"):
            value = point.as_double if point.WhichOneof("value") == "as_double" else float(point.as_int)
            grows = kind == "sum" and metric.sum.is_monotonic and metric.sum.aggregation_temporality == CUMULATIVE
            (received.sink.add_counter if grows else received.sink.add_value)(metric.name, value, labels, unit, at)
        elif point.count:
            received.sink.add_value(f"{metric.name}.mean", point.sum / point.count, labels, unit, at)
    return len(points)


def _name_service(received: Received, resource: Any) -> str:
    return received.name_service(_read_attributes(resource.resource.attributes).get("service.name", "unknown")[:120])


def _read_attributes(attributes: Iterable[Any]) -> dict[str, str]:
    found = {}
    for attribute in attributes:
        kind = attribute.value.WhichOneof("value")
        if kind in ("string_value", "bool_value", "int_value", "double_value"):
            found[attribute.key] = str(getattr(attribute.value, kind))
    return found
