"""Alerts: those that fire, those that were, and what people do about them."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.params import Parameter, QueryParameter

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.phrasing import in_words
from gonogo.observe.alerts.telling import Delivery
from gonogo.observe.alerts.views import list_channels, list_open_alerts, view_alert, view_silence
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.commands.alerts import NewSilence, acknowledge, end_silence, silence_alerts
from gonogo.observe.commands.alerts_looking import look_now
from gonogo.observe.errors import AlertNotFound
from gonogo.observe.moments import read_moment
from gonogo.observe.routes.live import PATH
from gonogo.observe.store.alerts import find_alert, list_alerts
from gonogo.observe.store.alerts_told import list_lines
from gonogo.observe.store.instants import write_at

ALERTS = f"{PATH}/alerts"
Ask = Request[Actor, Any, Any]
# Litestar keeps the name "state" for its own.
States = Annotated[Literal["open", "pending", "firing", "no_data", "resolved", "all"], QueryParameter(name="state")]
Limit = Annotated[int, Parameter(ge=1, le=1000)]
Cursor = Annotated[str | None, Parameter(pattern=in_words(r"^[0-9a-f-]{36}$", "the next_cursor of an answer"))]
LedgerCursor = Annotated[int | None, Parameter(ge=1, le=2**62)]


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that go with an acknowledgement."""

    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class LookNow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Slack-compatible address to tell as well."""

    slack_webhook: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class AlertsController(Controller):
    """Alerts as they are and were."""

    path = ALERTS
    opt = declare_scope("metrics:read")
    tags = ("observability",)

    @get("/")
    async def list_all(
        self,
        kernel: Kernel,
        in_state: States = "open",
        rule: str | None = None,
        host: str | None = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> dict[str, Any]:
        """Alerts, newest first: those that are not over, or of any state."""
        states = {"open": ("pending", "firing", "no_data"), "all": ()}.get(in_state, (in_state,))
        query = partial(list_alerts, states=states, rule=rule, host=host, before=cursor, limit=limit)
        found = await kernel.db.read(query)
        watch = kernel.get_part(Watch)
        following = found[-1].id if len(found) == limit else None
        return success([view_alert(watch, alert) for alert in found], next_cursor=following)

    @get("/open")
    async def list_open(self, kernel: Kernel) -> dict[str, Any]:
        """Alerts that are not over, as they are now, worst first: value, since when, and when they are told next."""
        return success(list_open_alerts(kernel.get_part(Watch)))

    @get("/ledger")
    async def read_ledger(
        self,
        kernel: Kernel,
        alert: str | None = None,
        rule: str | None = None,
        outcome: Delivery | None = None,
        since: str | None = None,
        limit: Limit = 100,
        cursor: LedgerCursor = None,
    ) -> dict[str, Any]:
        """What was told, held back (with the reason), retried and failed, newest first."""
        moment = None if since is None else write_at(read_moment(since, kernel.clock.now().timestamp(), "since"))
        query = partial(list_lines, alert=alert, rule=rule, outcome=outcome, since=moment, before=cursor, limit=limit)
        found = await kernel.db.read(query)
        following = str(found[-1].seq) if len(found) == limit else None
        return success(found, next_cursor=following)

    @get("/channels")
    async def list_ways(self, kernel: Kernel) -> dict[str, Any]:
        """Who is told, without secrets, how many notifications wait, and what went wrong last."""
        return success(list_channels(kernel.get_part(Watch)))

    @post("/evaluate", status_code=200, opt=declare_scope("admin"))
    async def evaluate(self, data: LookNow, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Look at every rule now, and tell at once what there is to tell."""
        found = await look_now(kernel, request.user, data.slack_webhook)
        told = [
            {
                "rule": one.key.rule,
                "series": one.key.series,
                "kind": one.kind,
                "outcome": one.outcome,
                "reason": one.reason,
            }
            for one in found.decisions
        ]
        watch = kernel.get_part(Watch)
        return success({"open": list_open_alerts(watch), "decisions": told, "waiting": list_channels(watch)})

    @get("/{id:str}")
    async def show(self, id: str, kernel: Kernel) -> dict[str, Any]:
        """One alert."""
        alert = await kernel.db.read(partial(find_alert, id=id))
        if alert is None:
            raise AlertNotFound(
                f"There is no alert '{id}'. `gonogo alerts list --state all` shows those there were.", field="id"
            )
        return success(view_alert(kernel.get_part(Watch), alert))

    @post("/{id:str}/ack", status_code=200, opt=declare_scope("admin"))
    async def ack(self, id: str, data: Note, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Say that somebody looks after it: no more reminders."""
        alert = await acknowledge(kernel, request.user, id, data.note)
        return success(view_alert(kernel.get_part(Watch), alert))


class SilencesController(Controller):
    """Times in which alerts that match are told to nobody."""

    path = f"{ALERTS}/silences"
    opt = declare_scope("admin")
    tags = ("observability",)

    @get("/")
    async def list_all(self, kernel: Kernel) -> dict[str, Any]:
        """Silences in force."""
        now = kernel.clock.now().timestamp()
        found = [silence for silence in kernel.get_part(Watch).silences if silence.ends_at > now]
        return success([view_silence(silence) for silence in found])

    @post("/")
    async def add(self, data: NewSilence, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Tell nobody of alerts with these labels for a while."""
        return success(view_silence(await silence_alerts(kernel, request.user, data)))

    @delete("/{id:str}", status_code=200)
    async def end(self, id: str, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Let a silence end now."""
        return success(view_silence(await end_silence(kernel, request.user, id)))
