"""Rules that people add while it runs."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import UnitMismatch, check_units
from gonogo.observe.alerts.rule import Rule, RuleBody, check_channels, compile_rule
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.commands.alerts import end_alerts
from gonogo.observe.commands.alerts_looking import refresh_rules
from gonogo.observe.errors import BadRule, RuleFixed
from gonogo.observe.store import alerts_said


async def save_rule(kernel: Kernel, actor: Actor, name: str, body: RuleBody) -> Rule:
    """Add or change a rule; one of a default's name replaces it. Raises ``Forbidden``, ``BadRule`` or ``RuleFixed``."""
    authorise(actor, "operator")
    watch = kernel.get_part(Watch)
    rule = compile_rule(name, body, "stored", watch.manners)
    check_channels(name, body)
    try:
        check_units(rule.condition, kernel.signals)
    except UnitMismatch as error:
        raise BadRule(f"{error}.", field="expression") from error
    _refuse_configured(watch, name)

    def write(tx: Tx) -> None:
        alerts_said.save_rule(tx, name, body, actor.name)
        tx.emit("alert.rule_saved", name, {"text": rule.asked, "severity": rule.severity}, actor)

    async with watch.lock:
        await kernel.db.write(write)
        watch.stored[name] = body
        refresh_rules(kernel, watch)
    if not body.enabled:
        await _end_alerts_of(kernel, name, "the rule was switched off")
    return watch.get_rule(name)


async def remove_rule(kernel: Kernel, actor: Actor, name: str) -> None:
    """Take a rule away that somebody added; a default behind it is back. Raises ``Forbidden`` or ``RuleFixed``."""
    authorise(actor, "operator")
    watch = kernel.get_part(Watch)
    rule = watch.get_rule(name)
    _refuse_configured(watch, name)
    if rule.source == "default":
        raise RuleFixed(f"'{name}' comes with Gonogo. Save it with \"enabled\": false to switch it off.", field="name")

    def write(tx: Tx) -> None:
        alerts_said.delete_rule(tx, name)
        tx.emit("alert.rule_removed", name, {"text": rule.asked}, actor)

    async with watch.lock:
        await kernel.db.write(write)
        del watch.stored[name]
        refresh_rules(kernel, watch)
    await _end_alerts_of(kernel, name, "the rule was removed")


async def _end_alerts_of(kernel: Kernel, rule: str, because: str) -> None:
    await end_alerts(kernel, lambda key, _track: key.rule == rule, because)


def _refuse_configured(watch: Watch, name: str) -> None:
    known = watch.rules.get(name)
    if known is not None and known.source == "config":
        raise RuleFixed(f"'{name}' stands in gonogo.toml as [alerts.{name}]; change it there.", field="name")
