"""Letting go of what is older than it is kept, a little at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.store.upkeep import BATCH, drop_hooks, drop_messages, drop_minutes

EVERY_S = 3600.0
KEEP_MINUTES = timedelta(days=2)


async def drop_old(kernel: Kernel) -> None:
    """Drop messages, deliveries, attempts and hooks beyond ``webhooks_keep_days``."""
    now = kernel.clock.now()
    horizon = format_instant(now - timedelta(days=kernel.config.webhooks_keep_days))
    await _drop_all(kernel, partial(drop_messages, horizon=horizon))
    await _drop_all(kernel, partial(drop_hooks, horizon=horizon))
    await kernel.db.write(partial(drop_minutes, horizon=format_instant(now - KEEP_MINUTES)))


async def _drop_all(kernel: Kernel, drop: Callable[[Tx], int]) -> None:
    # Other changes get their turn between two batches.
    while await kernel.db.write(drop) == BATCH:
        pass
