"""Ports that are free now."""

from __future__ import annotations

import socket
from contextlib import ExitStack


def find_ports(count: int) -> list[int]:
    """As many different free ports of this machine."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
