"""What every way out has in common."""

from __future__ import annotations

from typing import Protocol

from gonogo.observe.alerts.notice import Notice


class DeliveryFailed(Exception):
    """The receiver did not take it; the message says why, without secrets.

    ``is_final`` means that trying again is useless; ``retry_after_s`` is when the receiver asks to be tried again.
    """

    def __init__(self, reason: str, *, is_final: bool = False, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.retry_after_s = retry_after_s


class Channel(Protocol):
    """One way out. ``shown`` tells where it leads, with what is secret left out."""

    name: str
    shown: str

    async def send(self, notice: Notice, letter: str) -> None:
        """Deliver a notice under the letter's id. Raises ``DeliveryFailed``."""
        ...
