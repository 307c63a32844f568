"""One attempt: run the connector within the job's time, and say in a result how it went."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import msgspec
import structlog

from gonogo.jobs.connectors.connector import Connector, JobFailed, Run, make_text
from gonogo.jobs.schemas import Outcome, Result
from gonogo.jobs.sealed import is_sealed
from gonogo.kernel.durable import GiveUp, TryAgain
from gonogo.kernel.errors import Problem
from gonogo.kernel.secrets.documents import mask_texts
from gonogo.kernel.secrets.masking import Masker

MOST_RESULT = 4 * 1024 * 1024
"""Bytes of a result as JSON."""
_LARGE = 16 * 1024
log = structlog.get_logger()


async def attempt_job(connector: Connector | None, run: Run) -> Result:
    """Never raises: being stopped gives the job back, whatever else happens is its outcome."""
    try:
        if connector is None:
            return _end(run, "released", error=f"This worker does no '{run.claim.type}' jobs.")
        if is_sealed(run.claim.payload):
            raise GiveUp("Its secrets are encrypted with another key. Start this worker with GONOGO_SETTINGS_KEY.")
        async with asyncio.timeout(run.claim.timeout_s) as limit:
            value = await connector.run(run)
            _check_result(value)
            value = await mask_result(value, run.masker)
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
    told = run.masker.mask_text(make_text(error)) if error else ""
    return Result(id=claim.id, fence=claim.fence, outcome=outcome, error=told, lines=lines, **details)


async def mask_result(value: Any, masker: Masker) -> Any:
    """A result without the secrets of its payload and what has the shape of one; a large one is masked in a thread."""
    if value is None or isinstance(value, bool | int | float):
        return value
    data = msgspec.json.encode(value)
    if len(data) > _LARGE:
        return await asyncio.to_thread(_mask, value, data, masker)
    return _mask(value, data, masker)


def _mask(value: Any, data: bytes, masker: Masker) -> Any:
    return mask_texts(msgspec.json.decode(data), masker) if masker.find_spans(data) else value


def _tell(error: Exception) -> str:
    if isinstance(error, Problem):
        return error.detail
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
