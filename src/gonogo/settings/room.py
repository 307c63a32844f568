"""The manifest of the settings room, and how it starts and stops."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import NavEntry, Room
from gonogo.kernel.signals import Signal
from gonogo.kernel.signals.registry import Provider
from gonogo.settings.alerts import ALERTS
from gonogo.settings.commands.knobs import follow_knobs
from gonogo.settings.desk import Desk
from gonogo.settings.fanout.hub import TICK_S, Hub
from gonogo.settings.fanout.missed import MOST_MESSAGES
from gonogo.settings.lights import read_lights
from gonogo.settings.live import LiveSettings
from gonogo.settings.measures import Measures, read_quantile
from gonogo.settings.outside import Outside
from gonogo.settings.pages import SettingsPages
from gonogo.settings.routes import CONTROLLERS
from gonogo.settings.search.index import SearchIndex
from gonogo.settings.store.reading import list_commits, load_all
from gonogo.settings.vault import open_vault
from gonogo.settings.views import Views
from gonogo.settings.watches.sqlite import SqliteWatch

REMEMBERED = 2000
"""Changes of the last process that its clients may catch up with."""


async def start_room(kernel: Kernel) -> None:
    """Read the whole store, take over what was edited while Gonogo was away, and watch from then on."""
    live = LiveSettings(open_vault(kernel.config.settings_key, kernel.config.folder))
    measures = Measures(kernel.clock.monotonic)
    hub, views, index = Hub(live, kernel.clock, measures), Views(live), SearchIndex(live)
    desk = Desk(kernel, live, index, measures)
    outside = Outside(desk, SqliteWatch(kernel.config.database_path))
    for part in (live, measures, hub, views, index, desk, outside):
        kernel.add_part(part)
    live.load(await kernel.db.read(load_all))
    first = max(0, live.version - MOST_MESSAGES)
    hub.remember(await kernel.db.read(partial(list_commits, after=first, limit=REMEMBERED)))
    await outside.take()
    if live.faults:
        await desk.reload()  # what was read above may hold the refused text itself
    await follow_knobs(desk)
    _declare_signals(kernel, live, hub, measures)
    outside.start(kernel.tasks)
    kernel.tasks.repeat("settings heartbeats", TICK_S, _make_beat(hub))


def _make_beat(hub: Hub) -> Callable[[], Awaitable[None]]:
    async def beat() -> None:
        hub.beat()

    return beat


def _declare_signals(kernel: Kernel, live: LiveSettings, hub: Hub, measures: Measures) -> None:
    found: tuple[tuple[str, str, str, Provider], ...] = (
        ("settings.count", "", "settings that are declared", lambda: len(live)),
        ("settings.reads", "", "settings read since the start", lambda: live.reads),
        ("settings.writes", "", "settings changed by requests since the start", lambda: measures.writes),
        ("settings.clients", "", "clients on the settings socket", lambda: len(hub)),
        ("settings.dropped_clients", "", "silent clients cut off in five minutes", measures.count_drops),
        ("settings.reload_failures", "", "outside edits refused in five minutes", measures.count_failures),
        ("settings.search_p95", "s", "time of a search", lambda: read_quantile(measures.search_times, 0.95)),
        ("settings.write_p99", "s", "time of a committed write", lambda: read_quantile(measures.write_times, 0.99)),
    )
    for name, unit, description, provider in found:
        kernel.signals.declare(Signal(name, unit, description, (), "settings"))
        kernel.signals.provide(name, provider)
    measures.count_reads, measures.count_clients = (lambda: live.reads), (lambda: len(hub))
    kernel.collectors.append(measures)


async def stop_room(kernel: Kernel) -> None:
    """End the watch for edits from outside."""
    await kernel.get_part(Outside).close(kernel.tasks)


ROOM = Room(
    name="settings",
    summary="Typed values, changed once and seen everywhere at once.",
    controllers=(*CONTROLLERS, SettingsPages),
    nav=(NavEntry("Settings", "/settings", "settings", "s"),),
    templates=Path(__file__).parent / "templates",
    alerts=ALERTS,
    read_lights=read_lights,
    on_start=start_room,
    on_stop=stop_room,
)
