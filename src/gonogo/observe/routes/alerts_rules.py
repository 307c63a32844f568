"""Alert rules: what is watched, changing it, and trying it out."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, delete, get, post, put

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.observe.alerts.rule import RuleBody, RuleName
from gonogo.observe.alerts.views import view_rule
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.commands.alerts_rules import remove_rule, save_rule
from gonogo.observe.commands.alerts_trying import dry_run, send_test
from gonogo.observe.errors import BadRule
from gonogo.observe.routes.alerts import ALERTS

Ask = Request[Actor, Any, Any]


class RuleToTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rule's channels to try."""

    rule: str


class RuleToReplay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rule to replay, over how many days."""

    rule: str
    days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 30


class RulesController(Controller):
    """Rules by name."""

    path = ALERTS
    opt = declare_scope("admin")
    tags = ("observability",)

    @get("/rules")
    async def list_rules(self, kernel: Kernel) -> dict[str, Any]:
        """Every rule with where it comes from, how many series it covers, and how they stand."""
        watch = kernel.get_part(Watch)
        return success([view_rule(watch, rule) for rule in watch.rules.values()])

    @get("/rules/{name:str}")
    async def show_rule(self, name: str, kernel: Kernel) -> dict[str, Any]:
        """One rule."""
        watch = kernel.get_part(Watch)
        return success(view_rule(watch, watch.get_rule(name)))

    @put("/rules/{name:str}", status_code=200)
    async def put_rule(self, name: str, data: RuleBody, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Add or change a rule; one with the name of a default replaces it."""
        try:
            msgspec.convert(name, RuleName)
        except msgspec.ValidationError as error:
            raise BadRule("A rule's name has lower-case letters, digits, '-', '_' and '.'.", field="name") from error
        rule = await save_rule(kernel, request.user, name, data)
        return success(view_rule(kernel.get_part(Watch), rule))

    @delete("/rules/{name:str}", status_code=200)
    async def drop_rule(self, name: str, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Take a rule away; its alerts end untold."""
        await remove_rule(kernel, request.user, name)
        return success({"name": name})

    @post("/test", status_code=200)
    async def test(self, data: RuleToTest, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Send a marked test through every channel of a rule, and say how each went."""
        return success(await send_test(kernel, request.user, data.rule))

    @post("/dry-run", status_code=200)
    async def replay(self, data: RuleToReplay, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Say what a rule would have sent over stored history."""
        return success(await dry_run(kernel, request.user, data.rule, data.days))
