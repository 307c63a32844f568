"""Agents as they are now: what is kept of them, their processes, and what the queue knows of their workers."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Sequence
from functools import partial

from gonogo.jobs.agent_schemas import Agent, AgentView
from gonogo.jobs.agent_store import get_agent, list_agents
from gonogo.jobs.agents.keeper import AgentKeeper
from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.schemas import JobFilter, WorkerView
from gonogo.kernel.kernel import Kernel

MOST_RUNNING = 500


async def view_agents(kernel: Kernel) -> list[AgentView]:
    """Every agent, oldest first."""
    return await _view(kernel, await kernel.db.read(list_agents))


async def view_agent(kernel: Kernel, key: str) -> AgentView:
    """The agent of this id or name. Raises ``AgentNotFound``."""
    return (await _view(kernel, [await kernel.db.read(partial(get_agent, key=key))]))[0]


async def _view(kernel: Kernel, agents: Sequence[Agent]) -> list[AgentView]:
    desk, keeper = kernel.get_part(JobsDesk), kernel.get_part(AgentKeeper)
    workers = {(each.worker.host, each.worker.pid): each for each in await desk.queue.workers() if each.alive}
    running: dict[str, list[str]] = {}
    for job in await desk.queue.list(JobFilter(state="running", limit=MOST_RUNNING)):
        running.setdefault(job.worker or "", []).append(job.id)
    rates: Counter[str] = Counter()
    for flow, count in desk.traffic.read().items():
        rates[flow.worker] += count
    return [_view_one(keeper, agent, workers, running, rates) for agent in agents]


def _view_one(
    keeper: AgentKeeper,
    agent: Agent,
    workers: dict[tuple[str, int], WorkerView],
    running: dict[str, list[str]],
    rates: Counter[str],
) -> AgentView:
    post = keeper.read_post(agent)
    pid = post.identity.pid if post.identity else None
    found = workers.get((socket.gethostname(), pid)) if pid is not None else None
    worker = found.worker.id if found else None
    return AgentView(
        agent=agent,
        # The process is there before its worker has spoken to the queue.
        phase="starting" if post.phase == "working" and found is None else post.phase,
        pid=pid,
        crashes=post.crashes,
        why=post.why,
        worker=worker,
        offers=found.worker.capabilities if found else (),
        jobs=tuple(running.get(worker, ())) if worker else (),
        jobs_per_minute=rates[worker] if worker else 0,
    )
