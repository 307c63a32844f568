"""Series of others (Prometheus, OTLP) as signals: names, units, labels, and counters as rates a second."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime

import structlog

from gonogo.kernel.signals import PUSHED, SignalRegistry, write_series
from gonogo.observe.collecting.rates import Rates

MOST_LABELS = 12
LONGEST_LABEL = 120
_UNITS = {"by": "B", "b": "B", "bytes": "B", "1": "", "%": "%", "ms": "ms", "s": "s", "us": "us", "by/s": "B/s"}
_UNFIT = re.compile(r"[^A-Za-z0-9_:.-]")
log = structlog.get_logger()


class SeriesSink:
    """Puts foreign samples into the registry. ``refused`` counts what could not be kept."""

    def __init__(self, registry: SignalRegistry) -> None:
        self.accepted = 0
        self.refused = 0
        self._registry = registry
        self._rates = Rates()

    def has_source(self, name: str) -> bool:
        """Whether a series of this name, or what is made of it, stands for something that Gonogo measures itself."""
        names = (name, f"{name}.mean", name.removesuffix("_total"))
        known = (self._registry.find_signal(clean_name(each)) for each in names)
        return any(signal is not None and signal.source != PUSHED for signal in known)

    def add_value(self, name: str, value: float, labels: Mapping[str, str], unit: str, at: datetime) -> None:
        """Keep one sample of something that goes up and down."""
        try:
            kept = math.isfinite(value) and self._registry.record(
                clean_name(name), value, clean_labels(labels), at=at, unit=unit
            )
        except ValueError as error:
            log.debug("foreign series refused", series=name, reason=str(error))
            kept = False
        self.accepted += kept
        self.refused += not kept

    def add_counter(self, name: str, count: float, labels: Mapping[str, str], unit: str, at: datetime) -> None:
        """Keep a counter's growth a second since its last sample; the first sample and a reset give none."""
        rate = self._rates.measure(write_series(name, dict(labels)), count, at.timestamp())
        if rate is not None:
            self.add_value(name.removesuffix("_total"), rate, labels, "B/s" if unit == "B" else "/s", at)


def clean_name(name: str) -> str:
    """The name in a form that expressions can carry."""
    cleaned = ".".join(part for part in _UNFIT.sub("_", name).split(".") if part)
    return cleaned if cleaned[:1].isalpha() or cleaned[:1] == "_" else f"_{cleaned}"


def clean_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The first dozen labels, their names and values in bounds."""
    kept = list(labels.items())[:MOST_LABELS]
    return {re.sub(r"\W", "_", name)[:LONGEST_LABEL]: str(value)[:LONGEST_LABEL] for name, value in kept}


def read_unit(text: str) -> str:
    """A unit as OTLP or a Prometheus name writes it, as signals know it; a plain number when it is none of these."""
    return _UNITS.get(text.lower(), "")
