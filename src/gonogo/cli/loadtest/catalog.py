"""The settings of the load test: named as people name them, and a marker that it changes."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

MARKER = "loadtest.marker"
SOURCE = "loadtest"
CHUNK = 2000
_GROUPS = ("physics", "rendering", "agents", "quality", "analytics", "dashboard", "performance", "network")
_THINGS = ("spring", "bloom", "camera", "shadow", "label", "edge", "node", "cluster", "timeline", "particle", "gravity")
_ASPECTS = ("strength", "radius", "opacity", "interval", "limit", "threshold", "damping", "scale", "budget", "delay")
QUERIES = (
    "spring strength",
    "camra",
    "opacity node",
    "damp",
    "threshold 12",
    "cluster budget",
    "bloom rad",
    "timeline",
)


def make_catalogs(count: int) -> Iterator[tuple[str, str]]:
    """``count`` settings as JSON catalogs small enough for one request each, with the source of each."""
    for start in range(0, count, CHUNK):
        keys = range(start, min(start + CHUNK, count))
        table = dict(_make_setting(number) for number in keys)
        yield f"{SOURCE}-{start}", msgspec.json.encode({"settings": table}).decode()


def _make_setting(number: int) -> tuple[str, dict[str, object]]:
    if number == 0:
        return MARKER, {"type": "int", "default": 0, "description": "Changed by the load test."}
    group, thing = _GROUPS[number % len(_GROUPS)], _THINGS[number % len(_THINGS)]
    aspect = _ASPECTS[number // 7 % len(_ASPECTS)]
    return f"loadtest.{group}.{thing}{number}.{aspect}", {
        "type": "float",
        "default": 0.5,
        "min": 0,
        "max": 10,
        "category": group,
        "label": f"{thing.capitalize()} {number} {aspect}",
        "description": f"The {aspect} of the {thing} in {group}, as the scene is drawn.",
    }
