"""The manifest of the services room, and how it starts."""

from __future__ import annotations

import os
from pathlib import Path

from gonogo.kernel.config import find_config_file
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import NavEntry, Room
from gonogo.services.actions import perform_rollback, perform_swap
from gonogo.services.board import read_lights, read_panels
from gonogo.services.commands.telling import Telling, start_all
from gonogo.services.definition import read_definitions, read_foreign
from gonogo.services.foreign.board import LOOK_S as FOREIGN_LOOK_S
from gonogo.services.foreign.board import ForeignBoard
from gonogo.services.keepers import Keepers
from gonogo.services.output import LOOK_S, OutputWatch
from gonogo.services.pages import ServicesPages
from gonogo.services.routes import ServicesController
from gonogo.services.signals import declare_signals, provide_signals
from gonogo.services.usage import Meter


async def start_room(kernel: Kernel) -> None:
    """Find the services that run, and start in the background those that should. Raises ``ConfigError``."""
    definitions = read_definitions(kernel.config.tables, find_base(), kernel.config.services_run_as)
    telling = Telling(kernel)
    kernel.add_part(Keepers(kernel, definitions, telling.tell, telling.mourn))
    kernel.add_part(Meter())
    foreign = ForeignBoard(kernel, read_foreign(kernel.config.tables))
    kernel.add_part(foreign)
    if foreign.definitions:
        kernel.tasks.repeat("ask foreign services", FOREIGN_LOOK_S, foreign.look)
    if definitions:
        provide_signals(kernel)
        kernel.tasks.repeat("watch output of services", LOOK_S, OutputWatch(kernel).look)
        kernel.tasks.spawn("start services", start_all(kernel))


def find_base() -> Path:
    """Where relative working directories start: the folder of gonogo.toml."""
    return find_config_file(os.environ).absolute().parent


ROOM = Room(
    name="services",
    summary="Processes kept up, and swapped without a dropped request.",
    controllers=(ServicesController, ServicesPages),
    nav=(NavEntry("Services", "/services", "services", "v"),),
    templates=Path(__file__).parent / "templates",
    read_lights=read_lights,
    read_panels=read_panels,
    declare_signals=declare_signals,
    actions={"services.swap": perform_swap, "services.rollback": perform_rollback},
    on_start=start_room,
)
