"""What the kernel tells of processes and their TCP sockets, read from /proc: psutil would double a keeper's size."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from gonogo.services.state import Identity

LISTEN, ESTABLISHED = "0A", "01"
_SOCKET = re.compile(r"socket:\[(\d+)\]")


def read_identity(pid: int) -> Identity | None:
    """Who has this process id now; None when nobody has, or only a process that nobody has collected yet."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in brackets may hold anything, brackets too.
    fields = text[text.rindex(")") + 2 :].split()
    return None if fields[0] in "ZX" else Identity(pid, int(fields[19]))


def is_running(identity: Identity) -> bool:
    """Whether that very process still runs."""
    return read_identity(identity.pid) == identity


def list_session(leader: int) -> list[int]:
    """The processes of a session, by id."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(ProcessLookupError):
                if os.getsid(int(folder.name)) == leader:
                    found.append(int(folder.name))
    return found


def list_sockets(pids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Sockets that these processes hold, by inode: whose, and its descriptor there."""
    found: dict[int, tuple[int, int]] = {}
    for pid in pids:
        with contextlib.suppress(OSError):  # a process may end, and its descriptors close, at any moment
            for link in Path(f"/proc/{pid}/fd").iterdir():
                if match := _SOCKET.match(str(link.readlink())):
                    found.setdefault(int(match[1]), (pid, int(link.name)))
    return found


def list_inodes(port: int, state: str) -> set[int]:
    """Inodes of the TCP sockets in ``state`` whose own port this is."""
    ending = f":{port:04X}"
    found = set()
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(FileNotFoundError), Path(path).open() as lines:
            next(lines)
            for line in lines:
                fields = line.split(maxsplit=10)
                if state == LISTEN != fields[3]:
                    break  # the kernel lists those that listen first
                if fields[3] == state and fields[1].endswith(ending):
                    found.add(int(fields[9]))
    return found


def count_connections(leader: int, port: int) -> int:
    """Open TCP connections to ``port`` that a session's processes hold."""
    return len(list_inodes(port, ESTABLISHED) & list_sockets(list_session(leader)).keys())
