"""The manifest of the webhooks room, and how it starts and stops."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from gonogo.kernel.config import Config
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.outgoing.guard import Guard
from gonogo.kernel.room import NavEntry, Room
from gonogo.kernel.vault import open_vault
from gonogo.webhooks.delivering.deliverer import Deliverer
from gonogo.webhooks.delivering.sending import Sender
from gonogo.webhooks.desk import Desk
from gonogo.webhooks.figures import LOOK_S, Figures, declare_figures
from gonogo.webhooks.lights import read_lights
from gonogo.webhooks.measures import Measures
from gonogo.webhooks.pages import WebhookPages
from gonogo.webhooks.routes import CONTROLLERS
from gonogo.webhooks.sealing import PURPOSE
from gonogo.webhooks.upkeep import EVERY_S, drop_old


async def start_room(kernel: Kernel) -> None:
    """Open the vault and the guard, and deliver, unless another process does."""
    measures = Measures()
    vault = open_vault(kernel.config.settings_key, kernel.config.folder, PURPOSE)
    desk = Desk(vault, Guard(kernel.config.webhooks_allow), measures)
    figures = Figures(kernel, measures)
    for part in (desk, figures):
        kernel.add_part(part)
    declare_figures(kernel, figures)
    kernel.collectors.append(measures)
    if kernel.config.embedded:
        return
    kernel.tasks.repeat("webhook figures", LOOK_S, figures.look)
    kernel.tasks.repeat("drop old webhooks", EVERY_S, partial(drop_old, kernel))
    if delivers_here(kernel.config):
        sender = Sender(kernel.clock, desk.guard)
        deliverer = Deliverer(kernel, desk.vault, sender, measures, name="server")
        kernel.add_part(deliverer)
        await deliverer.start()


def delivers_here(config: Config) -> bool:
    """Whether this process delivers: not one that lives for a single command, nor one that leaves it to others."""
    return config.deliver_webhooks and not config.embedded


async def stop_room(kernel: Kernel) -> None:
    """Let what is under way end."""
    if delivers_here(kernel.config):
        await kernel.get_part(Deliverer).stop()


ROOM = Room(
    name="webhooks",
    summary="Told once, told for sure: signed webhooks out, verified hooks in.",
    controllers=(*CONTROLLERS, WebhookPages),
    nav=(NavEntry("Webhooks", "/webhooks", "webhooks", "w"),),
    templates=Path(__file__).parent / "templates",
    read_lights=read_lights,
    on_start=start_room,
    on_stop=stop_room,
)
