"""A service of a docker compose file."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.services.foreign.runner import ForeignState, call_program, decode_json, refuse_move


class ComposeService:
    """``docker compose`` on one service."""

    def __init__(self, service: str, file: str | None) -> None:
        self._service = service
        self._words = ("docker", "compose", *(("-f", file) if file else ()))

    async def read_state(self) -> ForeignState:
        """Its containers, from `docker compose ps`."""
        words = (*self._words, "ps", "--all", "--format", "json", self._service)
        found = _read_containers(await call_program(*words), words)
        ready = [each for each in found if each.get("State") == "running" and each.get("Health", "") in ("", "healthy")]
        unwell = next((each for each in found if each not in ready), None)
        why = "no container" if not found else f"{unwell['Name']}: {unwell.get('Status', '')}" if unwell else ""
        return ForeignState(
            ready=len(ready), replicas=max(len(found), 1), version=found[0].get("Image") if found else None, why=why
        )

    async def start(self) -> None:
        await call_program(*self._words, "up", "-d", "--wait", self._service)

    async def stop(self) -> None:
        await call_program(*self._words, "stop", self._service)

    async def restart(self) -> None:
        await call_program(*self._words, "restart", self._service)

    async def scale(self, replicas: int) -> None:
        scale = f"{self._service}={replicas}"
        await call_program(*self._words, "up", "-d", "--no-recreate", "--wait", "--scale", scale, self._service)

    async def roll_back(self) -> None:
        raise refuse_move("docker compose", "roll back", "Name the earlier image in the compose file and start it.")

    async def read_logs(self, lines: int) -> str:
        return await call_program(*self._words, "logs", "--no-color", "--tail", str(lines), self._service)


def _read_containers(text: str, words: tuple[str, ...]) -> list[dict[str, Any]]:
    # Older versions print one list, newer ones an object a line.
    if text.lstrip().startswith("["):
        return msgspec.convert(decode_json(text, words), list[dict[str, Any]])
    return [msgspec.convert(decode_json(line, words), dict[str, Any]) for line in text.splitlines() if line.strip()]
