"""The manifest of the jobs room, and how it starts and stops."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from gonogo.jobs.agent_pages import AgentPages
from gonogo.jobs.agent_routes import AgentsController
from gonogo.jobs.agents.commands import open_agents
from gonogo.jobs.agents.keeper import AgentKeeper
from gonogo.jobs.asset_routes import AssetsController
from gonogo.jobs.assets.desk import AssetDesk
from gonogo.jobs.assets.products import keep_here
from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.handing_on import hand_on
from gonogo.jobs.lights import read_lights
from gonogo.jobs.pages import JobsPages
from gonogo.jobs.routes import CONTROLLERS
from gonogo.jobs.signals import declare_measures
from gonogo.kernel.durable import ENQUEUE_JOB
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import NavEntry, Room


def prepare_room(kernel: Kernel) -> None:
    """Declare numbers, and serve durable tasks before any room starts: each may accept some in its own start."""
    desk = JobsDesk(kernel)
    kernel.add_part(desk)
    kernel.tasks.serve(desk.house)
    kernel.tasks.define(ENQUEUE_JOB, partial(hand_on, desk))
    declare_measures(kernel, desk.measures)


async def start_room(kernel: Kernel) -> None:
    """Open the queue, set this process's workers to work, and look after agents."""
    kernel.add_part(AssetDesk(kernel.config))
    await kernel.get_part(JobsDesk).open(keep_here(kernel))
    await open_agents(kernel)


async def stop_room(kernel: Kernel) -> None:
    """Give running jobs a moment, and give back the rest; agents stay for the next server."""
    await kernel.get_part(AgentKeeper).close()
    await kernel.get_part(JobsDesk).close()


ROOM = Room(
    name="jobs",
    summary="Work that survives: queue, workers, schedules and agents.",
    controllers=(*CONTROLLERS, AssetsController, AgentsController, AgentPages, JobsPages),
    nav=(NavEntry("Jobs", "/jobs", "jobs", "j"),),
    templates=Path(__file__).parent / "templates",
    declare_signals=prepare_room,
    read_lights=read_lights,
    on_start=start_room,
    on_stop=stop_room,
)
