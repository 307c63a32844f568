"""The manifest of the observe room, and how it starts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import NavEntry, Room
from gonogo.observe.alert_pages import AlertPages
from gonogo.observe.alerts.board import read_alert_panels
from gonogo.observe.collecting.platform import name_host
from gonogo.observe.commands.alerts_upkeep import start_alerts
from gonogo.observe.desk import Desk
from gonogo.observe.fleet import Fleet
from gonogo.observe.knobs import KNOBS
from gonogo.observe.lights import read_lights
from gonogo.observe.logs.board import LogBoard
from gonogo.observe.otlp.out import open_export
from gonogo.observe.otlp.received import Received, declare_received
from gonogo.observe.own import open_own, sample_own, scan_own
from gonogo.observe.pages import ObservePages
from gonogo.observe.routes import CONTROLLERS
from gonogo.observe.scrape.scraper import LOOK_S, Scraper
from gonogo.observe.series import SeriesSink
from gonogo.observe.signals import declare_host_signals, provide_own_signals
from gonogo.observe.starting import begin_rounds, open_checks, open_logs, recall_hosts
from gonogo.observe.tasks import keep_up
from gonogo.observe.views import Lines


def declare_signals(kernel: Kernel) -> None:
    """Take over ``host.*``, except in a process that lives for one command only."""
    if not kernel.config.embedded:
        declare_host_signals(kernel.signals)


async def start_room(kernel: Kernel) -> None:
    """Remember the hosts that were known, and begin to observe this one."""
    fleet = Fleet(name_host())
    await recall_hosts(kernel, fleet)
    kernel.add_part(Desk(fleet))
    kernel.add_part(Lines(fleet))
    sink = SeriesSink(kernel.signals)
    received, scraper = Received(sink), Scraper(sink)
    kernel.add_part(received)
    kernel.add_part(scraper)
    declare_received(kernel.signals, received)
    provide_own_signals(kernel, fleet)
    open_export(kernel, fleet.local)
    await open_checks(kernel)
    await open_logs(kernel)
    await start_alerts(kernel)
    if kernel.config.embedded:
        return
    await open_own(kernel)
    begin_rounds(kernel)
    kernel.tasks.repeat("scrape targets", LOOK_S, partial(scraper.look, kernel))
    # Each waits for its moment itself.
    kernel.tasks.repeat("keep the store in order", 0, partial(keep_up, kernel))
    kernel.tasks.repeat("sample this machine", 0, partial(sample_own, kernel))
    kernel.tasks.repeat("scan processes", 0, partial(scan_own, kernel))


async def stop_room(kernel: Kernel) -> None:
    """Let go of what is followed."""
    await kernel.get_part(LogBoard).close()


ROOM = Room(
    name="observe",
    summary="Hosts, processes and their history: is it healthy, and since when not.",
    controllers=(*CONTROLLERS, ObservePages, AlertPages),
    nav=(NavEntry("Observe", "/observe", "observe", "o"),),
    templates=Path(__file__).parent / "templates",
    knobs=KNOBS,
    declare_signals=declare_signals,
    read_lights=read_lights,
    read_panels=read_alert_panels,
    on_start=start_room,
    on_stop=stop_room,
)
