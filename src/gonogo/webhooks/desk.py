"""What the room's commands share: the vault, the guard, the counters."""

from __future__ import annotations

from dataclasses import dataclass

from gonogo.kernel.outgoing.guard import Guard
from gonogo.kernel.vault import Vault
from gonogo.webhooks.measures import Measures


@dataclass(frozen=True, slots=True)
class Desk:
    """Made when the room starts; ``kernel.get_part(Desk)`` gives it."""

    vault: Vault
    guard: Guard
    measures: Measures
