"""Asking an address once. Redirects are not followed: where an answer points to is another check's business."""

from __future__ import annotations

import asyncio
import ssl
import time
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gonogo.kernel.outgoing.guard import ADMINISTERED, Guard, find_refusal
from gonogo.observe.checks.definition import Check
from gonogo.observe.checks.judging import Answer

if TYPE_CHECKING:
    import aiohttp

MOST_BYTES = 1024 * 1024
"""Bytes of an answer that are looked at."""
AGENT = "gonogo-check"
DAY_S = 86_400.0


async def ask_address(check: Check, now: datetime, guard: Guard = ADMINISTERED) -> Answer:
    """One request over a connection of its own, as a new visitor makes it. Never raises for what the network does."""
    await asyncio.to_thread(import_module, "gonogo.kernel.outgoing.connecting")  # the first time takes half a second
    import aiohttp

    started = time.perf_counter()
    try:
        status, body = await _send(check, guard)
        problem = ""
    except TimeoutError:
        status, body, problem = None, b"", f"no answer within {check.timeout}"
    except (aiohttp.ClientError, OSError, ssl.SSLError, ValueError) as error:
        status, body, problem = None, b"", _tell(error)
    seconds = time.perf_counter() - started
    return Answer(seconds=seconds, status=status, body=body, tls_days=await _read_days(check, now), problem=problem)


def _tell(error: Exception) -> str:
    cause = getattr(error, "os_error", None)  # aiohttp's own words for it are for its makers
    if (refusal := find_refusal(error)) is not None:
        return str(refusal)
    if isinstance(cause, ConnectionRefusedError):
        return f"{getattr(error, 'host', '')}:{getattr(error, 'port', '')} refuses the connection"
    return str(error) or type(error).__name__


async def _send(check: Check, guard: Guard) -> tuple[int, bytes]:
    import aiohttp

    from gonogo.kernel.outgoing.connecting import make_connector

    headers = {"User-Agent": AGENT, **check.headers}
    timeout = aiohttp.ClientTimeout(total=check.timeout_s)
    connector = make_connector(guard, force_close=True, keepalive_timeout=None)
    async with (
        aiohttp.ClientSession(timeout=timeout, connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.request(
            check.method,
            check.url,
            headers=headers,
            data=check.body.encode() or None,
            allow_redirects=False,
            ssl=_trust(check),
        ) as answer,
    ):
        return answer.status, await _read_body(answer)


async def _read_body(answer: aiohttp.ClientResponse) -> bytes:
    body = b""
    while len(body) < MOST_BYTES and (more := await answer.content.read(MOST_BYTES - len(body))):
        body += more
    return body


def _trust(check: Check) -> ssl.SSLContext | bool:
    return ssl.create_default_context(cafile=check.ca) if check.ca else True


async def _read_days(check: Check, now: datetime) -> float | None:
    # A connection of its own, which trusts everybody: a certificate that has run out is to be told, not refused.
    parts = urlsplit(check.url)
    if parts.scheme != "https":
        return None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(check.timeout_s):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port or 443, ssl=context, server_hostname=parts.hostname
            )
    except (OSError, TimeoutError):
        return None
    certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return _count_days(certificate, now)


def _count_days(certificate: bytes | None, now: datetime) -> float | None:
    from cryptography import x509

    if certificate is None:
        return None
    end = x509.load_der_x509_certificate(certificate).not_valid_after_utc
    return (end - now.astimezone(UTC)).total_seconds() / DAY_S
