"""Visiting every target when its turn has come."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from gonogo.kernel.clock import format_instant
from gonogo.kernel.errors import Problem
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.outgoing.guard import open_target_guard
from gonogo.observe.schemas import Target
from gonogo.observe.scrape.exposition import take_exposition
from gonogo.observe.series import SeriesSink
from gonogo.observe.store.targets import list_targets

if TYPE_CHECKING:
    import aiohttp

LOOK_S = 5.0
PATIENCE_S = 10.0
MOST_BYTES = 8 * 1024 * 1024
log = structlog.get_logger()


@dataclass(slots=True)
class Visit:
    """How the last fetch of a target went."""

    due: float = 0.0
    at: str | None = None
    series: int = 0
    problem: str = ""


@dataclass(slots=True)
class Scraper:
    """Fetches targets side by side; a slow one delays no other."""

    sink: SeriesSink
    visits: dict[str, Visit] = field(default_factory=dict)

    async def look(self, kernel: Kernel) -> None:
        """Fetch every target that is due."""
        targets = await kernel.db.read(list_targets)
        self.visits = {target.name: self.visits.get(target.name, Visit()) for target in targets}
        now = kernel.clock.monotonic()
        due = [target for target in targets if self.visits[target.name].due <= now]
        if not due:
            return
        import aiohttp

        from gonogo.kernel.outgoing.connecting import make_connector

        connector = make_connector(open_target_guard(kernel.config))
        patience = aiohttp.ClientTimeout(total=PATIENCE_S)
        async with aiohttp.ClientSession(timeout=patience, connector=connector) as session:
            await asyncio.gather(*(self._visit(kernel, session, target) for target in due))

    async def _visit(self, kernel: Kernel, session: aiohttp.ClientSession, target: Target) -> None:
        import aiohttp

        visit = self.visits[target.name]
        visit.due = kernel.clock.monotonic() + target.every_s
        at = kernel.clock.now()
        visit.at = format_instant(at)
        try:
            text = await _fetch(session, target.url)
            visit.series = take_exposition(self.sink, text, target.name, target.prefix, at)
            visit.problem = ""
        except (aiohttp.ClientError, OSError, TimeoutError, Problem) as error:
            reason = _tell(error)
            if visit.problem != reason:
                log.warning("target not scraped", target=target.name, reason=reason)
            visit.problem = reason


def _tell(error: Exception) -> str:
    import aiohttp

    if isinstance(error, TimeoutError):
        return f"no answer within {PATIENCE_S:.0f} s"
    if isinstance(error, aiohttp.ClientConnectorError):
        cause = error.os_error  # asyncio's own words for it are for its makers
        why = os.strerror(cause.errno) if cause.errno and cause.errno > 0 else cause.strerror
        return f"{error.host}:{error.port} can't be reached: {why}"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "its answer broke off"
    return str(error) or type(error).__name__


async def _fetch(session: aiohttp.ClientSession, url: str) -> str:
    import aiohttp

    async with session.get(url, headers={"Accept": "text/plain"}, allow_redirects=False) as answer:
        if answer.status != 200:
            raise aiohttp.ClientError(f"it answered {answer.status}")
        body = await answer.content.read(MOST_BYTES + 1)
        while len(body) <= MOST_BYTES and (more := await answer.content.read(MOST_BYTES)):
            body += more
        if len(body) > MOST_BYTES:
            raise aiohttp.ClientError(f"it answered more than {MOST_BYTES // 1024 // 1024} MB")
        return body.decode("utf-8", errors="replace")
