"""One attempt: run the connector within the job's time, and say in a result how it went."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import structlog

from gonogo.jobs.connectors.connector import Connector, JobFailed, Run
from gonogo.jobs.schemas import Outcome, Result
from gonogo.kernel.durable import GiveUp, TryAgain
from gonogo.kernel.errors import Problem

log = structlog.get_logger()


async def attempt_job(connector: Connector | None, run: Run) -> Result:
    """Never raises: being stopped gives the job back, whatever else happens is its outcome."""
    try:
        if connector is None:
            return _end(run, "released", error=f"This worker does no '{run.claim.type}' jobs.")
        async with asyncio.timeout(run.claim.timeout_s) as limit:
            return _end(run, "done", value=await connector.run(run))
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


def _end(run: Run, outcome: Outcome, **details: Any) -> Result:
    _, _, lines = run.take_news()
    return Result(id=run.claim.id, fence=run.claim.fence, outcome=outcome, lines=lines, **details)


def _tell(error: Exception) -> str:
    if isinstance(error, Problem):
        return error.detail
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
