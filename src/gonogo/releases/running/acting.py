"""Performing a built-in action for a run: its live lines, its time limit, its verdict, and the values it leaves."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import structlog

from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.errors import BadInput, Problem
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.secrets.masking import Masker
from gonogo.releases.plan import Item
from gonogo.releases.shell.private import create_private
from gonogo.releases.substitution import VariableNotSet, fill_text

T = TypeVar("T")
log = structlog.get_logger()


class Lines:
    """Where an action's lines go: masked, into the evidence of its attempt, from whatever thread they come."""

    def __init__(self, path: Path, masker: Masker, on_growth: Callable[[int], None]) -> None:
        self._masker, self._on_growth = masker, on_growth
        self._descriptor = create_private(path)
        self._loop = asyncio.get_running_loop()
        self._size = 0

    def write(self, line: str) -> None:
        """Add one line."""
        data = f"{self._masker.mask_text(line)}\n".encode("utf-8", "replace")
        os.write(self._descriptor, data)
        self._size += len(data)
        self._loop.call_soon_threadsafe(self._on_growth, self._size)

    def close(self) -> None:
        os.close(self._descriptor)


class Performance:
    """What came of an action. ``why`` is its summary, or what kept it from one."""

    def __init__(self, passed: bool, why: str, values: Mapping[str, Any] | None = None) -> None:
        self.passed, self.why, self.values = passed, why, dict(values or {})


async def perform_action(
    kernel: Kernel, item: Item, call: ActionCall, stop: asyncio.Event, timeout_s: float
) -> Performance:
    """Perform it to its end, its time limit or ``stop``. A failure of any kind is a performance, never an exception."""
    try:
        result = await run_until(kernel.actions[item.action or ""](call), stop, timeout_s)
    except Problem as problem:
        return Performance(False, problem.detail)
    except TimeoutError:
        return Performance(False, f"It did not end within its time, {timeout_s:.0f} s.")
    except Exception as error:
        # A defect in one action must not leave a release without its way back.
        log.exception("action broke", action=item.action, run=call.run)
        return Performance(False, f"It broke: {type(error).__name__}: {error}")
    if result is None:
        return Performance(False, "A person ended it.")
    return read_result(result)


def read_result(result: ActionResult) -> Performance:
    """An action's own verdict."""
    return Performance(result.passed, result.summary, result.values)


def fill_options(item: Item, variables: Mapping[str, str]) -> dict[str, str]:
    """The annotation's words with the run's variables filled in. Raises BadInput."""
    try:
        return {name: fill_text(value, variables) for name, value in item.options.items()}
    except VariableNotSet as error:
        raise BadInput(str(error), field="options") from error


def name_values(action: str, values: Mapping[str, Any]) -> dict[str, str]:
    """What later commands and actions find of an action's values: ``GONOGO_BACKUP_ID``, ``GONOGO_LOAD_P95_MS``."""
    prefix = action.replace(".", "_").replace("-", "_").upper()
    plain = {name: value for name, value in values.items() if isinstance(value, str | int | float)}
    return {f"GONOGO_{prefix}_{name.upper()}": str(value) for name, value in plain.items()}


async def run_until(work: Awaitable[T], stop: asyncio.Event, timeout_s: float) -> T | None:
    """The result of ``work``; None when ``stop`` came first. Raises TimeoutError; what is cut short is cancelled."""
    task: asyncio.Future[T] = asyncio.ensure_future(work)
    stopped: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
    both: set[asyncio.Future[Any]] = {task, stopped}
    try:
        done, _ = await asyncio.wait(both, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            return task.result()
        if stopped in done:
            return None
        raise TimeoutError
    finally:
        await _end(task, stopped)


async def _end(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def make_call(
    kernel: Kernel, item: Item, folder: Path, say: Callable[[str], None], variables: Mapping[str, str], run: str
) -> ActionCall:
    """What the action is given. Raises BadInput."""
    return ActionCall(kernel, SYSTEM, fill_options(item, variables), folder, say, variables, run)
