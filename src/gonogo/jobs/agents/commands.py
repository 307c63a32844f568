"""What people do with agents. Each change is written to the event log with who made it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import msgspec

from gonogo.jobs.agent_errors import AgentNameTaken, AgentRuns, BadAgent
from gonogo.jobs.agent_schemas import Agent, NewAgent, Post, Wanted
from gonogo.jobs.agent_store import delete_agent, find_agent, get_agent, insert_agent, list_agents, set_wanted
from gonogo.jobs.agents.keeper import AgentKeeper
from gonogo.jobs.agents.output import watch_output
from gonogo.jobs.agents.templates import get_template, read_templates
from gonogo.jobs.connectors import list_connectors
from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.authorise import authorise, authorise_command_text
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel

MOST_AGENTS = 100


async def open_agents(kernel: Kernel) -> None:
    """Find agents that run, and start those that should. Raises ``ConfigError``."""
    keeper = AgentKeeper(kernel, read_templates(kernel.config.tables), partial(_tell_change, kernel))
    kernel.add_part(keeper)
    if kernel.config.embedded:
        return
    for agent in await kernel.db.read(list_agents):
        if agent.wanted == "running":
            keeper.keep(agent)
    watch_output(kernel)


async def spawn_agent(kernel: Kernel, actor: Actor, new: NewAgent) -> Agent:
    """Make an agent and start it. Raises ``BadAgent``, ``AgentNameTaken``."""
    authorise(actor, "operator")
    if new.modules is not None:
        authorise_command_text(actor, "An agent with modules of its own")
    keeper = kernel.get_part(AgentKeeper)
    agent = _make_agent(kernel, actor, new, keeper)
    agent = await kernel.db.write(partial(_insert, agent=agent, named=new.name is not None, actor=actor))
    keeper.keep(agent)
    return agent


async def stop_agent(kernel: Kernel, actor: Actor, key: str) -> Agent:
    """End an agent's process; what it did goes back to the queue. Stopping a stopped one changes nothing."""
    authorise(actor, "operator")
    agent = await kernel.db.read(partial(get_agent, key=key))
    if agent.wanted != "stopped":
        await kernel.db.write(partial(_want, agent=agent, wanted="stopped", event="agent.stopped", actor=actor))
    await asyncio.shield(kernel.tasks.spawn(f"stop agent {agent.name}", kernel.get_part(AgentKeeper).stop(agent)))
    return await kernel.db.read(partial(get_agent, key=agent.id))


async def restart_agent(kernel: Kernel, actor: Actor, key: str) -> Agent:
    """End an agent's process if there is one, and start a new one."""
    authorise(actor, "operator")
    keeper = kernel.get_part(AgentKeeper)
    agent = await kernel.db.read(partial(get_agent, key=key))
    await kernel.db.write(partial(_want, agent=agent, wanted="running", event="agent.restarted", actor=actor))
    agent = msgspec.structs.replace(agent, wanted="running")
    await asyncio.shield(kernel.tasks.spawn(f"restart agent {agent.name}", keeper.restart(agent)))
    return agent


async def forget_agent(kernel: Kernel, actor: Actor, key: str) -> Agent:
    """Take a stopped agent off the list. Raises ``AgentRuns``."""
    authorise(actor, "operator")
    agent = await kernel.db.read(partial(get_agent, key=key))
    if agent.wanted == "running":
        raise AgentRuns(f"Agent '{agent.name}' runs. Stop it first.")
    await kernel.db.write(partial(_forget, agent=agent, actor=actor))
    return agent


def _make_agent(kernel: Kernel, actor: Actor, new: NewAgent, keeper: AgentKeeper) -> Agent:
    template = get_template(keeper.templates, new.template)
    asked = {name: value for name, value in msgspec.structs.asdict(new).items() if value is not None}
    told: dict[str, Any] = {
        name: asked.get(name, getattr(template, name))
        for name in ("role", "prompt", "connectors", "capabilities", "modules", "concurrency")
    }
    _check_connectors(told["connectors"])
    return Agent(
        id=new_id(),
        name=new.name or new.template,
        template=new.template,
        wanted="running",
        made_at=format_instant(kernel.clock.now()),
        made_by=actor.name,
        **told,
    )


def _check_connectors(connectors: tuple[str, ...]) -> None:
    there_are = list_connectors()
    if not connectors:
        raise BadAgent("'connectors' must name at least one: without any it can do nothing.", field="connectors")
    for name in connectors:
        if name not in there_are:
            raise BadAgent(f"There is no connector '{name}'. There are {', '.join(there_are)}.", field="connectors")


def _insert(tx: Tx, agent: Agent, named: bool, actor: Actor) -> Agent:
    if len(list_agents(tx)) >= MOST_AGENTS:
        raise BadAgent(f"There are {MOST_AGENTS} agents already. Remove some that are stopped.")
    if named and find_agent(tx, agent.name) is not None:
        raise AgentNameTaken(f"There is an agent '{agent.name}'. Take another name, or restart that one.", field="name")
    agent = agent if named else msgspec.structs.replace(agent, name=_find_name(tx, agent.name))
    insert_agent(tx, agent)
    told = {"name": agent.name, "template": agent.template, "role": agent.role, "connectors": [*agent.connectors]}
    tx.emit("agent.spawned", agent.id, told, actor)
    return agent


def _find_name(tx: Tx, template: str) -> str:
    taken = {agent.name for agent in list_agents(tx)}
    return next(name for number in range(1, MOST_AGENTS + 2) if (name := f"{template}-{number}") not in taken)


def _want(tx: Tx, agent: Agent, wanted: Wanted, event: str, actor: Actor) -> None:
    set_wanted(tx, agent.id, wanted)
    tx.emit(event, agent.id, {"name": agent.name}, actor)


def _forget(tx: Tx, agent: Agent, actor: Actor) -> None:
    delete_agent(tx, agent.id)
    tx.emit("agent.forgotten", agent.id, {"name": agent.name}, actor)


async def _tell_change(kernel: Kernel, event: str, agent: Agent, post: Post) -> None:
    await kernel.db.write(partial(_record_change, event=event, agent=agent, post=post))


def _record_change(tx: Tx, event: str, agent: Agent, post: Post) -> None:
    if event == "agent.gave_up":
        set_wanted(tx, agent.id, "gave_up")
    tx.emit(event, agent.id, {"name": agent.name, "crashes": post.crashes, "why": post.why}, SYSTEM)
