"""The live graph: who hands work to whom. Nodes and edges only; ``drawing.py`` gives them places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from gonogo.jobs.agent_schemas import AgentView, Phase
from gonogo.jobs.connectors.connector import list_types
from gonogo.jobs.schemas import Stats, WorkerView
from gonogo.jobs.traffic import Flow

Kind = Literal["queue", "agent", "worker", "connector", "model", "endpoint"]
Tone = Literal["go", "hold", "nogo", "quiet"]
QUEUE = "queue"
_TONES: Mapping[Phase, Tone] = {"working": "go", "gave_up": "nogo", "stopped": "quiet"}


class Node(msgspec.Struct, frozen=True):
    """One thing of the graph; ``note`` is its state in a few words."""

    id: str
    kind: Kind
    title: str
    note: str = ""
    tone: Tone = "quiet"


class Edge(msgspec.Struct, frozen=True):
    """Work goes from one to the other; ``rate`` is jobs of the last minute."""

    source: str
    target: str
    rate: int = 0


class Graph(msgspec.Struct, frozen=True):
    """Everything that the picture shows."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def draw_graph(
    stats: Stats,
    agents: Sequence[AgentView],
    workers: Sequence[WorkerView],
    traffic: Mapping[Flow, int],
    endpoints: Sequence[str],
) -> Graph:
    """The graph of this moment. ``endpoints`` are the hosts that webhooks go to."""
    nodes = {QUEUE: _describe_queue(stats)}
    edges: Counter[tuple[str, str]] = Counter()
    of_agents = {view.worker for view in agents if view.worker}
    for view in agents:
        node = _describe_agent(view)
        nodes[node.id] = node
        offers = view.offers or tuple(f"connector={name}" for name in view.agent.connectors)
        if view.agent.wanted == "running":
            _link_worker(nodes, edges, node.id, offers, _pick(traffic, view.worker))
    for each in workers:
        if each.alive and each.worker.id not in of_agents:
            node = _describe_worker(each)
            nodes[node.id] = node
            _link_worker(nodes, edges, node.id, each.worker.capabilities, _pick(traffic, each.worker.id))
    for name in endpoints:
        nodes[f"endpoint:{name}"] = Node(f"endpoint:{name}", "endpoint", name, "webhook")
        edges[QUEUE, f"endpoint:{name}"] += 0
    return Graph(tuple(nodes.values()), tuple(Edge(*pair, rate) for pair, rate in edges.items()))


def name_connector(type: str, connectors: Sequence[str]) -> str:
    """Which of a worker's connectors does jobs of a type: the one it is named after, else that for functions."""
    first = type.partition(".")[0]
    if first in connectors:
        return first
    return "python" if "python" in connectors or not connectors else connectors[0]


def _link_worker(
    nodes: dict[str, Node],
    edges: Counter[tuple[str, str]],
    worker: str,
    offers: Sequence[str],
    flows: Mapping[Flow, int],
) -> None:
    edges[QUEUE, worker] += sum(flows.values())
    connectors = [offer.partition("=")[2] for offer in offers if offer.startswith("connector=")]
    connectors = connectors or sorted({name_connector(known, ()) for known in list_types(offers)})
    for name in connectors:
        nodes.setdefault(f"connector:{name}", Node(f"connector:{name}", "connector", name, "connector"))
        edges[worker, f"connector:{name}"] += 0
    models = {offer.partition("=")[2]: "ollama" for offer in offers if offer.startswith("model=")}
    for flow, count in flows.items():
        connector = name_connector(flow.type, connectors)
        edges[worker, f"connector:{connector}"] += count
        if flow.model:
            models.setdefault(flow.model, connector)
            edges[f"connector:{connector}", f"model:{flow.model}"] += count
    for model, connector in models.items():
        nodes.setdefault(f"model:{model}", Node(f"model:{model}", "model", model, "model"))
        edges[f"connector:{connector}", f"model:{model}"] += 0


def _pick(traffic: Mapping[Flow, int], worker: str | None) -> dict[Flow, int]:
    return {flow: count for flow, count in traffic.items() if flow.worker == worker}


def _describe_queue(stats: Stats) -> Node:
    note = f"{stats.ready} ready · {stats.running} running"
    return Node(QUEUE, "queue", "Queue", "paused" if stats.paused else note, "hold" if stats.paused else "go")


def _describe_agent(view: AgentView) -> Node:
    note = view.phase.replace("_", " ") if view.phase != "working" else _count_jobs(len(view.jobs))
    return Node(f"agent:{view.agent.name}", "agent", view.agent.name, note, _TONES.get(view.phase, "hold"))


def _describe_worker(view: WorkerView) -> Node:
    title = view.worker.name or view.worker.id
    return Node(f"worker:{view.worker.id}", "worker", title, _count_jobs(view.running), "go")


def _count_jobs(count: int) -> str:
    return "idle" if count == 0 else f"{count} running"
