"""What runs on this machine and what listens: a picture to compare with when something is missing afterwards."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import msgspec
import psutil

from gonogo.kernel.secrets.documents import mask_command

_FACTS = ("pid", "name", "username", "cmdline", "create_time", "memory_info")


def list_processes() -> list[dict[str, Any]]:
    """Every process that may be looked at, with its command line masked."""
    found = []
    for process in psutil.process_iter(_FACTS):
        facts = process.info
        memory = facts["memory_info"]
        found.append(
            {
                "pid": facts["pid"],
                "name": facts["name"],
                "user": facts["username"],
                "command": " ".join(mask_command(facts["cmdline"] or ())),
                "started": facts["create_time"],
                "rss_bytes": memory.rss if memory else None,
            }
        )
    return found


def list_ports() -> list[dict[str, Any]]:
    """Every address that is listened on, and by which process, where that may be known."""
    listening = [each for each in psutil.net_connections(kind="inet") if each.status == psutil.CONN_LISTEN]
    rows = [{"address": each.laddr.ip, "port": each.laddr.port, "pid": each.pid} for each in listening]
    return sorted(rows, key=lambda row: (row["port"], row["address"], row["pid"] or 0))


def picture_machine(copy: Path) -> dict[str, Any]:
    """Write the picture; gives its facts."""
    processes, ports = list_processes(), list_ports()
    copy.write_bytes(msgspec.json.format(msgspec.json.encode({"processes": processes, "ports": ports}), indent=1))
    copy.chmod(0o600)
    return {"host": socket.gethostname(), "processes": len(processes), "ports": sorted({row["port"] for row in ports})}
