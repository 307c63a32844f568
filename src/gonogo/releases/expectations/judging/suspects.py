"""The lines of an output that are worth a closer look, found without a pattern: the output may be 16 MB of one line."""

from __future__ import annotations

MOST_SUSPECTS = 2000
_AROUND = 120


def list_suspects(output: str, stems: tuple[str, ...]) -> list[str]:
    """Up to 2,000 lines (of long lines, the places) that hold one of the stems, whatever their case."""
    low = output.lower() if output.isascii() else output.translate(_LOWER)
    spans: dict[int, int] = {}
    for stem in stems:
        at = low.find(stem)
        while at >= 0 and len(spans) < MOST_SUSPECTS:
            start, end = _find_span(output, at)
            spans[start] = max(end, spans.get(start, 0))
            at = low.find(stem, end)
    return [output[start:end] for start, end in sorted(spans.items())]


def _find_span(output: str, at: int) -> tuple[int, int]:
    start = output.rfind("\n", max(0, at - _AROUND), at) + 1 or max(0, at - _AROUND)
    end = output.find("\n", at, at + 2 * _AROUND)
    return start, end if end >= 0 else min(len(output), at + 2 * _AROUND)


# Lower case of letters that keep their length: positions have to stay the same.
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
