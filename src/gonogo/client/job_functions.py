"""Functions as jobs: mark them with ``@job``, name their module to a worker, and ask for them from anywhere.

@job("mail.send")
async def send_mail(to: str, subject: str) -> dict[str, str]:
    ...

gonogo.jobs.enqueue(send_mail.ask("ann@example.com", subject="Hello"))

gonogo worker --connectors python --modules mails
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints

import msgspec

P = ParamSpec("P")
R = TypeVar("R")
RUN = "run"
"""A parameter of this name is given the attempt: ``run.report(0.5, "half way")``, ``run.say("a line")``."""


class PayloadRefused(Exception):
    """The payload does not fit the function; trying again can't help."""


class JobRequest(msgspec.Struct, frozen=True):
    """A job that has not been enqueued yet."""

    type: str
    payload: dict[str, Any]


class JobFunction(Generic[P, R]):
    """A marked function. Calling it calls the function, here and now."""

    def __init__(self, function: Callable[P, R], name: str) -> None:
        self.gonogo_job = name
        self.is_async = inspect.iscoroutinefunction(function)
        self._function = function
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._function(*args, **kwargs)

    def ask(self, *args: Any, **kwargs: Any) -> JobRequest:
        """The job that calls it with these arguments, ``run`` left out. Raises ``TypeError`` where they don't fit."""
        given = self._signature.bind(*args, **kwargs).arguments
        return JobRequest(self.gonogo_job, {name: msgspec.to_builtins(value) for name, value in given.items()})

    def perform(self, payload: Any, run: Any) -> R:
        """Call it with the members of ``payload``, converted to what its parameters are annotated with.

        Raises ``PayloadRefused``.
        """
        try:
            bound = self._signature.bind(**payload)
            given = {
                name: msgspec.convert(value, self._hints.get(name, Any)) for name, value in bound.arguments.items()
            }
        except (TypeError, msgspec.ValidationError) as error:
            raise PayloadRefused(f"The payload does not fit {self.gonogo_job}: {error}.") from error
        if self._takes_run:
            given[RUN] = run
        return self._function(**given)  # type: ignore[call-arg]

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self._function)

    @cached_property
    def _takes_run(self) -> bool:
        return RUN in inspect.signature(self._function).parameters

    @cached_property
    def _signature(self) -> inspect.Signature:
        whole = inspect.signature(self._function)
        return whole.replace(parameters=[each for name, each in whole.parameters.items() if name != RUN])


def job(name: str) -> Callable[[Callable[P, R]], JobFunction[P, R]]:
    """Mark a function, plain or ``async``, as what does jobs of type ``name``."""
    return lambda function: JobFunction(function, name)
