"""Trying the services that variables name by URL: one short, harmless conversation with each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote, urlsplit

import msgspec

Try = Callable[[str, float], Awaitable[str]]


class Tried(msgspec.Struct, frozen=True):
    """How it went; ``told`` is what the service said, or the failure in a few words."""

    name: str
    ok: bool
    told: str


def list_services(values: Mapping[str, str]) -> dict[str, str]:
    """The variables that hold the address of a service we can talk to."""
    return {name: value for name, value in values.items() if _find_scheme(value) in _TRIES}


async def try_services(services: Mapping[str, str], timeout_s: float) -> list[Tried]:
    """Talk to all of them at once, each for at most ``timeout_s``."""
    return list(await asyncio.gather(*(_try(name, url, timeout_s) for name, url in services.items())))


async def _try(name: str, url: str, timeout_s: float) -> Tried:
    try:
        async with asyncio.timeout(timeout_s):
            return Tried(name, True, await _TRIES[_find_scheme(url)](url, timeout_s))
    except TimeoutError:
        return Tried(name, False, f"no answer within {timeout_s:g} s")
    except Exception as error:  # noqa: BLE001  every library has failures of its own, and each is the finding here
        return Tried(name, False, _tell(error, url))


def _find_scheme(value: str) -> str:
    scheme, _, rest = value.partition("://")
    return scheme.lower().partition("+")[0] if rest else ""


async def _try_postgres(url: str, timeout_s: float) -> str:
    import psycopg

    scheme, _, rest = url.partition("://")
    connection = await psycopg.AsyncConnection.connect(
        f"{scheme.partition('+')[0]}://{rest}", connect_timeout=max(2, int(timeout_s))
    )
    async with connection:
        row = await (await connection.execute("SHOW server_version")).fetchone()
        return f"Postgres {row[0] if row else '?'}"


async def _try_redis(url: str, timeout_s: float) -> str:
    from redis.asyncio import Redis

    client = Redis.from_url(url, socket_connect_timeout=timeout_s, socket_timeout=timeout_s)
    try:
        await client.execute_command("PING")  # type: ignore[no-untyped-call]
        return "Redis answers"
    finally:
        await client.aclose()


async def _try_http(url: str, timeout_s: float) -> str:
    import httpx

    async with httpx.AsyncClient(timeout=timeout_s, trust_env=False) as client:
        answer = await client.get(url)
    if answer.status_code >= 500:
        raise ConnectionError(f"HTTP {answer.status_code}")
    return f"HTTP {answer.status_code}"


async def _try_smtp(url: str, timeout_s: float) -> str:
    from aiosmtplib import SMTP

    parts = urlsplit(url)
    tls = parts.scheme == "smtps"
    port = parts.port or (465 if tls else 25)
    client = SMTP(hostname=parts.hostname or "localhost", port=port, use_tls=tls, timeout=timeout_s)
    async with client:
        if parts.username and parts.password:
            await client.login(unquote(parts.username), unquote(parts.password))
        answer = await client.noop()
        return f"SMTP {answer.code}"


def _tell(error: Exception, url: str) -> str:
    password = urlsplit(url).password
    told = " ".join(str(error).split()) or type(error).__name__
    return told.replace(password, "***")[:300] if password else told[:300]


_TRIES: dict[str, Try] = {
    "postgres": _try_postgres,
    "postgresql": _try_postgres,
    "redis": _try_redis,
    "rediss": _try_redis,
    "http": _try_http,
    "https": _try_http,
    "smtp": _try_smtp,
    "smtps": _try_smtp,
}
