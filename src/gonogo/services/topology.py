"""Who needs whom as a picture: services in columns, what is needed to the left of what needs it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gonogo.services.views import ServiceView

WIDTH, HEIGHT, GAP_X, GAP_Y = 180, 56, 64, 20


class Node(msgspec.Struct, frozen=True):
    """One box, in pixels from the upper left corner."""

    service: ServiceView
    x: int
    y: int


class Edge(msgspec.Struct, frozen=True):
    """A line from what is needed to what needs it, as an SVG path."""

    path: str


class Topology(msgspec.Struct, frozen=True):
    """The picture; empty without dependencies, for then it says nothing."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: int
    height: int


def draw_topology(services: Sequence[ServiceView]) -> Topology:
    """Lay the services out; they come in the order of their needs."""
    depth: dict[str, int] = {}
    filled: dict[int, int] = {}
    nodes: dict[str, Node] = {}
    for service in services:
        column = depth[service.name] = max((depth[needed] + 1 for needed in service.depends_on), default=0)
        row = filled[column] = filled.get(column, -1) + 1
        nodes[service.name] = Node(service, column * (WIDTH + GAP_X), row * (HEIGHT + GAP_Y))
    edges = tuple(
        Edge(_draw_line(nodes[needed], nodes[service.name])) for service in services for needed in service.depends_on
    )
    if not edges:
        return Topology((), (), 0, 0)
    width = max(node.x for node in nodes.values()) + WIDTH
    return Topology(tuple(nodes.values()), edges, width, max(node.y for node in nodes.values()) + HEIGHT)


def _draw_line(left: Node, right: Node) -> str:
    x1, y1, x2, y2 = left.x + WIDTH, left.y + HEIGHT // 2, right.x, right.y + HEIGHT // 2
    middle = (x1 + x2) // 2
    return f"M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"
