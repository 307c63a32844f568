"""``gonogo loadtest``: the numbers this machine gives, beside the targets."""

from __future__ import annotations

import os
import platform
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import App, Parameter

from gonogo.cli.exits import GO, INTERRUPTED, NO_GO
from gonogo.cli.loadtest.course import LoadTest, Summary, Tell, name_verdict, write_summary
from gonogo.cli.loadtest.figures import Figure
from gonogo.cli.loadtest.lanes import Refused
from gonogo.cli.loadtest.profiles import PROFILES, Profile
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table, warn

Name = Annotated[Literal["quick", "medium", "soak"], Parameter(help="quick: a minute; medium: ten; soak: hours.")]
Output = Annotated[Path, Parameter(help="Folder for summary.md and summary.json.")]
Url = Annotated[str | None, Parameter(help="A server that runs on this machine; a new one when absent.")]
Hours = Annotated[float | None, Parameter(help="How long changes go on being made.")]
Clients = Annotated[int | None, Parameter(help="How many WebSocket clients.")]
RESULTS = Path("load_test_results")
app = App(name="loadtest", help="Measure this machine beside the targets.")


@app.command
def settings(
    profile: Name = "quick",
    /,
    *,
    output: Output = RESULTS,
    url: Url = None,
    hours: Hours = None,
    clients: Clients = None,
    json: AsJson = False,
) -> int:
    """Measure settings: reads, writes, search, outside edits, a change to a thousand clients, memory.

    Ctrl-C ends it early and writes down what is known by then. Exit code 0 when every target is met, else 1.

    Example: gonogo loadtest settings quick
    """
    import uvloop

    chosen = adapt_profile(PROFILES[profile], hours, clients)
    started, began = datetime.now(UTC), time.monotonic()
    load = os.getloadavg()[0]
    with show_progress(quiet=json) as tell:
        test = LoadTest(url, chosen, tell)
        is_complete = False
        try:
            uvloop.run(test.run())
            is_complete = True
        except KeyboardInterrupt:
            warn("Stopped; what was measured by now is written down.")
        except (Refused, TimeoutError) as error:
            why = str(error) or "not everybody heard of a change in time"
            warn(f"gonogo: The server gave up under the load: {why}.")
    summary = Summary(
        profile=chosen.name,
        started_at=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=time.monotonic() - began,
        is_complete=is_complete,
        passed=is_complete and all(figure.passed for figure in test.figures),
        machine=describe_machine(),
        load=load,
        figures=test.figures,
    )
    write_summary(output, summary)
    if json:
        show_json(summary)
    else:
        tell_summary(summary, output)
    return (GO if summary.passed else NO_GO) if is_complete else INTERRUPTED


def describe_machine() -> str:
    """What the figures are of."""
    python = platform.python_version()
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {python}"


def adapt_profile(profile: Profile, hours: float | None, clients: int | None) -> Profile:
    """The profile with what the command line says otherwise."""
    changed: dict[str, Any] = {}
    if hours is not None:
        changed["lasting_s"] = hours * 3600
    if clients is not None:
        changed["clients"] = clients
    return msgspec.structs.replace(profile, **changed)


def tell_summary(summary: Summary, output: Path) -> None:
    """The figures as a table, and where they are written."""
    rows = [(name_verdict(f), f.name, f.measured, f.target, describe_rest(f)) for f in summary.figures]
    show_table(("", "what", "measured", "target", "beside it"), rows, empty="Nothing was measured.")
    say(f"{'All targets are met.' if summary.passed else 'Not every target is met.'} Written to {output}/summary.md")


def describe_rest(figure: Figure) -> str:
    """What else was seen."""
    return "; ".join(text for text in (figure.note, figure.reference) if text)


def show_progress(*, quiet: bool) -> AbstractContextManager[Tell]:
    """A bar in a terminal, a line for each part elsewhere."""
    if quiet:
        return nullcontext(lambda _what, _share: None)
    return _Bar() if sys.stderr.isatty() else _Lines()


class _Bar:
    def __enter__(self) -> Tell:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), BarColumn(bar_width=24), TimeElapsedColumn(), TextColumn("{task.description}"))
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._progress.start()
        self._task = self._progress.add_task("the server starts", total=None)
        return self._tell

    def __exit__(self, *_failure: object) -> None:
        self._progress.stop()

    def _tell(self, what: str, share: float) -> None:
        self._progress.update(self._task, description=what, total=1 if share else None, completed=share)


class _Lines:
    def __enter__(self) -> Tell:
        self._last = ""
        return self._tell

    def __exit__(self, *_failure: object) -> None:
        """There is nothing to end."""

    def _tell(self, what: str, _share: float) -> None:
        if what != self._last:
            self._last = what
            warn(f"… {what}")
