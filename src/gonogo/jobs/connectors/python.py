"""``python`` jobs: functions marked with ``@job`` in the modules that the worker is told of.

A module is searched for objects with the attributes ``gonogo_job`` (the type of job) and ``perform`` (which takes the
payload and the ``Run``), which is what ``gonogo.client.jobs.job`` makes of a function.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any, Protocol, cast

from gonogo.jobs.connectors.connector import Run
from gonogo.kernel.durable import GiveUp


class JobFunction(Protocol):
    """What is looked for. ``perform`` raises ``PayloadRefused`` (by that name) when the payload does not fit."""

    gonogo_job: str
    is_async: bool

    def perform(self, payload: Any, run: Run) -> Any: ...


class PythonConnector:
    """Calls functions: coroutines on the loop, others in threads."""

    name = "python"

    def __init__(self, functions: Mapping[str, JobFunction]) -> None:
        self._functions = functions

    def list_capabilities(self) -> tuple[str, ...]:
        """See ``Connector``."""
        return ("connector=python", *(f"type={name}" for name in self._functions))

    async def run(self, run: Run) -> Any:
        """What the function returns. A thread can't be ended: it should look at ``run.cancelled``."""
        function = self._functions[run.claim.type]
        try:
            if function.is_async:
                return await cast(Awaitable[Any], function.perform(run.payload, run))
            return await asyncio.to_thread(function.perform, run.payload, run)
        except Exception as error:
            if type(error).__name__ == "PayloadRefused":
                raise GiveUp(str(error)) from error
            raise

    async def close(self) -> None:
        """Nothing is held between jobs."""


def open_connector(options: Mapping[str, str]) -> PythonConnector:
    """A connector for the functions of the modules named in ``modules``, separated by commas."""
    names = [name.strip() for name in options.get("modules", "").split(",") if name.strip()]
    return PythonConnector({function.gonogo_job: function for name in names for function in find_functions(name)})


def find_functions(module: str) -> list[JobFunction]:
    """The marked functions of a module."""
    found = [value for _, value in inspect.getmembers(import_module(module)) if _is_marked(value)]
    return cast(list[JobFunction], found)


def _is_marked(value: object) -> bool:
    perform: Callable[..., Any] | None = getattr(value, "perform", None)
    return isinstance(getattr(value, "gonogo_job", None), str) and callable(perform)
