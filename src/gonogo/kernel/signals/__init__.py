"""Signals: named live numbers with labels and units, and the one grammar gates, alerts, health, ramps and soaks use.

``declare_process_signals`` lives in ``gonogo.kernel.signals.process``: a command line without it never loads psutil.
"""

from __future__ import annotations

from gonogo.kernel.signals.evaluate import capture_baseline, check_units, evaluate
from gonogo.kernel.signals.expression import (
    AllOf,
    AnyOf,
    Comparison,
    Expression,
    ExpressionError,
    list_comparisons,
    write_series,
)
from gonogo.kernel.signals.judgement import STALE_S, Judgement, Part, SamplePoint, is_fresh
from gonogo.kernel.signals.parsing import parse_expression
from gonogo.kernel.signals.registry import (
    PUSHED,
    BadSignalName,
    Series,
    SeriesStatus,
    Signal,
    SignalConflict,
    SignalNotDeclared,
    SignalRegistry,
    SignalStatus,
)
from gonogo.kernel.signals.units import (
    Quantity,
    Unit,
    UnitMismatch,
    UnknownUnit,
    convert,
    format_duration,
    parse_quantity,
    to_base,
)

__all__ = [
    "PUSHED",
    "STALE_S",
    "AllOf",
    "AnyOf",
    "BadSignalName",
    "Comparison",
    "Expression",
    "ExpressionError",
    "Judgement",
    "Part",
    "Quantity",
    "SamplePoint",
    "Series",
    "SeriesStatus",
    "Signal",
    "SignalConflict",
    "SignalNotDeclared",
    "SignalRegistry",
    "SignalStatus",
    "Unit",
    "UnitMismatch",
    "UnknownUnit",
    "capture_baseline",
    "check_units",
    "convert",
    "evaluate",
    "format_duration",
    "is_fresh",
    "list_comparisons",
    "parse_expression",
    "parse_quantity",
    "to_base",
    "write_series",
]
