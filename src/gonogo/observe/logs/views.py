"""Logs as they are shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gonogo.kernel.clock import format_instant
from gonogo.observe.logs.board import LogState
from gonogo.observe.logs.lines import ERROR, LEVELS


def view_log(state: LogState, now: float) -> dict[str, Any]:
    """One line of the list: counts are of the last five minutes."""
    levels, patterns = state.count_levels(now), state.count_patterns(now)
    total = levels.total()
    return {
        "name": state.log.name,
        "path": str(state.path),
        "problem": state.problem,
        "last_line": None if state.read_at is None else format_instant(datetime.fromtimestamp(state.read_at, UTC)),
        "lines": total,
        "error_rate": round(100 * levels[ERROR] / total, 2) if total else 0.0,
        "levels": {level: levels[level] for level in LEVELS},
        "patterns": {name: patterns[name] for name in state.log.patterns},
    }
