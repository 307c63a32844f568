"""What an agent offers beside its connectors: its name, its role, and what its maker said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from gonogo.jobs.connectors.connector import Run
from gonogo.kernel.durable import GiveUp


class Badge:
    """A connector without types of its own: jobs that need ``agent=poet`` find the agent of that name."""

    name = "badge"

    def __init__(self, offers: tuple[str, ...]) -> None:
        self._offers = offers

    def list_capabilities(self) -> tuple[str, ...]:
        """See ``Connector``."""
        return self._offers

    async def run(self, run: Run) -> NoReturn:
        """Never called by a worker: no type leads here."""
        raise GiveUp(f"A badge does no '{run.claim.type}' jobs.")

    async def close(self) -> None:
        """Nothing is held."""


def read_badge(environment: Mapping[str, str]) -> list[Badge]:
    """The badge of the agent that this process is; none for a plain worker."""
    if "GONOGO_AGENT_NAME" not in environment:
        return []
    offers = [f"agent={environment['GONOGO_AGENT_NAME']}"]
    if role := environment.get("GONOGO_AGENT_ROLE", "").strip():
        offers.append(f"role={role}")
    return [Badge((*offers, *environment.get("GONOGO_AGENT_CAPABILITIES", "").split()))]
