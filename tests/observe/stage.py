"""Reports of made-up hosts, and what tests do with them again and again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.kernel import Kernel
from gonogo.observe.commands.ingest import keep_report
from gonogo.observe.metrics import METRICS, round_values
from gonogo.observe.schemas import Receipt, Report, Sample

PATH = "/api/v1/observability/infrastructure"
NOON = 1_772_452_800
"""The fake clock's beginning: noon on 2 March 2026."""
HOUR = 3600


def make_values(at: int, phase: float = 0.0) -> list[float | None]:
    """Plausible numbers that differ from sample to sample; this host has no thermometer."""
    wave = (math.sin(at / 700 + phase) + 1) / 2
    values: list[float | None] = [
        None if metric.name == "temperature_celsius" else wave * (90 if metric.unit == "%" else 5e9 * (place + 1))
        for place, metric in enumerate(METRICS)
    ]
    return round_values(values)


def make_samples(start: int, count: int, *, phase: float = 0.0) -> list[Sample]:
    """A sample every five seconds from ``start`` on."""
    return [Sample(at, make_values(at, phase)) for at in range(start, start + 5 * count, 5)]


async def report(kernel: Kernel, host: str, samples: Sequence[Sample], **more: Any) -> Receipt:
    """Take a report as Gonogo itself."""
    return await keep_report(kernel, SYSTEM, Report(host=host, agent="test", samples=list(samples), **more))
