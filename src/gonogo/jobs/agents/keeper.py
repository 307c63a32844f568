"""Keeps agents' processes up: started again with growing pauses, found again after a restart, ended on request."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping

import structlog

from gonogo.jobs.agent_schemas import Agent, Identity, Phase, Post, Template
from gonogo.jobs.agents.post import find_holder
from gonogo.jobs.agents.process import DRAIN_S, AgentFolder, identify, send_signal, start_process, wait_end
from gonogo.kernel.kernel import Kernel

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
STEADY_S = 60.0
"""A process that worked for so long has left its crashes behind."""
MOST_CRASHES = 10
KILL_AFTER_S = DRAIN_S + 8.0
log = structlog.get_logger()
Told = Callable[[str, Agent, Post], Awaitable[None]]


class AgentKeeper:
    """One background task for each agent that should run. ``tell`` is told ``crashed`` and ``gave_up``.

    Closing the house ends the tasks and leaves the processes: they wait for the server, and the next one finds them.
    """

    def __init__(self, kernel: Kernel, templates: Mapping[str, Template], tell: Told) -> None:
        self._kernel, self.templates, self._tell = kernel, templates, tell
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._posts: dict[str, Post] = {}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def get_folder(self, id: str) -> AgentFolder:
        """Where an agent's files are."""
        return AgentFolder(self._kernel.config.folder, id)

    def list_kept(self) -> list[str]:
        """The ids of the agents that are kept up."""
        return list(self._tasks)

    def list_posts(self) -> list[Post]:
        """How their processes are."""
        return list(self._posts.values())

    def read_post(self, agent: Agent) -> Post:
        """How an agent's process is."""
        phase: Phase = "starting" if agent.wanted == "running" else agent.wanted
        if agent.id in self._posts or phase != "starting":
            return self._posts.get(agent.id, Post(phase=phase))
        identity = self._find(agent)
        why = "No server runs: " + ("its process waits for one." if identity else "the next one starts it.")
        return Post(phase=phase, identity=identity, why=why)

    def keep(self, agent: Agent) -> None:
        """Keep it up from now on; in a process that lives for one command, leave that to the next server."""
        if agent.id not in self._tasks and not self._kernel.config.embedded:
            self._move(agent, Post(phase="starting"))
            self._tasks[agent.id] = self._kernel.tasks.spawn(f"agent {agent.name}", self._keep(agent))

    async def stop(self, agent: Agent) -> None:
        """End its process, gently for a while and then for certain."""
        async with self._locks[agent.id]:
            await self._stop(agent)

    async def restart(self, agent: Agent) -> None:
        """End its process if it has one, and keep a new one up."""
        async with self._locks[agent.id]:
            await self._stop(agent)
            self.keep(agent)

    async def _stop(self, agent: Agent) -> None:
        await self._let_go(agent.id)
        identity = self._find(agent)
        if identity is not None:
            self._move(agent, Post(phase="stopping", identity=identity))
            await self._end(identity)
        self._reap(agent)
        self._posts.pop(agent.id, None)
        self._kernel.bus.notify("agent.moved", agent.id, {"phase": "stopped"})

    async def close(self) -> None:
        """Keep nothing up any more; the processes stay."""
        for kept in self.list_kept():
            await self._let_go(kept)
        for child in self._children.values():
            child.returncode = 0  # it outlives this process on purpose: Popen is not to complain of it

    async def _let_go(self, id: str) -> None:
        task = self._tasks.pop(id, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep(self, agent: Agent) -> None:
        crashes = 0
        while True:
            identity = self._find(agent) or self._start(agent)
            self._move(agent, Post(phase="working", identity=identity, crashes=crashes))
            since = self._kernel.clock.monotonic()
            await wait_end(identity)
            why = self._reap(agent)
            if self._find(agent) is not None:
                continue  # it only made way for the one that had its post already
            steady = self._kernel.clock.monotonic() - since >= STEADY_S
            crashes = 1 if steady else crashes + 1
            if crashes > MOST_CRASHES:
                await self._give_up(agent, Post(phase="gave_up", crashes=crashes, why=why))
                return
            post = Post(phase="backing_off", crashes=crashes, why=why)
            self._move(agent, post)
            await self._tell("agent.crashed", agent, post)
            await self._kernel.clock.sleep(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (crashes - 1)))

    async def _give_up(self, agent: Agent, post: Post) -> None:
        self._move(agent, post)
        await self._tell("agent.gave_up", agent, post)
        self._tasks.pop(agent.id, None)

    def _find(self, agent: Agent) -> Identity | None:
        child = self._children.get(agent.id)
        if child is not None and child.poll() is None:
            return identify(child)
        return find_holder(self.get_folder(agent.id).post)

    def _start(self, agent: Agent) -> Identity:
        template = self.templates.get(agent.template)
        child = start_process(agent, self.get_folder(agent.id), template.env if template else {})
        self._children[agent.id] = child
        log.info("agent started", agent=agent.name, pid=child.pid)
        return identify(child)

    def _reap(self, agent: Agent) -> str:
        child = self._children.pop(agent.id, None)
        if child is None:
            return "Its process ended."
        code = child.wait()
        return f"Its process was ended by signal {-code}." if code < 0 else f"Its process ended with code {code}."

    async def _end(self, identity: Identity) -> None:
        send_signal(identity, signal.SIGTERM)
        try:
            async with asyncio.timeout(KILL_AFTER_S):
                await wait_end(identity)
        except TimeoutError:
            send_signal(identity, signal.SIGKILL)
            await wait_end(identity)

    def _move(self, agent: Agent, post: Post) -> None:
        self._posts[agent.id] = post
        self._kernel.bus.notify("agent.moved", agent.id, {"phase": post.phase})
