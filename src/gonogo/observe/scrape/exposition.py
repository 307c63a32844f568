"""Prometheus text, read into signals: gauges as they are, counters as rates, of histograms how often and how much."""

from __future__ import annotations

from datetime import datetime

from prometheus_client.parser import text_string_to_metric_families

from gonogo.observe.errors import BadPayload
from gonogo.observe.series import SeriesSink, read_unit

MOST_SERIES = 500
"""Series of one target that are kept."""
_SKIPPED = ("_bucket", "_created")
_GROWING = ("_count", "_sum")


def take_exposition(sink: SeriesSink, text: str, target: str, prefix: str, at: datetime) -> int:
    """Keep what the text says, each series with the label ``target``; gives how many. Raises ``BadPayload``."""
    kept = 0
    try:
        for family in text_string_to_metric_families(text):
            unit = _find_unit(family.name)
            for sample in family.samples:
                if sample.name.endswith(_SKIPPED) or kept == MOST_SERIES:
                    continue
                labels = {"target": target, **sample.labels}
                name = f"{prefix}.{sample.name}" if prefix else sample.name
                grows = family.type == "counter" or (
                    family.type != "gauge" and sample.name.endswith(("_count", "_sum"))
                )
                (sink.add_counter if grows else sink.add_value)(name, sample.value, labels, unit, at)
                kept += 1
    except ValueError as error:
        raise BadPayload(f"'{target}' does not answer with Prometheus text: {error}") from error
    return kept


def _find_unit(name: str) -> str:
    for suffix, unit in (("_seconds", "s"), ("_milliseconds", "ms"), ("_bytes", "bytes"), ("_percent", "%")):
        if name.endswith(suffix):
            return read_unit(unit)
    return ""
