"""The manifest of the services room, and how it starts."""

from __future__ import annotations

import os
from pathlib import Path

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Room
from gonogo.services.actions import perform_rollback, perform_swap
from gonogo.services.commands.telling import Telling, start_all
from gonogo.services.definition import read_definitions
from gonogo.services.keepers import Keepers


async def start_room(kernel: Kernel) -> None:
    """Find the services that run, and start in the background those that should. Raises ``ConfigError``."""
    definitions = read_definitions(kernel.config.tables, find_base())
    telling = Telling(kernel)
    kernel.add_part(Keepers(kernel, definitions, telling.tell, telling.mourn))
    if definitions:
        kernel.tasks.spawn("start services", start_all(kernel))


def find_base() -> Path:
    """Where relative working directories start: the folder of gonogo.toml."""
    return Path(os.environ.get("GONOGO_CONFIG", "gonogo.toml")).absolute().parent


ROOM = Room(
    name="services",
    summary="Processes kept up, and swapped without a dropped request.",
    actions={"services.swap": perform_swap, "services.rollback": perform_rollback},
    on_start=start_room,
)
