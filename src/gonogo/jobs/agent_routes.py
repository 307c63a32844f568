"""Agents over HTTP: spawned, looked at, stopped, started again."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.params import Parameter

from gonogo.jobs.agent_schemas import NewAgent
from gonogo.jobs.agents.commands import forget_agent, restart_agent, spawn_agent, stop_agent
from gonogo.jobs.agents.keeper import AgentKeeper
from gonogo.jobs.agents.logfile import read_log
from gonogo.jobs.agents.views import view_agent, view_agents
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel

Ask = Request[Actor, Any, Any]
Offset = Annotated[int, Parameter(ge=0)]


class AgentsController(Controller):
    """Supervised workers. Everywhere an agent's name does for its id."""

    path = "/api/agents"
    opt = declare_scope("admin")
    tags = ("jobs",)

    @get("/")
    async def list_all(self, kernel: Kernel) -> dict[str, Any]:
        """Every agent with its process and the jobs it does now."""
        return success(await view_agents(kernel))

    @post("/")
    async def spawn(self, data: NewAgent, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Make an agent from a template and start it."""
        agent = await spawn_agent(kernel, request.user, data)
        return success(await view_agent(kernel, agent.id))

    @get("/templates")
    async def list_templates(self, kernel: Kernel) -> dict[str, Any]:
        """What agents can be made from; of the environment only the names."""
        templates = kernel.get_part(AgentKeeper).templates
        return success(
            {
                name: msgspec.structs.asdict(template) | {"env": sorted(template.env)}
                for name, template in templates.items()
            }
        )

    @get("/{id:str}")
    async def read_one(self, id: str, kernel: Kernel) -> dict[str, Any]:
        """One agent."""
        return success(await view_agent(kernel, id))

    @post("/{id:str}/stop", status_code=200)
    async def stop(self, id: str, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """End its process; jobs that do not end within ten seconds go back to the queue."""
        agent = await stop_agent(kernel, request.user, id)
        return success(await view_agent(kernel, agent.id))

    @post("/{id:str}/restart", status_code=200)
    async def restart(self, id: str, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """End its process if it has one, and start a new one."""
        agent = await restart_agent(kernel, request.user, id)
        return success(await view_agent(kernel, agent.id))

    @delete("/{id:str}", status_code=200)
    async def forget(self, id: str, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Take a stopped agent off the list."""
        return success({"forgotten": (await forget_agent(kernel, request.user, id)).name})

    @get("/{id:str}/log")
    async def read_agent_log(self, id: str, kernel: Kernel, offset: Offset = 0) -> dict[str, Any]:
        """The end of what its process printed, or what came after `offset`."""
        agent = (await view_agent(kernel, id)).agent
        path = kernel.get_part(AgentKeeper).get_folder(agent.id).log
        return success(await asyncio.to_thread(read_log, path, offset))
