"""OTLP over HTTP with protobuf, at the paths that exporters use by themselves."""

from __future__ import annotations

import zlib
from typing import Any

from litestar import Controller, Request, Response, post

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.bounds import ANYTHING
from gonogo.kernel.auth.bounds_guard import is_bound
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.kernel import Kernel
from gonogo.observe.errors import BadPayload
from gonogo.observe.otlp.reading import Kind, find_hosts, take_logs, take_metrics, take_traces
from gonogo.observe.otlp.received import Received

PROTOBUF = "application/x-protobuf"
MOST_BYTES = 16 * 1024 * 1024
Ask = Request[Actor, Any, Any]


class OtlpController(Controller):
    """What programs with OpenTelemetry export. An empty answer means that all was taken."""

    path = "/v1"
    opt = declare_scope("observe:write")
    tags = ("otlp",)
    request_max_body_size = MOST_BYTES

    @post("/metrics", status_code=200)
    async def export_metrics(self, request: Ask, kernel: Kernel) -> Response[bytes]:
        """Metrics: every point becomes a sample of a signal."""
        body = await _read_body(request, kernel, "metrics")
        from_host = is_bound(request.user) and request.user.bound.host != ANYTHING
        take_metrics(kernel.get_part(Received), body, kernel.clock.now(), from_host=from_host)
        return _accept()

    @post("/logs", status_code=200)
    async def export_logs(self, request: Ask, kernel: Kernel) -> Response[bytes]:
        """Log records: counted by service and severity."""
        take_logs(kernel.get_part(Received), await _read_body(request, kernel, "logs"))
        return _accept()

    @post("/traces", status_code=200)
    async def export_traces(self, request: Ask, kernel: Kernel) -> Response[bytes]:
        """Spans: counted by service and status."""
        take_traces(kernel.get_part(Received), await _read_body(request, kernel, "spans"))
        return _accept()


async def _read_body(request: Ask, kernel: Kernel, kind: Kind) -> bytes:
    body = await _unpack_body(request)
    if is_bound(request.user):
        for host in sorted(find_hosts(kind, body)):
            covered = request.user.bound.covers_host(host)
            await kernel.bounds.check(request.user, "observe:write", f"the host {host}", covered=covered)
    return body


async def _unpack_body(request: Ask) -> bytes:
    authorise(request.user, "operator")
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != PROTOBUF:
        raise BadPayload(f"OTLP is taken as {PROTOBUF}, not as '{kind}'. Set the exporter's protocol to http/protobuf.")
    body, packing = await request.body(), request.headers.get("content-encoding", "identity").lower()
    if packing not in ("gzip", "identity"):
        raise BadPayload(f"OTLP is taken packed with gzip or not at all, not with '{packing}'.")
    return _unpack(body) if packing == "gzip" else body


def _unpack(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise BadPayload(f"The body says it is gzip, but can't be unpacked: {error}.") from error
    if not unpacker.eof:
        raise BadPayload(f"The body is cut short, or unpacks to more than {MOST_BYTES // 1024 // 1024} MB.")
    return unpacked


def _accept() -> Response[bytes]:
    # An empty message of every Export…ServiceResponse is no bytes at all.
    return Response(b"", media_type=PROTOBUF)
