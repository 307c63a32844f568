"""The folder of one service: what its keeper reads and writes, and how to reach it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ServiceFolder:
    """``services/NAME`` in the data folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.spec = root / "spec.json"
        self.state = root / "state.json"
        self.lock = root / "keeper.lock"
        self.log = root / "printed.log"
        self.own_log = root / "keeper.log"

    def prepare(self) -> None:
        """Make the folder, closed to other people."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def name_socket(self, name: str = "keeper.sock") -> Iterator[str]:
        """A short path of a socket in the folder: a data folder deep down would be too long for the kernel (108)."""
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}/{name}"
        finally:
            os.close(descriptor)

    def bind_socket(self) -> socket.socket:
        """The keeper's own end, readable by the owner only."""
        (self.root / "keeper.sock").unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        with self.name_socket() as path:
            listener.bind(path)
        (self.root / "keeper.sock").chmod(0o600)
        listener.setblocking(False)
        return listener
