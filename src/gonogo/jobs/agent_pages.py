"""The pages of agents: the live graph with the panel that spawns them, and one agent with its log."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.jobs.agent_errors import BadAgent
from gonogo.jobs.agent_schemas import NewAgent
from gonogo.jobs.agents.commands import forget_agent, restart_agent, spawn_agent, stop_agent
from gonogo.jobs.agents.drawing import lay_out
from gonogo.jobs.agents.graph import draw_graph
from gonogo.jobs.agents.keeper import AgentKeeper
from gonogo.jobs.agents.logfile import read_log
from gonogo.jobs.agents.neighbours import list_endpoints
from gonogo.jobs.agents.views import view_agent, view_agents
from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.schemas import JobFilter
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import Problem
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel

PAGE = "/jobs/agents"
MOST_RUNNING = 200
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]
_ELSEWHERE = frozenset({401, 403, 404})
_MOVES = {"stop": stop_agent, "restart": restart_agent}


class AgentPages(Controller):
    """``/jobs/agents`` and one agent below it."""

    path = PAGE
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_agents(self, request: PageRequest, kernel: Kernel) -> Template:
        """The graph of this moment, and every agent."""
        return await _show_all(kernel, request)

    @post("/")
    async def spawn(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Make an agent from the form."""
        try:
            agent = await spawn_agent(kernel, request.user, _read_form(data))
        except Problem as problem:
            if problem.status in _ELSEWHERE:
                raise
            return await _show_all(kernel, request, problem, data)
        return Redirect(f"{PAGE}#agent-{agent.name}", status_code=303)

    @get("/{name:str}")
    async def show_agent(self, name: str, request: PageRequest, kernel: Kernel) -> Template:
        """One agent with its jobs and its log."""
        view = await view_agent(kernel, name)
        running = await kernel.get_part(JobsDesk).queue.list(JobFilter(state="running", limit=MOST_RUNNING))
        context = page_context(
            request,
            view=view,
            jobs=[job for job in running if job.id in view.jobs],
            log=(await asyncio.to_thread(read_log, kernel.get_part(AgentKeeper).get_folder(view.agent.id).log)).text,
        )
        return Template("jobs/_agent.html" if _is_fragment(request) else "jobs/agent.html", context=context)

    @post("/{name:str}")
    async def act(self, name: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Stop, restart, forget."""
        move = data.get("move", "")
        if move == "forget":
            await forget_agent(kernel, request.user, name)
            return Redirect(PAGE, status_code=303)
        if move not in _MOVES:
            raise BadAgent(f"'{move}' is nothing that can be done to an agent.", field="move")
        await _MOVES[move](kernel, request.user, name)
        return Redirect(PAGE if data.get("from") == "list" else f"{PAGE}/{name}", status_code=303)


async def _show_all(
    kernel: Kernel, request: PageRequest, problem: Problem | None = None, asked: dict[str, str] | None = None
) -> Template:
    desk, agents = kernel.get_part(JobsDesk), await view_agents(kernel)
    workers = [each for each in await desk.queue.workers() if each.alive]
    endpoints = await kernel.db.read(list_endpoints)
    graph = draw_graph(await desk.queue.stats(), agents, workers, desk.traffic.read(), endpoints)
    context = page_context(
        request,
        agents=agents,
        graph=graph,
        titles={node.id: node.title for node in graph.nodes},
        drawing=lay_out(graph),
        templates=kernel.get_part(AgentKeeper).templates,
        problem=problem,
        asked=defaultdict(str, asked or {}),
    )
    name = "jobs/_agents.html" if _is_fragment(request) else "jobs/agents.html"
    return Template(name, context=context, status_code=problem.status if problem else 200)


def _read_form(data: dict[str, str]) -> NewAgent:
    asked: dict[str, Any] = {name: text.strip() for name, text in data.items() if text.strip()}
    for name in ("connectors", "capabilities"):
        if name in asked:
            asked[name] = [word.strip() for word in asked[name].split(",") if word.strip()]
    try:
        return msgspec.convert(asked, NewAgent, strict=False)
    except msgspec.ValidationError as error:
        told, _, path = str(error).partition(" - at `$.")
        field = path.rstrip("`") or None
        raise BadAgent(f"{field or 'The form'}: {told}.", field=field) from error


def _is_fragment(request: PageRequest) -> bool:
    return "hx-request" in request.headers and "hx-boosted" not in request.headers
