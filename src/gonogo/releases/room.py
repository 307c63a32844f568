"""The manifest of the releases room."""

from __future__ import annotations

from pathlib import Path

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import NavEntry, Panel, Room
from gonogo.releases.action_routes import CONTROLLERS as ACTION_CONTROLLERS
from gonogo.releases.actions.calls import Calls
from gonogo.releases.actions.load.loads import Loads
from gonogo.releases.actions.load.signals import declare_load_signals
from gonogo.releases.actions.table import ACTIONS
from gonogo.releases.adopt_pages import AdoptPages
from gonogo.releases.follow_up_pages import PAGES as FOLLOW_UP_PAGES
from gonogo.releases.follow_ups.board import read_task_panels
from gonogo.releases.incidents.clock import read_clock
from gonogo.releases.incidents.reminding import REMIND_EVERY_S, call_due_steps
from gonogo.releases.pages import RunPages
from gonogo.releases.plan_pages import PlanPages
from gonogo.releases.record.ledger import Ledger
from gonogo.releases.record.signing import open_signer
from gonogo.releases.routes import ChecklistsController, ReleasesController
from gonogo.releases.running.counts import COUNT_EVERY_S, Counts, declare_signals
from gonogo.releases.running.intake import read_hosts
from gonogo.releases.running.locks import RENEW_EVERY_S
from gonogo.releases.running.reader import PlanReader
from gonogo.releases.running.runners import Runners
from gonogo.releases.shell.environment import read_passed
from gonogo.releases.views.board import read_lights, read_panels


async def start_runners(kernel: Kernel) -> None:
    """Take up the runs that were under way when the last server ended. Raises ConfigError."""
    read_hosts(kernel)
    read_passed(kernel.config)
    signer = open_signer(kernel.config.folder, kernel.clock)
    kernel.add_part(signer)
    kernel.add_part(Ledger(signer))
    kernel.add_part(Calls())
    kernel.add_part(Loads())
    kernel.add_part(PlanReader())
    runners = Runners(kernel)
    kernel.add_part(runners)
    counts = kernel.get_part(Counts)
    kernel.tasks.repeat("count releases", COUNT_EVERY_S, lambda: counts.refresh(kernel))
    read_clock(kernel.config.tables)
    kernel.tasks.repeat("call due steps", REMIND_EVERY_S, lambda: call_due_steps(kernel))
    kernel.tasks.repeat("renew deploy locks", RENEW_EVERY_S, runners.renew_locks)
    if not kernel.config.embedded:
        await runners.take_up()


async def stop_reading(kernel: Kernel) -> None:
    """End the processes that read checklists."""
    await kernel.get_part(PlanReader).close()


def declare_all(kernel: Kernel) -> None:
    """The room's counts, and the signals of loads."""
    declare_signals(kernel)
    declare_load_signals(kernel)


async def read_all_panels(kernel: Kernel) -> list[Panel]:
    """The releases under way, and the tasks that are due."""
    return [*await read_panels(kernel), *await read_task_panels(kernel)]


ROOM = Room(
    name="releases",
    summary="Checklists that run: commands, people, gates, soaks and the way back.",
    controllers=(
        ChecklistsController,
        ReleasesController,
        PlanPages,
        AdoptPages,
        RunPages,
        *FOLLOW_UP_PAGES,
        *ACTION_CONTROLLERS,
    ),
    nav=(NavEntry("Releases", "/releases", "releases", "r"),),
    templates=Path(__file__).parent / "templates",
    read_lights=read_lights,
    read_panels=read_all_panels,
    declare_signals=declare_all,
    actions=ACTIONS,
    on_start=start_runners,
    on_stop=stop_reading,
)
