"""``gonogo signals``: the live numbers that gates, alerts and soaks ask."""

from __future__ import annotations

import sys
import time
from typing import Annotated, Any

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table
from gonogo.cli.values import write_age, write_value

Values = Annotated[tuple[float, ...], Parameter(help="Numbers; read from standard input when absent.")]
Label = Annotated[tuple[str, ...], Parameter(name="--label", help="NAME=VALUE of the series; may be repeated.")]
Unit = Annotated[str, Parameter(help="ms, s, MB, %, req/s, …; counts the first time a name is seen.")]
Every = Annotated[str, Parameter(help="How often to look.")]
Count = Annotated[int | None, Parameter(help="Lines to print; until Ctrl-C when absent.")]
app = App(name="signals", help="Live numbers: list, show, watch, record.")


@app.command(name="list")
def list_signals(*, json: AsJson = False) -> None:
    """List every signal with its labels, last value, age and source.

    Example: gonogo signals list
    """
    with open_gonogo() as gonogo:
        found = gonogo.signals.list()
    if json:
        show_json(found)
        return
    rows = [row for status in found for row in describe_signal(status)]
    headings = ("signal", "value", "seen", "source", "what it is")
    show_table(headings, rows, empty="No signal has been declared or recorded yet.")


@app.command
def show(name: str, /, *, json: AsJson = False) -> None:
    """Show one signal: every series with its latest samples.

    Example: gonogo signals show process.rss
    """
    with open_gonogo() as gonogo:
        found = gonogo.signals.show(name)
    if json:
        show_json(found)
        return
    signal = found["signal"]
    say(f"{signal['name']}  {signal['description']}  (source: {signal['source']}, unit: {signal['unit'] or 'none'})")
    for series in found["series"]:
        say(write_series(name, series["labels"]))
        for at, value in series["samples"][-10:]:
            say(f"  {write_clock(at)}  {write_value(value, signal['unit'])}")


@app.command
def watch(name: str, /, *, every: Every = "2s", count: Count = None) -> None:
    """Print a signal's new samples as they come.

    Example: gonogo signals watch http.p95 --every 5s
    """
    pause = read_duration(every)
    seen: dict[str, float] = {}
    printed = 0
    with open_gonogo() as gonogo:
        while count is None or printed < count:
            found = gonogo.signals.show(name)
            for line in list_new(found, seen):
                say(line)
                printed += 1
            sys.stdout.flush()
            if count is None or printed < count:
                time.sleep(pause)


@app.command
def record(name: str, values: Values = (), /, *, unit: Unit = "", label: Label = (), json: AsJson = False) -> None:
    """Add samples of your own: given here, or one number a line on standard input.

    Example: gonogo signals record checkout.errors 0.2 --unit % --label host=web1
    """
    samples = list(values) if values else read_numbers()
    with open_gonogo() as gonogo:
        kept = gonogo.signals.record(name, samples, unit, dict(read_pair(text) for text in label))
    if json:
        show_json(kept)
        return
    refused = f", {kept['refused']} refused" if kept["refused"] else ""
    say(f"{name}: {kept['accepted']} recorded{refused}")


def describe_signal(status: Any) -> list[tuple[str, ...]]:
    """One row for each series; a signal without data says so."""
    signal = status["signal"]
    rest = (signal["source"], status["error"] or signal["description"])
    if not status["series"]:
        return [(signal["name"], "no data", "", *rest)]
    return [
        (
            write_series(signal["name"], series["labels"]),
            write_value(series["value"], signal["unit"]),
            write_age(series["age_s"]),
            *rest,
        )
        for series in status["series"]
    ]


def write_series(name: str, labels: dict[str, str]) -> str:
    """A series as an expression names it: ``http.p95{check=api}``."""
    inside = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return f"{name}{{{inside}}}" if inside else name


def list_new(found: Any, seen: dict[str, float]) -> list[str]:
    """A line for the newest sample of each series that has one since the last look."""
    lines = []
    for series in found["series"]:
        title = write_series(found["signal"]["name"], series["labels"])
        at, value = series["samples"][-1]
        if at > seen.get(title, 0.0):
            seen[title] = at
            lines.append(f"{write_clock(at)}  {title}  {write_value(value, found['signal']['unit'])}")
    return lines


def read_numbers() -> list[float]:
    """The numbers on standard input. Raises ``CannotRun``."""
    if sys.stdin.isatty():
        raise CannotRun("Give the values: gonogo signals record NAME 12.5, or pipe one number a line.")
    try:
        numbers = [float(word) for word in sys.stdin.read().split()]
    except ValueError as error:
        raise CannotRun(f"Standard input must hold numbers only: {error}.") from error
    if not numbers:
        raise CannotRun("Standard input holds no number.")
    return numbers


def read_pair(text: str) -> tuple[str, str]:
    """``NAME=VALUE`` in two. Raises ``CannotRun``."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CannotRun(f"'{text}' must look like NAME=VALUE.")
    return name, value


def read_duration(text: str) -> float:
    """Seconds. Raises ``CannotRun``."""
    from gonogo.kernel.durations import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise CannotRun(f"'{text}' is not a duration; write one such as 30s, 15m or 1h30m.") from error


def write_clock(at: float) -> str:
    """Seconds since the epoch as local time of day."""
    return time.strftime("%H:%M:%S", time.localtime(at))
