"""What the server asks of a keeper, and the lines it answers with; one request a connection."""

from __future__ import annotations

import msgspec

from gonogo.services.spec import ServiceSpec
from gonogo.services.state import KeeperState, SwapResult


class Follow(msgspec.Struct, frozen=True, tag="follow"):
    """Send the state now and whenever it changes."""


class Swap(msgspec.Struct, frozen=True, tag="swap"):
    """Put ``spec.launch`` in place of the active version."""

    spec: ServiceSpec


class Scale(msgspec.Struct, frozen=True, tag="scale"):
    """Let the active version have so many processes."""

    replicas: int


class Restart(msgspec.Struct, frozen=True, tag="restart"):
    """End and start the active version's processes one after the other; what was given up is tried again."""


class End(msgspec.Struct, frozen=True, tag="end"):
    """End every process, then the keeper."""


Request = Follow | Swap | Scale | Restart | End


class Said(msgspec.Struct, frozen=True, tag="said"):
    """A line for the person who waits."""

    line: str


class Done(msgspec.Struct, frozen=True, tag="done"):
    """It is done; ``swap`` tells how a swap went, and ``version`` which state is the first to show it."""

    swap: SwapResult | None = None
    version: int = 0


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """It can't be done, and why."""

    why: str


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """It ended in a way nobody foresaw; the keeper's own log has the whole story."""

    why: str


class Shown(msgspec.Struct, frozen=True, tag="shown"):
    """The state, to a follower; ``version`` counts states."""

    state: KeeperState
    version: int = 0


Answer = Said | Done | Refused | Failed | Shown
