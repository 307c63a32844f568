"""Where a run's lines go: plain with the time, for logs; or above a line that shows what is under way, for people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from gonogo.cli.output import make_console, print_hanging


class View(Protocol):
    """Takes lines as they come, and what is under way at the moment."""

    def __enter__(self) -> View: ...

    def __exit__(self, *failure: object) -> None: ...

    def write(self, line: Text) -> None:
        """One more line."""

    def show_busy(self, tell: Callable[[], str] | None) -> None:
        """What is under way, told anew several times a second; None when nothing is."""

    def pause(self) -> None:
        """Leave the terminal to a question."""

    def go_on(self) -> None:
        """Take it back."""


class PlainView:
    """One line at a time, each with the time of day in UTC."""

    def __init__(self) -> None:
        self._console = make_console()

    def __enter__(self) -> PlainView:
        return self

    def __exit__(self, *_failure: object) -> None:
        sys.stdout.flush()

    def write(self, line: Text) -> None:
        stamp = datetime.now(UTC).strftime("%H:%M:%SZ ") if line else ""
        self._console.print(Text.assemble((stamp, "dim"), line), soft_wrap=True)
        sys.stdout.flush()

    def show_busy(self, tell: Callable[[], str] | None) -> None:
        """Logs don't move."""

    def pause(self) -> None:
        """There is nothing to pause."""

    def go_on(self) -> None:
        """There is nothing to go on with."""


class LiveView:
    """Lines scroll up; the last line of the terminal shows what is under way, with a clock."""

    def __init__(self) -> None:
        self._console = make_console()
        self._tell: Callable[[], str] | None = None
        self._spinner = Spinner("dots", style="cyan")
        self._live = self._make_live()

    def __enter__(self) -> LiveView:
        self._live.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._live.stop()

    def write(self, line: Text) -> None:
        print_hanging(self._console, line)

    def show_busy(self, tell: Callable[[], str] | None) -> None:
        self._tell = tell
        self._live.refresh()

    def pause(self) -> None:
        self._live.stop()

    def go_on(self) -> None:
        self._live = self._make_live()
        self._live.start()

    def _make_live(self) -> Live:
        return Live(console=self._console, get_renderable=self._draw, refresh_per_second=8, transient=True)

    def _draw(self) -> Text | Spinner:
        if self._tell is None:
            return Text()
        line = Text(self._tell(), "cyan", no_wrap=True, overflow="ellipsis")
        line.truncate(max(10, self._console.width - 4), overflow="ellipsis")
        self._spinner.update(text=line)
        return self._spinner
