"""Printing: plain lines, tables that fit the terminal, JSON for programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

PIPE_WIDTH = 140
HANGING = 4
COPIED = "id"
"""The heading of a column whose cells people copy: on one line. Others go on below where the terminal is narrow."""


def say(line: str = "") -> None:
    """One line on standard output."""
    sys.stdout.write(f"{line}\n")


def warn(line: str) -> None:
    """One line on standard error."""
    sys.stdout.flush()
    sys.stderr.write(f"{line}\n")


def count(number: int, one: str, many: str) -> str:
    """How many, in words that fit the number.

    Example: ``count(1, "job is", "jobs are")`` is ``1 job is``
    """
    return f"{number} {one if number == 1 else many}"


def show_json(value: Any) -> None:
    """``value`` as indented JSON; a terminal gets it as programs do."""
    say(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def show_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """Rows under headings; the sentence ``empty`` when there are none."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, no_wrap=heading == COPIED, overflow="fold")
    for row in rows:
        table.add_row(*row)
    if table.row_count:
        show(table)
    else:
        say(empty)


def print_hanging(console: Console, line: Text) -> None:
    """A line that, where it is too long for the console, goes on further in."""
    first, *rest = line.wrap(console, console.width - HANGING) or [line]
    console.print(first)
    for piece in rest:
        piece.pad_left(HANGING)
        console.print(piece)


def show(renderable: RenderableType) -> None:
    """Anything that Rich can draw; what goes to a pipe carries no blanks at the ends of its lines."""
    console = make_console()
    if console.is_terminal:
        console.print(renderable)
        return
    with console.capture() as captured:
        console.print(renderable)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def make_console() -> Console:
    """A console for standard output: as wide as the terminal, wide for a pipe, no colour where none is wanted."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)
