"""A Kubernetes deployment."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.services.foreign.runner import ForeignState, call_program, decode_json

_ROLLOUT = "--timeout=120s"


class Deployment:
    """``kubectl`` on one deployment."""

    def __init__(self, name: str, namespace: str | None, context: str | None) -> None:
        self._name = f"deployment/{name}"
        place = (("--namespace", namespace), ("--context", context))
        self._words = ("kubectl", *(word for option, value in place if value for word in (option, value)))

    async def read_state(self) -> ForeignState:
        """The deployment's replicas, from `kubectl get`."""
        words = (*self._words, "get", self._name, "-o", "json")
        told = msgspec.convert(decode_json(await call_program(*words), words), dict[str, Any])
        status, spec = told.get("status", {}), told.get("spec", {})
        containers = spec.get("template", {}).get("spec", {}).get("containers", [])
        ready, replicas = status.get("readyReplicas", 0), spec.get("replicas", 1)
        return ForeignState(
            ready=ready,
            replicas=replicas,
            version=containers[0].get("image") if containers else None,
            why="" if ready >= replicas else f"{ready} of {replicas} pods are ready",
        )

    async def start(self) -> None:
        await self.scale(1)

    async def stop(self) -> None:
        await call_program(*self._words, "scale", self._name, "--replicas=0")

    async def restart(self) -> None:
        await call_program(*self._words, "rollout", "restart", self._name)
        await self._await_rollout()

    async def scale(self, replicas: int) -> None:
        await call_program(*self._words, "scale", self._name, f"--replicas={replicas}")
        await self._await_rollout()

    async def roll_back(self) -> None:
        await call_program(*self._words, "rollout", "undo", self._name)
        await self._await_rollout()

    async def read_logs(self, lines: int) -> str:
        return await call_program(*self._words, "logs", self._name, f"--tail={lines}", "--all-containers", "--prefix")

    async def _await_rollout(self) -> None:
        await call_program(*self._words, "rollout", "status", self._name, _ROLLOUT)
