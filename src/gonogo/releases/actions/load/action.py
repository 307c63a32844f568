"""``load`` and ``load end``."""

from __future__ import annotations

import asyncio
import ipaddress
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit

import msgspec

from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.load.figures import Figures, Order, Second, Told
from gonogo.releases.actions.load.loads import Load, Loads, Moment
from gonogo.releases.actions.load.signals import record_figures, record_second
from gonogo.releases.actions.options import (
    check_known,
    read_flag,
    read_number,
    read_percent,
    read_seconds,
    read_text,
    read_whole,
)

MOST_RATE = 5000.0
MOST_CONCURRENCY = 256
LONGEST_S = 600.0


async def make_load(call: ActionCall) -> ActionResult:
    """Send a bounded load to a service of yours and tell how it answered, as signals ``load.…{name=…}``.

    Options: url (several with commas, asked in turn), name, rate (a second), concurrency, duration, timeout, errors
    (the share that is still a pass, 0%), method, body, background (yes goes on while the release does, until its
    duration is over or ``load end``), own (yes for a service on a public address).
    """
    check_known(
        call,
        *("url", "name", "rate", "concurrency", "duration", "timeout", "errors"),
        *("method", "body", "background", "own"),
    )
    order, name = read_order(call), read_name(call)
    allowed = read_percent(call, "errors", "0%") * 100
    background = read_flag(call, "background", default=False)
    load = call.kernel.get_part(Loads).begin(name, call.run, call.kernel.clock.now(), call.kernel.bus.last_seq)
    if background:
        # Its lines would come after this item has ended; its seconds are signals all the same.
        call.kernel.tasks.spawn(f"load {name}", follow_load(replace(call, say=lambda _line: None), order, load))
        return ActionResult(
            True, f"{order.rate:g} requests a second have begun, for {order.duration_s:g} s.", {"name": name}
        )
    return judge_figures(await follow_load(call, order, load), name, allowed)


async def end_load(call: ActionCall) -> ActionResult:
    """End a load that was begun with ``background=yes``, and judge it.

    Options: name, errors (the share that is still a pass, 0%).
    """
    check_known(call, "name", "errors")
    name, allowed = read_name(call), read_percent(call, "errors", "0%") * 100
    load = find_load(call, name)
    await load.end()
    if load.figures is None:
        return ActionResult(False, f"The load '{name}' broke off; Gonogo's log says why.", {"name": name})
    return judge_figures(load.figures, name, allowed)


def find_load(call: ActionCall, name: str) -> Load:
    """The newest load of this name that the same release has begun. Raises BadInput."""
    loads = call.kernel.get_part(Loads).list_of(call.run)
    for load in reversed(loads):
        if load.name == name:
            return load
    known = ", ".join(sorted({load.name for load in loads}))
    there = f"there are: {known}" if known else "there is none"
    raise BadInput(
        f"There is no load '{name}' here since the server was started; {there}. One that was under way when the "
        "server ended has ended with it, its figures are lost, and nothing can be said of it: run the load again.",
        field="name",
    )


def read_name(call: ActionCall) -> str:
    """What the load is called, ``load`` if nothing else is said."""
    return call.options.get("name") or "load"


def judge_figures(figures: Figures, name: str, allowed: float) -> ActionResult:
    """The verdict on a finished load."""
    values = {
        "name": name,
        "sent": figures.sent,
        "failed": figures.failed,
        "p50_ms": figures.p50,
        "p95_ms": figures.p95,
        "p99_ms": figures.p99,
        "error_rate": round(figures.error_rate, 3),
        "throughput": round(figures.throughput, 1),
    }
    times = f"p50 {figures.p50} ms, p95 {figures.p95} ms, p99 {figures.p99} ms" if figures.p50 else "no answer in time"
    told = f"{figures.sent} requests, {figures.failed} failed, {figures.throughput:.0f} a second; {times}."
    causes = ", ".join(f"{count} × {cause}" for cause, count in figures.failures.items())
    unsent = f" {figures.dropped} were never sent: every connection was busy." if figures.dropped else ""
    passed = figures.error_rate <= allowed and figures.sent > 0
    return ActionResult(passed, f"{told}{unsent}{f' Failures: {causes}.' if causes else ''}", values)


async def follow_load(call: ActionCall, order: Order, load: Load) -> Figures:
    """Make the load, recording each second of it as it passes."""
    kernel = call.kernel
    try:
        async for told in stream_load(order, load.ending):
            now = kernel.clock.now()
            if isinstance(told, Second):
                load.moments.append(Moment(now, told.answered, told.failed))
                record_second(kernel, load.name, told, load.failed, now)
                call.say(f"{told.answered} answered, {told.failed} failed, p95 {told.p95} ms")
            else:
                load.figures = told
                record_figures(kernel, load.name, told, now)
            _tell_release(call)
    finally:
        load.finish()
        _tell_release(call)
    if load.figures is None:
        raise RuntimeError("the load generator ended without figures")
    return load.figures


async def stream_load(order: Order, ending: asyncio.Event) -> AsyncIterator[Told]:
    """What the generator tells, until it is through or asked to end; it never outlives whoever listens."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "gonogo.releases.actions.load.generator"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(msgspec.json.encode(order) + b"\n")
    closing = asyncio.create_task(_close_after(ending, process.stdin))
    try:
        async for line in process.stdout:
            yield msgspec.json.decode(line, type=Told)
        await process.wait()
    finally:
        closing.cancel()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _close_after(ending: asyncio.Event, line: asyncio.StreamWriter) -> None:
    await ending.wait()
    line.close()


def _tell_release(call: ActionCall) -> None:
    if call.run is not None:
        call.kernel.bus.notify("load.measured", call.run)


def read_order(call: ActionCall) -> Order:
    """The load that the options mean. Raises BadInput."""
    urls = tuple(part.strip() for part in read_text(call, "url").split(",") if part.strip())
    for url in urls:
        _check_ours(url, owned=read_flag(call, "own", default=False))
    return Order(
        urls=urls,
        rate=read_number(call, "rate", 50.0, least=0.1, most=MOST_RATE),
        concurrency=read_whole(call, "concurrency", 16, least=1, most=MOST_CONCURRENCY),
        duration_s=read_seconds(call, "duration", "10s", most=LONGEST_S),
        timeout_s=read_seconds(call, "timeout", "5s", most=60.0),
        method=call.options.get("method", "GET").upper(),
        body=call.options.get("body"),
        headers={"content-type": "application/json"} if "body" in call.options else {},
    )


def _check_ours(url: str, *, owned: bool) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(f"'url' is an http or https address, not '{url}'.", field="url")
    if not owned and not _is_private(parts.hostname):
        raise BadInput(f"{parts.hostname} is not on a private network. If it is yours, say so: own=yes", field="url")


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
