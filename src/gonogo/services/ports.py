"""Who has a port: found before a service is started, and named."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil


class Owner(msgspec.Struct, frozen=True):
    """A process that listens. ``pid`` is None when it belongs to a user whom we may not look at."""

    pid: int | None
    command: str = ""
    user: str = ""

    @property
    def session(self) -> int | None:
        """Its session, which every service has for itself; None when it is gone or nobody may know."""
        try:
            return os.getsid(self.pid) if self.pid is not None else None
        except ProcessLookupError:
            return None

    def __str__(self) -> str:
        if self.pid is None:
            return "a process of another user (run Gonogo as root to see which)"
        return f"process {self.pid} of {self.user}: {self.command}"


def find_owner(host: str, port: int) -> Owner | None:
    """Who listens where ``host:port`` would; None when it is free."""
    for found in psutil.net_connections("tcp"):
        if found.status == psutil.CONN_LISTEN and found.laddr.port == port and _meets(host, found.laddr.ip):
            return describe_owner(found.pid)
    return None if _is_free(host, port) else Owner(None)


def describe_owner(pid: int | None) -> Owner:
    """A process by its id, as far as we may look."""
    if pid is None:
        return Owner(None)
    try:
        process = psutil.Process(pid)
        return Owner(pid, " ".join(process.cmdline()) or process.name(), process.username())
    except psutil.Error:
        return Owner(pid, "it is gone by now", "nobody")


def find_same(command: Sequence[str]) -> Owner | None:
    """A process that was started with the same program and arguments; None when there is none."""
    program, arguments = Path(command[0]).name, list(command[1:])
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        at = len(words) - len(arguments)
        # A script shows behind the name of its interpreter.
        if at > 0 and words[at:] == arguments and program in {Path(word).name for word in words[:at]}:
            return describe_owner(process.pid)
    return None


def _meets(host: str, other: str) -> bool:
    anywhere = {"0.0.0.0", "::"}
    return host == other or host in anywhere or other in anywhere


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True
