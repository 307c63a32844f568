"""The foreign services of gonogo.toml, asked now and then how they are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import count

import msgspec

from gonogo.kernel.kernel import Kernel
from gonogo.services.definition import ForeignDefinition
from gonogo.services.errors import RunnerFailed
from gonogo.services.foreign.compose import ComposeService
from gonogo.services.foreign.kubernetes import Deployment
from gonogo.services.foreign.pm2 import Pm2Process
from gonogo.services.foreign.runner import ForeignState, Runner
from gonogo.services.foreign.systemd import SystemdUnit

LOOK_S = 10.0


class ForeignBoard:
    """Their definitions, their runners, and what those last told."""

    def __init__(self, kernel: Kernel, definitions: Mapping[str, ForeignDefinition]) -> None:
        self._kernel = kernel
        self.definitions = definitions
        self.runners = {name: choose_runner(definition) for name, definition in definitions.items()}
        self.states: dict[str, ForeignState] = {}
        self._looks = count(1)
        self._newest: dict[str, int] = {}

    def find_runner(self, name: str) -> Runner | None:
        """The runner of a foreign service; None for one that Gonogo keeps itself."""
        return self.runners.get(name)

    async def look(self) -> None:
        """Ask all of them at the same time, and tell of those that changed."""
        await asyncio.gather(*(self.look_at(name) for name in self.runners))

    async def look_at(self, name: str) -> ForeignState:
        """Ask one. A runner that fails is a state, too."""
        number = next(self._looks)
        try:
            state = await self.runners[name].read_state()
        except RunnerFailed as failure:
            state = msgspec.structs.replace(self.states.get(name, ForeignState()), ready=0, why=failure.detail)
        if number < self._newest.get(name, 0):
            return state  # a look that began later, perhaps after a move, was answered first
        self._newest[name] = number
        if self.states.get(name) != state:
            self.states[name] = state
            self._kernel.bus.notify("service.state_changed", name)
        return state


def choose_runner(definition: ForeignDefinition) -> Runner:
    """By ``run_by``."""
    match definition.run_by:
        case "systemd":
            return SystemdUnit(definition.target)
        case "compose":
            return ComposeService(definition.target, definition.file)
        case "kubernetes":
            return Deployment(definition.target, definition.namespace, definition.context)
        case "pm2":
            return Pm2Process(definition.target)
