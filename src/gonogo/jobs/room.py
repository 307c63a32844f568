"""The manifest of the jobs room, and how it starts."""

from __future__ import annotations

from gonogo.jobs.asset_routes import AssetsController
from gonogo.jobs.assets.desk import AssetDesk
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Room


async def start_room(kernel: Kernel) -> None:
    """Lay ready what the room works with."""
    kernel.add_part(AssetDesk(kernel.config))


ROOM = Room(
    name="jobs",
    summary="Work that survives: queue, workers, schedules and agents.",
    controllers=(AssetsController,),
    on_start=start_room,
)
