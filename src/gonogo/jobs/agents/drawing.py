"""Places for the graph's nodes: a column for each kind, every column centred on the tallest."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from gonogo.jobs.agents.graph import Edge, Graph, Kind, Node

WIDTH, HEIGHT, GAP_X, GAP_Y = 168, 52, 84, 18
TITLE_LENGTH = 19
WIDEST = 7.0
COLUMNS: dict[Kind, int] = {"queue": 0, "endpoint": 1, "agent": 1, "worker": 1, "connector": 2, "model": 3}


class Box(msgspec.Struct, frozen=True):
    """A node's box, in pixels from the upper left corner."""

    node: Node
    title: str
    x: float
    y: float


class Line(msgspec.Struct, frozen=True):
    """An edge as an SVG path with its width, and where its number stands."""

    edge: Edge
    path: str
    width: float
    x: float
    y: float


class Drawing(msgspec.Struct, frozen=True):
    """The whole picture."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def lay_out(graph: Graph) -> Drawing:
    """Give every node and edge its place."""
    columns: dict[int, list[Node]] = {}
    for node in graph.nodes:
        columns.setdefault(COLUMNS[node.kind], []).append(node)
    tallest = max(_measure(column) for column in columns.values())
    boxes = {box.node.id: box for number, column in columns.items() for box in _stack(number, column, tallest)}
    lines = tuple(_draw(edge, boxes[edge.source], boxes[edge.target]) for edge in graph.edges)
    width = max(box.x for box in boxes.values()) + WIDTH
    return Drawing(tuple(boxes.values()), lines, width, tallest)


def _measure(column: Sequence[Node]) -> float:
    return len(column) * (HEIGHT + GAP_Y) - GAP_Y


def _stack(number: int, column: Sequence[Node], tallest: float) -> list[Box]:
    top = (tallest - _measure(column)) / 2
    return [
        Box(node, _shorten(node.title), number * (WIDTH + GAP_X), top + place * (HEIGHT + GAP_Y))
        for place, node in enumerate(column)
    ]


def _shorten(title: str) -> str:
    return title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"


def _draw(edge: Edge, source: Box, target: Box) -> Line:
    x1, y1, x2, y2 = source.x + WIDTH, source.y + HEIGHT / 2, target.x, target.y + HEIGHT / 2
    middle = (x1 + x2) / 2
    path = f"M{x1:g} {y1:g} C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
    width = min(WIDEST, 1.5 + math.log2(1 + edge.rate)) if edge.rate else 1.5
    # Nearer to the target, where lines of one source have parted.
    return Line(edge, path, round(width, 1), x1 + 0.72 * (x2 - x1), y1 + 0.83 * (y2 - y1) - 5)
