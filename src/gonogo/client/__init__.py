"""The Python SDK: the rooms of a Gonogo, near or far, from a program.

    with Gonogo() as gonogo:
        for signal in gonogo.signals.list():
            print(signal["signal"]["name"])

``AsyncGonogo`` has the same rooms; there every method gives an awaitable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gonogo.client.errors import ApiError, ServerNotFound, ServerUnreachable
    from gonogo.client.gonogo import AsyncGonogo, Gonogo

__all__ = ["ApiError", "AsyncGonogo", "Gonogo", "ServerNotFound", "ServerUnreachable"]


def __getattr__(name: str) -> Any:
    # The HTTP library takes longer to load than many a command to run, so it waits until it is asked for.
    if name in ("ApiError", "ServerNotFound", "ServerUnreachable"):
        from gonogo.client import errors

        return getattr(errors, name)
    if name in ("AsyncGonogo", "Gonogo"):
        from gonogo.client import gonogo

        return getattr(gonogo, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
