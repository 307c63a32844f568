"""Signals: every live number by name, and samples pushed by scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, get, post

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import BadInput, Conflict, NotFound
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import PUSHED, BadSignalName, evaluate, parse_expression

Label = Annotated[str, msgspec.Meta(max_length=200)]


class SignalNotFound(NotFound):
    """Nobody declared or pushed a signal of that name."""

    type, title = "signal-not-found", "No such signal"


class SignalHasSource(Conflict):
    """The signal is measured by Gonogo itself, so nobody may push samples of it."""

    type, title = "signal-has-source", "This signal has a source of its own"


class Push(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Samples of one series, in ``unit`` (which counts the first time a name is seen)."""

    values: Annotated[list[float], msgspec.Meta(max_length=10_000)]
    unit: str = ""
    labels: Annotated[dict[Label, Label], msgspec.Meta(max_length=20)] = {}


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signal expression to judge now, such as ``http.p95 < 200ms over 5m``."""

    expression: str


class SignalsController(Controller):
    """The registry of live numbers."""

    path = "/api/signals"
    opt = declare_scope("metrics:read")
    tags = ("signals",)

    @get("/")
    async def list_signals(self, kernel: Kernel) -> dict[str, Any]:
        """Every signal with its unit, labels, source, last values and their age."""
        return success(kernel.signals.list_signals(kernel.clock.now()))

    @get("/{name:str}")
    async def read_signal(self, name: str, kernel: Kernel) -> dict[str, Any]:
        """One signal with its samples: seconds since the epoch and value, oldest first."""
        signal = kernel.signals.find_signal(name)
        if signal is None:
            raise SignalNotFound(f"There is no signal '{name}'. `gonogo signals list` shows all.", field="name")
        return success({"signal": signal, "series": kernel.signals.find_samples(name)})

    @post("/{name:str}", status_code=200, opt=declare_scope("signals:write"))
    async def push_samples(
        self, name: str, data: Push, request: Request[Actor, Any, Any], kernel: Kernel
    ) -> dict[str, Any]:
        """Add samples, as a script does that measures something of its own."""
        authorise(request.user, "operator")
        covered = request.user.bound.covers_signal(name)
        await kernel.bounds.check(request.user, "signals:write", f"the signal {name[:200]}", covered=covered)
        await _refuse_foreign(kernel, request.user, name)
        # One instant holds one sample, so those of one push stand a microsecond apart and end now.
        start = kernel.clock.now() - timedelta(microseconds=len(data.values) - 1)
        instants = [start + timedelta(microseconds=place) for place in range(len(data.values))]
        pairs = list(zip(data.values, instants, strict=True))
        try:
            kept = [kernel.signals.record(name, v, data.labels, at=at, unit=data.unit) for v, at in pairs]
        except BadSignalName as error:
            raise BadInput(f"{error}.", field="name") from error
        except ValueError as error:
            raise BadInput(f"{error}.", field="unit") from error
        counted = {"accepted": sum(kept), "refused": len(kept) - sum(kept)}
        facts = {"labels": data.labels, **counted}
        await kernel.db.write(lambda tx: tx.emit("signal.pushed", name, facts, request.user))
        return success({"name": name, **counted})

    @post("/evaluate", status_code=200, opt={"reads_only": True})
    async def evaluate_expression(self, data: Question, kernel: Kernel) -> dict[str, Any]:
        """What a gate with this expression would say now."""
        try:
            expression = parse_expression(data.expression)
        except ValueError as error:
            raise BadInput(str(error), field="expression") from error
        return success(evaluate(expression, kernel.signals, kernel.clock.now()))


async def _refuse_foreign(kernel: Kernel, actor: Actor, name: str) -> None:
    """A pushed value must never stand in for one that a gate believes to be measured. Raises SignalHasSource."""
    known = kernel.signals.find_signal(name)
    if known is None or known.source == PUSHED:
        return
    await kernel.db.write(lambda tx: tx.emit("signal.push_refused", name, {"source": known.source}, actor))
    raise SignalHasSource(
        f"'{name}' comes from {known.source or 'Gonogo itself'}; push your samples under another name.", field="name"
    )
