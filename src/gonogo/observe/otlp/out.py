"""Telling a collector what Gonogo knows: every signal, the hosts' numbers among them, every ten seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from gonogo import __version__
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.outgoing.guard import open_target_guard
from gonogo.kernel.signals import Signal
from gonogo.observe.otlp.exporting import Freshness, pack_points
from gonogo.observe.otlp.sending import Outbox, Sender, make_address, read_headers

TELL_EVERY_S = 10.0
NAME = "name"


def open_export(kernel: Kernel, host: str) -> None:
    """Declare ``otlp.*`` of the way out, and begin to tell when an endpoint is configured."""
    outbox, config = Outbox(), kernel.config
    kernel.add_part(outbox)
    is_on = bool(config.otlp_endpoint) and not config.embedded
    _declare(kernel, outbox, is_on=is_on)
    if not is_on:
        return
    guard, headers = open_target_guard(config), read_headers(config.otlp_headers)
    sender = Sender(make_address(config.otlp_endpoint), headers, outbox, kernel.clock, guard)
    resource = {
        "service.name": "gonogo",
        "service.version": __version__,
        f"host.{NAME}": host,
        "deployment.environment.name": config.environment,
    }
    collect = partial(_collect, kernel, outbox, Freshness(), resource)
    kernel.tasks.repeat("collect telemetry", TELL_EVERY_S, collect)
    kernel.tasks.spawn("send telemetry", sender.send_all())


async def _collect(kernel: Kernel, outbox: Outbox, freshness: Freshness, resource: dict[str, str]) -> None:
    points = list(freshness.list_fresh(kernel.signals))
    for batch in await asyncio.to_thread(list, pack_points(points, resource)):
        outbox.put(batch)


def _declare(kernel: Kernel, outbox: Outbox, *, is_on: bool) -> None:
    def read(name: str) -> Iterable[tuple[dict[str, str], float]]:
        found = {"sent": outbox.sent, "dropped": outbox.dropped, "refused": outbox.refused, "waiting": len(outbox)}
        return [({}, found[name])] if is_on else []

    for name, description in (
        ("sent", "points of metrics that the collector took since the start"),
        ("dropped", "points that went because too many waited for the collector"),
        ("refused", "points that the collector refused for good"),
        ("waiting", "batches that wait for the collector"),
    ):
        kernel.signals.declare(Signal(f"otlp.{name}", "", description, (), "observe"))
        kernel.signals.provide(f"otlp.{name}", partial(read, name))
