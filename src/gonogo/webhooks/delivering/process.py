"""A deliverer alone in its process: the data folder without server and pages."""

from __future__ import annotations

import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from gonogo.kernel.config import Config
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.outgoing.guard import Guard
from gonogo.kernel.vault import open_vault
from gonogo.webhooks.delivering.deliverer import Deliverer
from gonogo.webhooks.delivering.sending import Sender
from gonogo.webhooks.measures import Measures
from gonogo.webhooks.sealing import PURPOSE

NAME = "deliverer"


class DelivererRuns(Exception):
    """Another process delivers for this data folder."""


@asynccontextmanager
async def open_deliverer(config: Config) -> AsyncIterator[Deliverer]:
    """Deliver while the block runs. Raises ``DelivererRuns``."""
    config.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _lock(config.folder):
        async with Kernel(config) as kernel:
            vault = open_vault(config.settings_key, config.folder, PURPOSE)
            sender = Sender(kernel.clock, Guard(config.webhooks_allow))
            deliverer = Deliverer(kernel, vault, sender, Measures(), name=NAME)
            await deliverer.start()
            try:
                yield deliverer
            finally:
                await deliverer.stop()


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    # Leases are told apart by the deliverer's name, so there must be one of this name only.
    with (folder / "deliverer.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DelivererRuns(f"Another process delivers webhooks of {folder} already.") from error
        yield
