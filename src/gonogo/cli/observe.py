"""``gonogo observe``: hosts and their history, and the upkeep of it."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import GO, NO_GO
from gonogo.cli.observe_logs import logs
from gonogo.cli.observe_targets import app as targets
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table, warn
from gonogo.cli.values import write_value

Days = Annotated[int | None, Parameter(help="Days of raw history and rows to keep; as the knobs say when absent.")]
DryRun = Annotated[bool, Parameter(help="Only say what would go.")]
Vacuum = Annotated[bool, Parameter(help="Shrink the file afterwards; changes wait meanwhile.")]
Hours = Annotated[int, Parameter(help="How many hours back.")]
Period = Annotated[Literal["hourly", "daily"], Parameter(help="Add up hours, or the hours of days.")]
SomeHours = Annotated[int | None, Parameter(help="How many hours back; all that is kept when absent.")]
Host = Annotated[str | None, Parameter(help="Which host; the server's own when absent.")]
Since = Annotated[str, Parameter(name="--from", help="An instant, or how long ago.")]
SlackWebhook = Annotated[str, Parameter(help="A Slack-compatible address to tell beside the configured channels.")]
app = App(name="observe", help="Hosts, their history, and the upkeep of both.")
app.command(targets)
app.command(logs)


@app.command
def hosts(*, json: AsJson = False) -> None:
    """List every host, worst first.

    Example: gonogo observe hosts
    """
    with open_gonogo() as gonogo:
        found = gonogo.observe.hosts()
    if json:
        show_json(found)
        return
    rows = [
        (
            line["host"],
            "silent" if line["silent"] else line["status"],
            *(_write(line["metrics"][name], "%") for name in ("cpu_percent", "memory_percent", "disk_percent")),
            _write(line["metrics"]["load_1"], ""),
            line["last_sample"] or "never",
            line["reason"],
        )
        for line in found
    ]
    headings = ("host", "health", "cpu", "memory", "disk", "load", "last sample", "why")
    show_table(headings, rows, empty="No host has reported yet.")


@app.command
def forget(host: str, /) -> None:
    """Take a host that is gone for good off every list; what is stored of it goes with age.

    Example: gonogo observe forget web1
    """
    with open_gonogo() as gonogo:
        gonogo.observe.forget(host)
    say(f"{host} is forgotten. When its agent reports again, it is back.")


@app.command
def history(metric: str, /, *, host: Host = None, since: Since = "1h", points: int = 20, json: AsJson = False) -> None:
    """Print the course of a metric: mean, smallest and largest at each moment.

    Example: gonogo observe history cpu_percent --from 24h
    """
    with open_gonogo() as gonogo:
        found = gonogo.observe.history(metric, host, since, points=points)
    if json:
        show_json(found)
        return
    from datetime import UTC, datetime

    rows = [
        (f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}Z", *(_write(value, found["unit"]) for value in values))
        for at, *values in zip(found["times"], found["avg"], found["min"], found["max"], strict=True)
    ]
    show_table(("time", "mean", "min", "max"), rows, empty="Nothing was stored in that time.")


@app.command
def cleanup(*, days: Days = None, dry_run: DryRun = False, vacuum: Vacuum = False, json: AsJson = False) -> int:
    """Drop history that is older than it is kept. Raw samples go only when their roll-ups prove to say the same.

    Example: gonogo observe cleanup --days 30 --dry-run
    """
    with open_gonogo() as gonogo:
        cleaned = gonogo.observe.cleanup(days, dry_run=dry_run, vacuum=vacuum)
    if json:
        show_json(cleaned)
    else:
        told = ", ".join(f"{count} {tier}" for tier, count in cleaned["blocks"].items())
        verb = "would go" if dry_run else "went"
        rows = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in cleaned["rows"].items())
        say(f"{verb}: blocks {told}; rows {rows}")
        if cleaned["bytes_before"] is not None:
            say(f"the file shrank from {cleaned['bytes_before']} to {cleaned['bytes_after']} bytes")
    return _tell_faults(cleaned["kept_back"])


@app.command
def aggregate(*, hours: Hours = 2, period: Period = "hourly", json: AsJson = False) -> None:
    """Write the table metric_aggregations for the last hours, or for their days.

    Example: gonogo observe aggregate --period daily --hours 48
    """
    with open_gonogo() as gonogo:
        written = gonogo.observe.aggregate(hours, period)
    if json:
        show_json(written)
        return
    say(f"{written['rows']} {period} rows written")


@app.command
def alerts(*, slack_webhook: SlackWebhook = "", json: AsJson = False) -> int:
    """Look at every alert rule now and tell at once what there is to tell. The exit code is 1 while any alert fires.

    Example: gonogo observe alerts --slack-webhook https://hooks.slack.com/services/T000/B000/XXXX
    """
    from gonogo.cli.alerts import evaluate_now

    return evaluate_now(slack_webhook, as_json=json)


@app.command
def verify(*, hours: SomeHours = None, json: AsJson = False) -> int:
    """Prove that roll-ups are exactly what the raw samples add up to.

    Example: gonogo observe verify --hours 48
    """
    with open_gonogo() as gonogo:
        found = gonogo.observe.verify(hours)
    if json:
        show_json(found)
    else:
        say(f"{found['hours']} sealed hours held against their roll-ups, {len(found['faults'])} disagree")
    return _tell_faults(found["faults"])


def _tell_faults(faults: list[str]) -> int:
    for fault in faults:
        warn(fault)
    return NO_GO if faults else GO


def _write(value: float | None, unit: str) -> str:
    return "" if value is None else write_value(value, unit)
