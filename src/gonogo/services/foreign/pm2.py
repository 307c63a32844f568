"""A process that PM2 keeps."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.services.foreign.runner import ForeignState, call_program, decode_json, refuse_move


class Pm2Process:
    """``pm2`` on one name."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def read_state(self) -> ForeignState:
        """Its processes, from `pm2 jlist`."""
        words = ("pm2", "jlist")
        text = await call_program(*words)
        # Its first call also prints how it starts its daemon.
        listed = msgspec.convert(decode_json(text[text.index("[{") :] if "[{" in text else "[]", words), list[Any])
        found = [each["pm2_env"] for each in listed if each["name"] == self._name]
        ready = sum(each["status"] == "online" for each in found)
        unwell = next((each["status"] for each in found if each["status"] != "online"), "")
        return ForeignState(
            ready=ready,
            replicas=max(len(found), 1),
            version=found[0].get("version") if found else None,
            restarts=sum(each.get("unstable_restarts", 0) for each in found),
            why=unwell if found else "PM2 does not know it",
        )

    async def start(self) -> None:
        await call_program("pm2", "start", self._name)

    async def stop(self) -> None:
        await call_program("pm2", "stop", self._name)

    async def restart(self) -> None:
        await call_program("pm2", "restart", self._name)

    async def scale(self, replicas: int) -> None:
        await call_program("pm2", "scale", self._name, str(replicas))

    async def roll_back(self) -> None:
        raise refuse_move("PM2", "roll back", "It knows no versions: put the old files back and restart.")

    async def read_logs(self, lines: int) -> str:
        return await call_program("pm2", "logs", self._name, "--lines", str(lines), "--nostream", "--raw")
