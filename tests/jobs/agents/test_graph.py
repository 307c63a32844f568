"""The live graph: which nodes and edges there are, and where they are drawn."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from gonogo.jobs.agent_schemas import Agent, AgentView
from gonogo.jobs.agents.drawing import HEIGHT, lay_out
from gonogo.jobs.agents.graph import Graph, draw_graph, name_connector
from gonogo.jobs.schemas import Claim, Stats, Worker, WorkerView
from gonogo.jobs.traffic import Flow, Traffic
from tests.fake_clock import FakeClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def make_view(name: str, **more: Any) -> AgentView:
    agent = Agent(
        id=f"id-{name}",
        name=name,
        template="shell",
        role="",
        prompt="",
        connectors=more.pop("connectors", ("shell",)),
        capabilities=(),
        modules="",
        concurrency=2,
        wanted=more.pop("wanted", "running"),
        made_at="2026-03-02T12:00:00.000Z",
        made_by="ada",
    )
    return AgentView(agent=agent, phase=more.pop("phase", "working"), pid=7, crashes=0, why="", **more)


def draw(*agents: AgentView, workers: tuple[WorkerView, ...] = (), traffic: dict[Flow, int] | None = None) -> Graph:
    return draw_graph(Stats(), agents, workers, traffic or {}, ["hooks.example"])


def list_rates(graph: Graph) -> dict[tuple[str, str], int]:
    return {(edge.source, edge.target): edge.rate for edge in graph.edges}


def test_an_agent_is_there_before_its_worker() -> None:
    graph = draw(make_view("porter", phase="starting"))
    assert {node.id for node in graph.nodes} == {"queue", "agent:porter", "connector:shell", "endpoint:hooks.example"}
    assert list_rates(graph)["queue", "agent:porter"] == 0


def test_a_stopped_agent_stands_alone() -> None:
    graph = draw(make_view("porter", phase="stopped", wanted="stopped"))
    assert [edge for edge in graph.edges if "agent:porter" in (edge.source, edge.target)] == []


def test_traffic_is_on_the_whole_way_to_the_model() -> None:
    poet = make_view("poet", worker="w1", offers=("connector=ollama", "type=ollama.chat", "model=tiny", "model=idle"))
    graph = draw(poet, traffic={Flow("w1", "ollama.chat", "tiny"): 3, Flow("w2", "shell"): 9})
    rates = list_rates(graph)
    assert rates["queue", "agent:poet"] == 3
    assert rates["agent:poet", "connector:ollama"] == 3
    assert rates["connector:ollama", "model:tiny"] == 3
    assert rates["connector:ollama", "model:idle"] == 0


def test_an_agents_worker_is_not_shown_twice() -> None:
    def make_worker(id: str, alive: bool = True) -> WorkerView:
        worker = Worker(id=id, name=id, capabilities=("connector=http", "type=http"))
        return WorkerView(worker=worker, seen_at=NOON, alive=alive, running=1)

    workers = (make_worker("w1"), make_worker("w2"), make_worker("gone", alive=False))
    graph = draw(make_view("porter", worker="w1", offers=("connector=http",)), workers=workers)
    assert {node.id for node in graph.nodes if node.kind in ("agent", "worker")} == {"agent:porter", "worker:w2"}


def test_a_type_belongs_to_the_connector_it_is_named_after() -> None:
    assert name_connector("ollama.chat", ["shell", "ollama"]) == "ollama"
    assert name_connector("mail.send", ["shell", "python"]) == "python"
    assert name_connector("odd", ["shell"]) == "shell"


def test_boxes_of_a_column_do_not_touch() -> None:
    drawing = lay_out(draw(*(make_view(f"porter-{number}") for number in range(5))))
    tops = sorted(box.y for box in drawing.boxes if box.node.kind == "agent")
    assert all(lower - upper > HEIGHT for upper, lower in pairwise(tops))
    assert drawing.height >= max(box.y for box in drawing.boxes) + HEIGHT


def test_a_busy_edge_is_drawn_broader() -> None:
    graph = draw(make_view("porter", worker="w1"), traffic={Flow("w1", "shell"): 40})
    widths = {(line.edge.source, line.edge.target): line.width for line in lay_out(graph).lines}
    assert widths["queue", "agent:porter"] > widths["queue", "endpoint:hooks.example"]


def test_traffic_is_forgotten_after_a_minute() -> None:
    clock = FakeClock()
    traffic = Traffic(clock)
    traffic.note("w", [Claim(id="1", fence=1, attempt=1, type="ollama.chat", payload={"model": "tiny"})])
    clock.advance(50)
    traffic.note("w", [Claim(id="2", fence=1, attempt=1, type="shell", payload={"command": "true"})])
    assert traffic.read() == {Flow("w", "ollama.chat", "tiny"): 1, Flow("w", "shell"): 1}
    clock.advance(11)
    assert traffic.read() == {Flow("w", "shell"): 1}
