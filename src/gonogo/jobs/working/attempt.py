"""One attempt: run the connector within the job's time, and say in a result how it went."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import msgspec
import structlog

from gonogo.jobs.connectors.connector import Connector, JobFailed, Run, make_text
from gonogo.jobs.schemas import Outcome, Result
from gonogo.kernel.durable import GiveUp, TryAgain
from gonogo.kernel.errors import Problem

MOST_RESULT = 4 * 1024 * 1024
"""Bytes of a result as JSON."""
log = structlog.get_logger()


async def attempt_job(connector: Connector | None, run: Run) -> Result:
    """Never raises: being stopped gives the job back, whatever else happens is its outcome."""
    try:
        if connector is None:
            return _end(run, "released", error=f"This worker does no '{run.claim.type}' jobs.")
        async with asyncio.timeout(run.claim.timeout_s) as limit:
            value = await connector.run(run)
            _check_result(value)
            return _end(run, "done", value=value)
    except asyncio.CancelledError:
        return _end(run, "released", error="The worker stopped before the job ended.")
    except TimeoutError as error:
        told = f"It ran for longer than {run.claim.timeout_s:g} s." if limit.expired() else _tell(error)
        return _end(run, "failed", error=told)
    except TryAgain as error:
        return _end(run, "failed", error=str(error), retry_after=error.after_s)
    except GiveUp as error:
        return _end(run, "dead", error=str(error))
    except JobFailed as error:
        return _end(run, "failed", error=str(error))
    except Exception as error:  # noqa: BLE001 — whatever a job raises is its outcome
        log.warning("job failed", job=run.claim.id, type=run.claim.type, attempt=run.claim.attempt, error=_tell(error))
        for line in traceback.format_exc().splitlines():
            run.say(line)
        return _end(run, "failed", error=_tell(error))
    finally:
        run.cancelled.set()
        await run.clean()


def _check_result(value: Any) -> None:
    """Raise ``GiveUp`` for a result that no queue can keep: it must not keep the worker from telling of the others."""
    if value is None:
        return
    try:
        size = len(msgspec.json.encode(value))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise GiveUp(f"Its result can't be kept: it is no JSON. {_tell(error)}") from error
    if size > MOST_RESULT:
        limit = MOST_RESULT // (1024 * 1024)
        raise GiveUp(f"Its result can't be kept: it is larger than {limit} MB. Produce a file, and return less.")


def _end(run: Run, outcome: Outcome, *, error: str = "", **details: Any) -> Result:
    _, _, lines = run.take_news()
    claim = run.claim
    return Result(id=claim.id, fence=claim.fence, outcome=outcome, error=make_text(error), lines=lines, **details)


def _tell(error: Exception) -> str:
    if isinstance(error, Problem):
        return error.detail
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
