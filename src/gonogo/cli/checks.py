"""``gonogo checks``: addresses that Gonogo asks again and again."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import GO, NO_GO, CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table
from gonogo.cli.signals import read_pair
from gonogo.cli.values import write_value

Status = Annotated[tuple[int, ...], Parameter(name="--status", help="What may be answered; any 2xx when absent.")]
Header = Annotated[tuple[str, ...], Parameter(name="--header", help="NAME=VALUE; may be repeated.")]
Matches = Annotated[str | None, Parameter(help="A regular expression that the answer's text must have.")]
Part = Annotated[str | None, Parameter(help='JSON that the answer must hold, such as \'{"status": "ok"}\'.')]
TlsDays = Annotated[int | None, Parameter(help="Days that the certificate must still be good for.")]
Failures = Annotated[int | None, Parameter(help="Failed rounds in a row that make it down; 3 when absent.")]
Every = Annotated[str | None, Parameter(help="How often; 30s when absent.")]
Timeout = Annotated[str | None, Parameter(help="How long an answer may take; 5s when absent.")]
Contract = Annotated[str | None, Parameter(help="File of a recorded contract to verify every hour.")]
app = App(name="checks", help="HTTP checks: list, add, run, show, remove.")


@app.command(name="list")
def list_checks(*, json: AsJson = False) -> None:
    """List every check: how it stands, its uptime and its times over its window.

    Example: gonogo checks list
    """
    with open_gonogo() as gonogo:
        found = gonogo.checks.list()
    if json:
        show_json(found)
        return
    rows = [
        (line["name"], line["state"], *_write_window(line["window"]), line["every"], line["url"], describe_last(line))
        for line in found
    ]
    headings = ("check", "state", "uptime", "p50", "p95", "p99", "every", "address", "last round")
    show_table(headings, rows, empty="There are no checks: gonogo checks add shop https://shop.example/health")


@app.command
def add(
    name: str,
    url: str,
    /,
    *,
    method: str = "GET",
    status: Status = (),
    header: Header = (),
    json_part: Part = None,
    matches: Matches = None,
    tls_days: TlsDays = None,
    every: Every = None,
    timeout: Timeout = None,
    failures: Failures = None,
    contract: Contract = None,
) -> None:
    """Ask an address from now on. What is not said here can be in gonogo.toml, as [checks.NAME].

    Example: gonogo checks add shop https://shop.example/health --status 200 --tls-days 14
    """
    with open_gonogo() as gonogo:
        gonogo.checks.add(
            name,
            url,
            method=method,
            status=list(status) or None,
            headers=dict(read_pair(text) for text in header) or None,
            json=read_part(json_part),
            matches=matches,
            tls_days=tls_days,
            every=every,
            timeout=timeout,
            failures=failures,
            contract=contract,
        )
    say(f"{name} is asked from now on: gonogo checks show {name}")


@app.command
def run(name: str, /, *, json: AsJson = False) -> int:
    """Ask an address now. Exit code 1 when it does not answer as it should.

    Example: gonogo checks run shop
    """
    with open_gonogo() as gonogo:
        found = gonogo.checks.run(name)
    if json:
        show_json(found)
    else:
        say(f"{name}: {describe_last(found)}")
        if found["contract"] is not None:
            say(f"contract: {found['contract']['summary']}")
    kept = found["contract"] is None or found["contract"]["passed"]
    return GO if found["last"]["passed"] and kept else NO_GO


@app.command
def show(name: str, /, *, json: AsJson = False) -> None:
    """Show a check: what it expects, and its uptime and times over an hour, a day and a week.

    Example: gonogo checks show shop
    """
    with open_gonogo() as gonogo:
        found = gonogo.checks.show(name)
    if json:
        show_json(found)
        return
    since = f" since {found['since']}" if found["since"] else ""
    say(f"{name}: {found['state']}{since}; {describe_last(found)}")
    for key, value in found["check"].items():
        if key != "name":
            say(f"  {key}: {value}")
    if found["contract"] is not None:
        say(f"  contract kept: {found['contract']['summary']}")
    rows = [(span, str(window["count"]), *_write_window(window)) for span, window in found["windows"].items()]
    show_table(("over", "rounds", "uptime", "p50", "p95", "p99"), rows, empty="")


@app.command
def remove(name: str, /) -> None:
    """Ask an address no more, and forget its results.

    Example: gonogo checks remove shop
    """
    with open_gonogo() as gonogo:
        gonogo.checks.remove(name)
    say(f"{name} is asked no more.")


def describe_last(line: Any) -> str:
    """How the last round ended."""
    last = line["last"]
    if last is None:
        return "not asked yet"
    if not last["passed"]:
        return "; ".join(last["faults"])
    return f"{last['http_status']} in {write_value(last['latency_ms'], 'ms')}"


def read_part(text: str | None) -> Any:
    """JSON of the command line; None when there is none. Raises ``CannotRun``."""
    import msgspec

    try:
        return None if text is None else msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise CannotRun(f"--json-part can't be '{text}': {error}.") from error


def _write_window(window: Any) -> tuple[str, ...]:
    uptime = "" if window["uptime"] is None else f"{window['uptime']:.4g} %"
    times = (window[name] for name in ("p50", "p95", "p99"))
    return (uptime, *("" if time is None else write_value(time, "ms") for time in times))
