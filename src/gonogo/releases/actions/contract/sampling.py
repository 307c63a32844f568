"""Asking an API the same thing many times, one request after the other, on a connection that stays. Blocks."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from gonogo.kernel.errors import Unavailable
from gonogo.kernel.outgoing.guard import ADMINISTERED, AddressRefused
from gonogo.releases.actions.contract.baseline import Ask, Exchange, Latency
from gonogo.releases.actions.contract.shape import read_fields, read_values

if TYPE_CHECKING:
    import httpx

_TIME_LIMIT_S = 10.0


class ApiUnreachable(Unavailable):
    """The API did not answer at all."""

    type, title = "api-unreachable", "The API does not answer"


class Sampled(msgspec.Struct, frozen=True):
    """Answers to one request. ``bodies`` are JSON, empty where the API answers something else."""

    statuses: tuple[int, ...]
    content_types: tuple[str, ...]
    bodies: tuple[Any, ...]
    latency: Latency


def check_target(base: str) -> None:
    """Raise ``ApiUnreachable`` for an address that no API of somebody's has, such as a cloud's metadata."""
    parts = urlsplit(base)
    try:
        found = socket.getaddrinfo(parts.hostname or "", parts.port or parts.scheme or None, type=socket.SOCK_STREAM)
        ADMINISTERED.sift(parts.hostname or "", [str(place[0]) for *_, place in found])
    except AddressRefused as error:
        raise ApiUnreachable(str(error)) from error
    except (OSError, ValueError):
        return  # whoever asks it says what is wrong with it


def open_client(base: str) -> httpx.Client:
    """A client of this API alone: no proxy, no redirects followed."""
    import httpx

    check_target(base)
    return httpx.Client(base_url=base, timeout=_TIME_LIMIT_S, trust_env=False)


def sample(client: httpx.Client, ask: Ask, count: int) -> Sampled:
    """Make one request ``count`` times. Raises ApiUnreachable."""
    statuses, kinds, bodies, times = [], [], [], []
    for _ in range(count):
        began = time.perf_counter()
        answer = _send(client, ask)
        times.append((time.perf_counter() - began) * 1000)
        statuses.append(answer.status_code)
        kinds.append(answer.headers.get("content-type", "").partition(";")[0].strip().lower())
        bodies += _read_json(answer, kinds[-1])
    return Sampled(tuple(statuses), tuple(kinds), tuple(bodies), measure_latency(times))


def record_exchange(ask: Ask, seen: Sampled, masks: Sequence[str]) -> Exchange:
    """What is kept of an answer."""
    return Exchange(
        ask=ask,
        status=seen.statuses[0],
        content_type=seen.content_types[0],
        fields=read_fields(seen.bodies),
        values=read_values(seen.bodies, masks),
        latency=seen.latency,
    )


def measure_latency(times: Sequence[float]) -> Latency:
    """Percentiles by the nearest rank."""
    ordered = sorted(times)
    return Latency(*(round(pick_rank(ordered, share), 3) for share in (0.50, 0.95, 0.99)))


def pick_rank(ordered: Sequence[float], share: float) -> float:
    """The value that ``share`` of all values are not above."""
    rank = -(-len(ordered) * share // 1)
    return ordered[max(0, min(len(ordered) - 1, int(rank) - 1))]


def _send(client: httpx.Client, ask: Ask) -> httpx.Response:
    import httpx

    content = None if ask.body is None else msgspec.json.encode(ask.body)
    headers = {**({"content-type": "application/json"} if content else {}), **ask.headers}
    try:
        return client.request(ask.method, ask.path, content=content, headers=headers)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise ApiUnreachable(
            f"{ask.title} at {client.base_url} got no answer: {error or type(error).__name__}."
        ) from error


def _read_json(answer: httpx.Response, kind: str) -> list[Any]:
    if not kind.endswith("json"):
        return []
    try:
        return [msgspec.json.decode(answer.content)]
    except msgspec.DecodeError:
        return []
