"""``gonogo services``: processes kept up, and swapped without a dropped request."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import GO, NO_GO, CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table, warn
from gonogo.cli.values import write_value
from gonogo.client.gonogo import Gonogo

LOOK_S, PATIENCE_S = 0.5, 60.0
_BAD = ("crashing", "gave_up", "failed", "degraded", "starting")

To = Annotated[str | None, Parameter(help="Name of the version; a new one is named when absent.")]
Command = Annotated[str | None, Parameter(help="Its command line, instead of the one in gonogo.toml.")]
Folder = Annotated[str | None, Parameter(help="Its working directory.")]
Env = Annotated[list[str] | None, Parameter(help="NAME=value over the service's environment; may be repeated.")]
Warm = Annotated[bool | None, Parameter(help="Keep the old version running, so that the way back takes no time.")]
Lines = Annotated[int, Parameter(name=["--lines", "-n"], help="How many lines.")]
Follow = Annotated[bool, Parameter(name=["--follow", "-f"], help="Go on printing what comes.")]
Search = Annotated[str, Parameter(help="Only lines that contain this, whatever their case.")]
app = App(name="services", help="Processes kept up, and swapped without a dropped request.")


@app.command
def up(*names: str, json: AsJson = False) -> int:
    """Start services (all when none is named) and what they need. They outlive this command and the server.

    Example: gonogo services up web
    """
    with open_gonogo() as gonogo:
        gonogo.services.up(names)
        return _show(_settle(gonogo, names), json)


@app.command
def down(*names: str, json: AsJson = False) -> int:
    """End services (all when none is named), and before them what needs them.

    Example: gonogo services down web
    """
    with open_gonogo() as gonogo:
        _show(gonogo.services.down(names), json)
    return GO


@app.command
def status(*names: str, json: AsJson = False) -> int:
    """Show how services run. Exit code 1 when one that should run is not well.

    Example: gonogo services status
    """
    with open_gonogo() as gonogo:
        found = [gonogo.services.show(name) for name in names] if names else gonogo.services.list()
    return _show(found, json)


@app.command
def restart(name: str, /, *, json: AsJson = False) -> int:
    """End and start a service's processes, one after the other.

    Example: gonogo services restart worker
    """
    with open_gonogo() as gonogo:
        gonogo.services.restart(name)
        return _show(_settle(gonogo, [name]), json)


@app.command
def scale(name: str, replicas: int, /, *, json: AsJson = False) -> int:
    """Give a service so many processes, now and after every restart.

    Example: gonogo services scale web 4
    """
    with open_gonogo() as gonogo:
        gonogo.services.scale(name, replicas)
        return _show(_settle(gonogo, [name]), json)


@app.command
def swap(
    name: str,
    /,
    *,
    to: To = None,
    command: Command = None,
    cwd: Folder = None,
    env: Env = None,
    warm: Warm = None,
    json: AsJson = False,
) -> int:
    """Put a version in place of the active one, without a dropped request. Exit code 1 when it did not get ready.

    Example: gonogo services swap web --to v2 --env RELEASE=2
    """
    words = shlex.split(command) if command is not None else None
    with open_gonogo() as gonogo:
        swap = gonogo.services.swap(name, to, words, cwd, _read_env(env), warm)
        return _tell_swap(_await_end(gonogo, name, swap), json)


@app.command
def rollback(name: str, /, *, json: AsJson = False) -> int:
    """Put the version back that was in service before.

    Example: gonogo services rollback web
    """
    with open_gonogo() as gonogo:
        return _tell_swap(_await_end(gonogo, name, gonogo.services.roll_back(name)), json)


@app.command
def logs(name: str, /, *, lines: Lines = 50, follow: Follow = False, search: Search = "", json: AsJson = False) -> None:
    """Print what a service printed, with time and process.

    Example: gonogo services logs web --search error
    """
    if json and follow:
        raise CannotRun("--json shows the log once; --follow has no end. Leave one of them out.")
    with open_gonogo() as gonogo:
        part = gonogo.services.logs(name, lines, search)
        if json:
            show_json(part)
            return
        say(part["text"].rstrip("\n"))
        wanted = search.casefold()
        while follow:
            part = gonogo.services.logs(name, lines, offset=part["next_offset"])
            for line in part["text"].splitlines():
                if wanted in line.casefold():
                    say(line)
            if part["complete"]:
                time.sleep(LOOK_S)


def _settle(gonogo: Gonogo, names: Sequence[str]) -> list[Any]:
    """How they run once no process of theirs is just starting, or after ``PATIENCE_S``."""
    until = time.monotonic() + PATIENCE_S
    while True:
        found = [gonogo.services.show(name) for name in names] if names else gonogo.services.list()
        starting = any(each["phase"] == "starting" for service in found for each in service["processes"])
        if not starting or time.monotonic() > until:
            return found
        time.sleep(LOOK_S)


def _show(found: list[Any], as_json: bool) -> int:
    if as_json:
        show_json(found)
    else:
        show_table(
            ("service", "state", "version", "where", "ready", "cpu", "memory", "crashes", "why"),
            [_write_row(service) for service in found],
            empty="gonogo.toml declares no service.",
        )
    return NO_GO if any(_is_bad(service) for service in found) else GO


def _write_row(service: Any) -> tuple[str, ...]:
    used = service["usage"]
    return (
        service["name"],
        service["condition"].replace("_", " "),
        service["version"] or "",
        service["url"] or service["listen"] or "",
        f"{service['ready']}/{service['replicas']}",
        write_value(used["cpu"], "%") if used["processes"] else "",
        write_value(used["rss"], "B") if used["processes"] else "",
        str(service["restarts"]),
        service["why"],
    )


def _is_bad(service: Any) -> bool:
    return bool(service["wanted"]) and service["condition"] in (*_BAD, "down")


def _await_end(gonogo: Gonogo, name: str, swap: Any) -> Any:
    while swap["status"] == "running":
        time.sleep(LOOK_S)
        swap = next(each for each in gonogo.services.swaps(name) if each["id"] == swap["id"])
    return swap


def _tell_swap(swap: Any, as_json: bool) -> int:
    if as_json:
        show_json(swap)
    elif swap["status"] == "done":
        has_traffic = swap["driver"] != "none"
        way = f" by {swap['driver']}" if has_traffic else ""
        moved = f", traffic moved after {swap['duration_s']:g} s" if has_traffic else ""
        say(
            f"{swap['service']}: {swap['from_version']} → {swap['to_version']}{way}; "
            f"ready after {swap['ready_s']:g} s{moved}"
        )
    else:
        warn(
            f"{swap['service']} stays at {swap['from_version']}: {swap['to_version']} did not take over: {swap['why']}"
        )
    return GO if swap["status"] == "done" else NO_GO


def _read_env(pairs: list[str] | None) -> dict[str, str] | None:
    if pairs is None:
        return None
    found = dict(pair.partition("=")[::2] for pair in pairs if "=" in pair)
    if len(found) < len(pairs):
        raise CannotRun("--env is written NAME=value, once for each name.")
    return found
