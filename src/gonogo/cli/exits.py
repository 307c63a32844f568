"""How a command ends."""

from __future__ import annotations

GO = 0
NO_GO = 1
CANNOT_RUN = 2
HELD = 3
INTERRUPTED = 130


class CannotRun(Exception):
    """What was asked can't be done; the message is the one line the person gets. The command ends with code 2."""
