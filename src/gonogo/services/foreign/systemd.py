"""A systemd unit."""

from __future__ import annotations

from gonogo.services.foreign.runner import ForeignState, call_program, refuse_move

_SHOWN = "ActiveState,SubState,Result,NRestarts"


class SystemdUnit:
    """``systemctl`` and ``journalctl`` on one unit."""

    def __init__(self, unit: str) -> None:
        self._unit = unit if "." in unit else f"{unit}.service"

    async def read_state(self) -> ForeignState:
        """The unit's active state, from `systemctl show`."""
        text = await call_program("systemctl", "show", self._unit, f"--property={_SHOWN}")
        told = dict(line.partition("=")[::2] for line in text.splitlines())
        active = told.get("ActiveState", "")
        why = "" if active == "active" else f"{active}, {told.get('SubState', '')}, {told.get('Result', '')}"
        restarts = told.get("NRestarts", "0")
        return ForeignState(ready=int(active == "active"), restarts=int(restarts or 0), why=why)

    async def start(self) -> None:
        await call_program("systemctl", "start", self._unit)

    async def stop(self) -> None:
        await call_program("systemctl", "stop", self._unit)

    async def restart(self) -> None:
        await call_program("systemctl", "restart", self._unit)

    async def scale(self, replicas: int) -> None:
        raise refuse_move("systemd", f"run {replicas} of one unit", "Declare one service for each unit.")

    async def roll_back(self) -> None:
        raise refuse_move("systemd", "roll back", "It knows no versions: put the old files back and restart.")

    async def read_logs(self, lines: int) -> str:
        return await call_program("journalctl", "-u", self._unit, "-n", str(lines), "--no-pager", "-o", "short-iso")
