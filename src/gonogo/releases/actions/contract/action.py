"""``contract record`` and ``contract verify``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.kernel.clock import format_instant
from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.contract.baseline import (
    Ask,
    Contract,
    Exchange,
    Latency,
    find_masks,
    read_contract,
    read_requests,
    write_contract,
)
from gonogo.releases.actions.contract.comparing import compare_exchange, compare_latency, keep_best
from gonogo.releases.actions.contract.sampling import ApiUnreachable, open_client, record_exchange, sample
from gonogo.releases.actions.options import (
    check_known,
    find_file,
    read_flag,
    read_list,
    read_percent,
    read_seconds,
    read_text,
    read_whole,
)

if TYPE_CHECKING:
    import httpx

_SAMPLES = 30
_MOST_SAMPLES = 1000


class Manner(msgspec.Struct, frozen=True):
    """How a contract is verified."""

    tolerance: float
    slack_ms: float
    rounds: int
    samples: int
    checks_latency: bool
    checks_values: bool
    masks: tuple[str, ...]


class Verified(msgspec.Struct, frozen=True):
    """What came of it, over all requests."""

    breaking: tuple[str, ...]
    assertions: int


async def record_contract(call: ActionCall) -> ActionResult:
    """Write down what an API answers.

    Options: base, paths (GET, a comma list) or requests (a TOML file), name, file, mask (fields whose value may
    change), samples, rounds (each request is measured as often, the best counts).
    """
    check_known(call, "name", "file", "base", "paths", "requests", "mask", "samples", "rounds")
    base, (asks, masks) = read_text(call, "base"), _read_asks(call)
    samples = read_whole(call, "samples", _SAMPLES, least=1, most=_MOST_SAMPLES)
    rounds = read_whole(call, "rounds", 3, least=1, most=20)
    path = _find_file(call)

    def work() -> list[Exchange]:
        with open_client(base) as client:
            return [_record(client, ask, samples, rounds, (*masks, *ask.mask), call.say) for ask in asks]

    exchanges = await asyncio.to_thread(work)
    contract = Contract(
        name=_name(call),
        base=base,
        recorded_at=format_instant(call.kernel.clock.now()),
        samples=samples,
        mask=tuple(masks),
        exchanges=tuple(exchanges),
    )
    write_contract(path, contract)
    fields = sum(len(each.fields) for each in exchanges)
    return ActionResult(
        True,
        f"{len(exchanges)} requests with {fields} fields recorded in {path}.",
        {"file": str(path), "requests": len(exchanges), "fields": fields},
    )


async def verify_contract(call: ActionCall) -> ActionResult:
    """Verify that an API answers in the recorded shape, and list every breaking change.

    Options: name, file, base (where it is now), tolerance (10%), slack (1ms: differences under it are noise), rounds
    (how often a slow request is measured again), samples, latency (yes), values (no: a live API's values and list
    lengths change by themselves), mask (fields whose value is left out).
    """
    check_known(call, "name", "file", "base", "tolerance", "slack", "rounds", "samples", "latency", "values", "mask")
    path = _find_file(call)
    contract = read_contract(path)
    manner = Manner(
        tolerance=read_percent(call, "tolerance", "10%"),
        slack_ms=_read_slack(call),
        rounds=read_whole(call, "rounds", 3, least=1, most=20),
        samples=read_whole(call, "samples", contract.samples, least=1, most=_MOST_SAMPLES),
        checks_latency=read_flag(call, "latency", default=True),
        checks_values=read_flag(call, "values", default=False),
        masks=(*contract.mask, *read_list(call, "mask")),
    )
    base = call.options.get("base") or contract.base

    def work() -> list[Verified]:
        with open_client(base) as client:
            return [_verify(client, kept, manner, call.say) for kept in contract.exchanges]

    verified = await asyncio.to_thread(work)
    breaking = [change for each in verified for change in each.breaking]
    assertions = sum(each.assertions for each in verified)
    counts = {"assertions": assertions, "breaking": len(breaking), "requests": len(verified)}
    if breaking:
        more = f" and {len(breaking) - 1} more" if len(breaking) > 1 else ""
        return ActionResult(
            False, f"{len(breaking)} breaking changes in {assertions} assertions: {breaking[0]}{more}.", counts
        )
    return ActionResult(True, f"No breaking change in {assertions} assertions on {len(verified)} requests.", counts)


def _record(
    client: httpx.Client, ask: Ask, count: int, rounds: int, masks: tuple[str, ...], say: Callable[[str], None]
) -> Exchange:
    exchange = record_exchange(ask, sample(client, ask, count), masks)
    best = exchange.latency
    for _ in range(rounds - 1):
        best = keep_best(best, sample(client, ask, count).latency)
    exchange = msgspec.structs.replace(exchange, latency=best)
    latency = exchange.latency
    say(
        f"{ask.title}: {exchange.status} {exchange.content_type}, {len(exchange.fields)} fields, "
        f"p50 {latency.p50:.1f} ms, p95 {latency.p95:.1f} ms, p99 {latency.p99:.1f} ms"
    )
    return exchange


def _verify(client: httpx.Client, kept: Exchange, manner: Manner, say: Callable[[str], None]) -> Verified:
    masks = find_masks(manner.masks, kept.ask)
    try:
        seen = sample(client, kept.ask, manner.samples)
        comparison = compare_exchange(kept, seen, masks, values=manner.checks_values)
        slow = _find_slowness(client, kept, manner, seen.latency) if manner.checks_latency else []
    except ApiUnreachable as error:
        say(f"✘ {error.detail}")
        return Verified((error.detail,), 1)
    changes = [*comparison.breaking, *slow]
    assertions = comparison.assertions + 2 * manner.checks_latency
    say(f"{'✘' if changes else '✔'} {kept.ask.title}: {assertions} assertions, p50 {seen.latency.p50:.1f} ms")
    for change in changes:
        say(f"    ✘ {change}")
    for path in comparison.added:
        say(f"    + {path} is new; no client breaks")
    return Verified(tuple(f"{kept.ask.title}: {change}" for change in changes), assertions)


def _find_slowness(client: httpx.Client, kept: Exchange, manner: Manner, best: Latency) -> list[str]:
    slow = compare_latency(kept.latency, best, manner.tolerance, manner.slack_ms)
    for _ in range(manner.rounds - 1):
        if not slow:
            break
        best = keep_best(best, sample(client, kept.ask, manner.samples).latency)
        slow = compare_latency(kept.latency, best, manner.tolerance, manner.slack_ms)
    return slow


def _read_asks(call: ActionCall) -> tuple[list[Ask], list[str]]:
    masks = list(read_list(call, "mask"))
    asks = [Ask(path=path) for path in read_list(call, "paths")]
    if "requests" in call.options:
        listed, theirs = read_requests(find_file(call, call.options["requests"]))
        asks, masks = [*asks, *listed], [*masks, *theirs]
    if not asks:
        raise BadInput("Say what to ask: paths=/api/a,/api/b, or requests=contract.toml.", field="paths")
    return asks, masks


def _name(call: ActionCall) -> str:
    return call.options.get("name") or "api"


def _find_file(call: ActionCall) -> Path:
    return find_file(call, call.options.get("file") or f"contracts/{_name(call)}.json")


def _read_slack(call: ActionCall) -> float:
    text = call.options.get("slack", "1ms")
    if text.endswith("ms") and text[:-2].replace(".", "", 1).isdecimal():
        return float(text[:-2])
    return read_seconds(call, "slack", "1s", most=10) * 1000
