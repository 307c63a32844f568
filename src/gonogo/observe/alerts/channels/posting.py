"""Posting JSON to somebody's webhook, and what their answer means."""

from __future__ import annotations

from urllib.parse import urlsplit

from gonogo.kernel.outgoing.guard import ADMINISTERED
from gonogo.observe.alerts.channels.channel import DeliveryFailed

TIMEOUT_S = 10.0
_HOPELESS = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})
_LONGEST_WAIT_S = 3600.0


async def post_json(url: str, body: bytes, headers: dict[str, str]) -> None:
    """Post and want a 2xx. Raises ``DeliveryFailed``, whose reason names no more of the address than its host."""
    import aiohttp

    from gonogo.kernel.outgoing.connecting import make_connector

    host = urlsplit(url).hostname
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, connector=make_connector(ADMINISTERED)) as session,
            session.post(
                url, data=body, headers={"Content-Type": "application/json", **headers}, allow_redirects=False
            ) as answer,
        ):
            status, wait = answer.status, answer.headers.get("Retry-After", "")
    except aiohttp.InvalidURL as error:
        raise DeliveryFailed("the address is no valid URL", is_final=True) from error
    except TimeoutError as error:
        raise DeliveryFailed(f"{host} did not answer within {TIMEOUT_S:.0f} s") from error
    except (aiohttp.ClientError, OSError) as error:
        raise DeliveryFailed(f"{host} can't be reached: {type(error).__name__}") from error
    if not 200 <= status < 300:
        raise DeliveryFailed(f"{host} answered {status}", is_final=status in _HOPELESS, retry_after_s=_read_wait(wait))


def _read_wait(text: str) -> float | None:
    return min(float(text), _LONGEST_WAIT_S) if text.isdigit() else None


def mask_url(url: str) -> str:
    """The address without what may be secret in it: scheme and host, no more."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}/…"
