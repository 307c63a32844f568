"""What the settings benchmarks share: each is a part of the load test, alone and with more of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from gonogo.cli.loadtest.course import name_verdict
from gonogo.cli.loadtest.figures import Figure
from gonogo.cli.loadtest.server import Server, open_server


def run_part(measure: Callable[[Server], Coroutine[Any, Any, list[Figure]]], settings: int) -> None:
    """Serve so many settings from another process, measure, and print a line for each figure."""
    with open_server(None, settings, lambda _share: None) as server:
        for figure in uvloop.run(measure(server)):
            print_figure(figure)


def print_figure(figure: Figure) -> None:
    """One line: the verdict, what was measured, and what has to be."""
    beside = "; ".join(text for text in (figure.note, figure.reference) if text)
    print(f"{name_verdict(figure)}  {figure.name}: {figure.measured} (target: {figure.target}); {beside}", flush=True)
