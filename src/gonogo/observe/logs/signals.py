"""What watched logs say as signals, over the last five minutes. A log that can't be read is no data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from gonogo.kernel.signals import Signal, SignalRegistry
from gonogo.observe.logs.board import LogBoard, LogState
from gonogo.observe.logs.lines import ERROR, WARNING

Pairs = Iterable[tuple[dict[str, str], float]]


def declare_logs(registry: SignalRegistry, board: LogBoard, read_now: Callable[[], datetime]) -> None:
    """Declare and provide ``logs.*``."""

    def read_each(count: Callable[[LogState, float], float | None]) -> Pairs:
        now = read_now().timestamp()
        counted = [(state.log.name, count(state, now)) for state in board if not state.problem]
        return [({"log": name}, value) for name, value in counted if value is not None]

    def read_patterns() -> Pairs:
        now = read_now().timestamp()
        return [
            ({"log": state.log.name, "pattern": name}, state.count_patterns(now)[name])
            for state in board
            if not state.problem
            for name in state.log.patterns
        ]

    for name, unit, labels, description, provider in (
        ("logs.lines", "", ("log",), "lines of the last five minutes", lambda: read_each(_count_lines)),
        ("logs.errors", "", ("log",), "errors among them", lambda: read_each(_count_errors)),
        ("logs.warnings", "", ("log",), "warnings among them", lambda: read_each(_count_warnings)),
        ("logs.error_rate", "%", ("log",), "share of them that are errors", lambda: read_each(_read_rate)),
        ("logs.matches", "", ("log", "pattern"), "lines among them that have a pattern", read_patterns),
    ):
        registry.declare(Signal(name, unit, description, labels, "observe"))
        registry.provide(name, provider)


def _count_lines(state: LogState, now: float) -> float:
    return state.count_levels(now).total()


def _count_errors(state: LogState, now: float) -> float:
    return state.count_levels(now)[ERROR]


def _count_warnings(state: LogState, now: float) -> float:
    return state.count_levels(now)[WARNING]


def _read_rate(state: LogState, now: float) -> float:
    counts = state.count_levels(now)
    return 100 * counts[ERROR] / counts.total() if counts else 0.0
