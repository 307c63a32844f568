"""How busy and how quick the settings are at this moment, for the page's panel."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from gonogo.kernel.kernel import Kernel
from gonogo.settings.fanout.hub import Hub
from gonogo.settings.live import LiveSettings
from gonogo.settings.measures import Measures, read_quantile


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts since the start; times in seconds, None before the first."""

    reads: int
    writes: int
    clients: int
    dropped: int
    reloads: int
    refused: int
    search_p95: float | None
    write_p99: float | None


def read_figures(kernel: Kernel) -> Figures:
    """The numbers of this moment."""
    measures = kernel.get_part(Measures)
    return Figures(
        reads=kernel.get_part(LiveSettings).reads,
        writes=measures.writes,
        clients=len(kernel.get_part(Hub)),
        dropped=measures.drops,
        reloads=measures.reloads,
        refused=measures.reload_failures,
        search_p95=_find_quantile(measures.search_times, 0.95),
        write_p99=_find_quantile(measures.write_times, 0.99),
    )


def _find_quantile(times: Iterable[float], q: float) -> float | None:
    return next((value for _, value in read_quantile(times, q)), None)
