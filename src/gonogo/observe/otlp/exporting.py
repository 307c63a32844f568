"""Signals as OTLP's protobuf messages: every series' newest value as a gauge."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

from gonogo.kernel.signals import Signal, SignalRegistry, write_series

MOST_POINTS = 2000
"""Points of one request."""
_UNITS = {"": "1", "B": "By", "B/s": "By/s", "/s": "1/s", "°C": "Cel"}


class Point(msgspec.Struct, frozen=True):
    """A series' newest value; ``at`` is seconds since the epoch."""

    signal: Signal
    labels: dict[str, str]
    at: float
    value: float


class Batch(msgspec.Struct, frozen=True):
    """One request's body, packed, and how many points are in it."""

    body: bytes
    points: int


class Freshness:
    """Which value of each series was told last, so that one is not told twice."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def list_fresh(self, registry: SignalRegistry) -> Iterator[Point]:
        """The newest value of every series that has a newer one than before."""
        told = {}
        for signal in registry.list_declared():
            for labels, ring in registry.find_rings(signal.name, {}):
                at, value = ring.last()
                key = write_series(signal.name, labels)
                told[key] = at
                if at > self._told.get(key, 0.0):
                    yield Point(signal, labels, at, value)
        self._told = told


def pack_points(points: Iterable[Point], resource: Mapping[str, str]) -> Iterator[Batch]:
    """Requests of at most ``MOST_POINTS`` points, packed as they are sent."""
    rest = iter(points)
    while found := list(islice(rest, MOST_POINTS)):
        yield Batch(gzip.compress(_encode(found, resource), compresslevel=5), len(found))


def _encode(points: Iterable[Point], resource: Mapping[str, str]) -> bytes:
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

    request = ExportMetricsServiceRequest()
    told = request.resource_metrics.add()
    _add_attributes(told.resource.attributes, resource)
    scope = told.scope_metrics.add()
    scope.scope.name = "gonogo"
    metrics: dict[str, Any] = {}
    for point in points:
        signal = point.signal
        metric = metrics.get(signal.name)
        if metric is None:
            unit = _UNITS.get(signal.unit, signal.unit)
            metric = metrics[signal.name] = scope.metrics.add(
                name=signal.name, unit=unit, description=signal.description
            )
        entry = metric.gauge.data_points.add(time_unix_nano=int(point.at * 1e9), as_double=point.value)
        _add_attributes(entry.attributes, point.labels)
    encoded: bytes = request.SerializeToString()
    return encoded


def _add_attributes(attributes: Any, values: Mapping[str, str]) -> None:
    for key, value in values.items():
        attributes.add(key=key).value.string_value = value
