"""``gonogo alerts``: what fires, who is told, and why somebody was not."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import GO, NO_GO, CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table
from gonogo.cli.signals import read_pair
from gonogo.cli.values import count_since, write_age, write_local, write_value

State = Annotated[
    Literal["open", "pending", "firing", "no_data", "resolved", "all"],
    Parameter(help="Which alerts; open is not over."),
]
Rule = Annotated[str | None, Parameter(help="Only of this rule.")]
Limit = Annotated[int, Parameter(help="How many at most.")]
Note = Annotated[str, Parameter(help="What others should know.")]
Reason = Annotated[str, Parameter(help="Why nobody is to be told.")]
Lasting = Annotated[str, Parameter(name="--for", help="How long, such as 2h.")]
Days = Annotated[int, Parameter(help="How many days back.")]
Expression = Annotated[str, Parameter(help='In the grammar of gates: "host.cpu{host=web1} > 90% for 5m".')]
Severity = Annotated[Literal["info", "warning", "critical"], Parameter(help="How bad it is.")]
Text = Annotated[str, Parameter(help="What it means, for whoever is told.")]
app = App(name="alerts", help="Alerts: what fires, who is told, rules, silences, and why somebody was not told.")


@app.command(name="list")
def list_alerts(*, state: State = "open", rule: Rule = None, limit: Limit = 50, json: AsJson = False) -> int:
    """List alerts, newest first. The exit code is 1 while any of them fires.

    Example: gonogo alerts list
    """
    with open_gonogo() as gonogo:
        found = gonogo.alerts.list(state, rule=rule, limit=limit).items
    if json:
        show_json(found)
    else:
        show_table(
            ("id", "state", "severity", "rule", "series", "value", "since", "next word"),
            [_describe(alert) for alert in found],
            empty="No alert is pending or firing." if state == "open" else "There is no such alert.",
        )
    return NO_GO if any(alert["firing"] for alert in found) else GO


@app.command
def show(id: str, /, *, json: AsJson = False) -> None:
    """Show one alert, with everything that was told of it or held back.

    Example: gonogo alerts show 0199b2c4-7d1e-7c3a-9a57-1f2e3d4c5b6a
    """
    with open_gonogo() as gonogo:
        alert = gonogo.alerts.show(id)
        lines = gonogo.alerts.ledger(alert=id, limit=200).items
    if json:
        show_json({"alert": alert, "ledger": lines})
        return
    say(alert["message"])
    say(f"state: {alert['state']}, since {write_local(alert['started_at'])}")
    if alert["acknowledged_by"]:
        say(f"acknowledged by {alert['acknowledged_by']}: {alert['acknowledged_note'] or 'no note'}")
    if alert["ended_because"]:
        say(f"ended because {alert['ended_because']}")
    _show_lines(lines)


@app.command
def ack(id: str, /, *, note: Note = "") -> None:
    """Say that you look after a firing alert: no more reminders of it.

    Example: gonogo alerts ack 0199b2c4-7d1e-7c3a-9a57-1f2e3d4c5b6a --note "disk is being replaced"
    """
    with open_gonogo() as gonogo:
        alert = gonogo.alerts.ack(id, note)
    say(f"{alert['rule']} on {alert['series']} is acknowledged by {alert['acknowledged_by']}.")


@app.command
def silence(*matchers: str, reason: Reason, lasting: Lasting = "1h", json: AsJson = False) -> None:
    """Tell nobody of alerts with these labels (NAME=VALUE, * for any part) for a while; rule and severity count too.

    Example: gonogo alerts silence host=web1 rule=host-cpu-* --reason "load test" --for 2h
    """
    with open_gonogo() as gonogo:
        made = gonogo.alerts.silence(dict(read_pair(text) for text in matchers), reason, lasting)
    if json:
        show_json(made)
        return
    say(f"{made['id']}: silent until {write_local(made['ends_at'])}. `gonogo alerts unsilence {made['id']}` ends it.")


@app.command
def unsilence(id: str, /) -> None:
    """Let a silence end now.

    Example: gonogo alerts unsilence 0199b2c4-7d1e-7c3a-9a57-1f2e3d4c5b6a
    """
    with open_gonogo() as gonogo:
        gonogo.alerts.unsilence(id)
    say("The silence is over. What still fires is told now.")


@app.command
def silences(*, json: AsJson = False) -> None:
    """List silences in force.

    Example: gonogo alerts silences
    """
    with open_gonogo() as gonogo:
        found = gonogo.alerts.silences()
    if json:
        show_json(found)
        return
    rows = [
        (one["id"], _write_labels(one["matchers"]), write_local(one["ends_at"]), one["created_by"], one["reason"])
        for one in found
    ]
    show_table(("id", "alerts with", "until", "by", "why"), rows, empty="No silence is in force.")


@app.command
def ledger(*, rule: Rule = None, alert: str | None = None, limit: Limit = 50, json: AsJson = False) -> None:
    """List what was told, held back (with the reason), tried again and given up, newest first.

    Example: gonogo alerts ledger --rule host-cpu-critical
    """
    with open_gonogo() as gonogo:
        found = gonogo.alerts.ledger(rule=rule, alert=alert, limit=limit).items
    if json:
        show_json(found)
        return
    _show_lines(found)


@app.command
def rules(*, json: AsJson = False) -> None:
    """List every rule: where it comes from, how many series it covers, and how they stand.

    Example: gonogo alerts rules
    """
    with open_gonogo() as gonogo:
        found = gonogo.alerts.rules()
    if json:
        show_json(found)
        return
    rows = [
        (
            one["name"],
            one["state"].replace("_", " "),
            one["severity"],
            str(one["series"]),
            one["source"],
            one["problem"] or one["condition"],
        )
        for one in found
    ]
    show_table(("rule", "state", "severity", "series", "from", "condition"), rows, empty="There is no rule.")


@app.command
def channels(*, json: AsJson = False) -> None:
    """List who is told, how many notifications wait for them, and what went wrong last.

    Example: gonogo alerts channels
    """
    with open_gonogo() as gonogo:
        found = gonogo.alerts.channels()
    if json:
        show_json(found)
        return
    rows = [(one["name"], one["leads_to"], str(one["waiting"]), one["error"]) for one in found]
    empty = "Nobody is told. Set GONOGO_SLACK_WEBHOOK, GONOGO_ALERT_WEBHOOK or GONOGO_ALERT_EMAIL_TO."
    show_table(("channel", "leads to", "waiting", "last error"), rows, empty=empty)


@app.command(name="save-rule")
def save_rule(name: str, expression: Expression, /, *, severity: Severity = "warning", description: Text = "") -> None:
    """Add or change a rule. `gonogo.toml` can say more: see [alerts.NAME].

    Example: gonogo alerts save-rule busy "host.load1 > 8 for 10m" --severity critical
    """
    body = {"expression": expression, "severity": severity, "description": description}
    with open_gonogo() as gonogo:
        saved = gonogo.alerts.save_rule(name, body)
    say(f"{name}: {saved['condition']}, {saved['severity']}.")


@app.command(name="remove-rule")
def remove_rule(name: str, /) -> None:
    """Take a rule away that somebody added; its alerts end untold.

    Example: gonogo alerts remove-rule busy
    """
    with open_gonogo() as gonogo:
        gonogo.alerts.remove_rule(name)
    say(f"{name} is removed.")


@app.command
def test(rule: str, /, *, json: AsJson = False) -> int:
    """Send a marked test through every channel of a rule, and say how each went.

    Example: gonogo alerts test host-cpu-critical
    """
    with open_gonogo() as gonogo:
        found = gonogo.alerts.test(rule)
    if json:
        show_json(found)
    else:
        for one in found:
            say(f"{one['channel']}: {'sent' if one['sent'] else 'failed: ' + one['error']} ({one['leads_to']})")
    return GO if all(one["sent"] for one in found) else NO_GO


@app.command(name="dry-run")
def dry_run(rule: str, /, *, days: Days = 30, json: AsJson = False) -> None:
    """Say what a rule would have sent over stored history. Nothing is sent.

    Example: gonogo alerts dry-run host-memory-warning --days 30
    """
    with open_gonogo() as gonogo:
        found = gonogo.alerts.dry_run(rule, days)
    if json:
        show_json(found)
        return
    _tell_dry_run(found)


def evaluate_now(slack_webhook: str, *, as_json: bool) -> int:
    """Look at every rule now; gives 1 while anything fires. Raises ``CannotRun`` for what is no address."""
    if slack_webhook and not slack_webhook.startswith(("http://", "https://")):
        raise CannotRun("--slack-webhook is the address that Slack gave: https://hooks.slack.com/services/…")
    with open_gonogo() as gonogo:
        found = gonogo.alerts.evaluate(slack_webhook)
    firing = [alert for alert in found["open"] if alert["firing"]]
    if as_json:
        show_json(found)
        return NO_GO if firing else GO
    for alert in firing:
        say(
            f"FIRING {alert['severity']} {alert['rule']}: {alert['series']} is {alert['shown_value']}, "
            f"asked {alert['condition']}"
        )
    for one in found["decisions"]:
        say(f"{one['kind']} {one['rule']}{one['series']}: {one['outcome']}{_write_reason(one['reason'])}")
    if not firing:
        say("Nothing fires.")
    return NO_GO if firing else GO


def _describe(alert: Any) -> tuple[str, ...]:
    value = "" if alert["value"] is None else write_value(alert["value"], alert["unit"])
    following = alert["muted"] or (write_local(alert["next_at"]) if alert["next_at"] else "")
    since = write_age(count_since(alert["fired_at"] or alert["started_at"]))
    state = alert["state"].replace("_", " ") + (" (firing)" if alert["firing"] and alert["state"] == "no_data" else "")
    return alert["id"], state, alert["severity"], alert["rule"], alert["series"], value, since, following


def _show_lines(lines: list[Any]) -> None:
    rows = [
        (
            write_local(line["at"]),
            line["rule"],
            line["series"],
            line["kind"],
            line["outcome"],
            line["channel"],
            line["reason"],
        )
        for line in lines
    ]
    headings = ("at", "rule", "series", "what", "outcome", "channel", "why")
    show_table(headings, rows, empty="Nothing was told or held back.")


def _tell_dry_run(found: Any) -> None:
    say(f"{found['rule']}: {found['condition']}, from {write_local(found['since'])} to {write_local(found['until'])}")
    for signal, since in found["covered"].items():
        say(f"  {signal}: {'nothing is stored' if since is None else f'stored since {write_local(since)}'}")
    say(f"It would have fired {found['fired']} times and told {found['told']} notifications.")
    for name, count in found["counts"].items():
        say(f"  {count} × {name}")
    rows = [
        (write_local(one["at"]), one["series"], one["kind"], one["outcome"], one["reason"])
        for one in found["decisions"][:50]
    ]
    if rows:
        show_table(("at", "series", "what", "outcome", "why"), rows, empty="")
    for note in found["notes"]:
        say(note)


def _write_labels(labels: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in labels.items())


def _write_reason(reason: str) -> str:
    return f" ({reason})" if reason else ""
