"""How much a load test does."""

from __future__ import annotations

import msgspec


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes and counts. ``search_settings`` are searched; ``lasting_s`` is how long changes go on being made."""

    name: str
    settings: int = 10_000
    clients: int = 1000
    search_settings: int = 10_000
    sdk_reads: int = 1_000_000
    http_rounds: int = 4
    http_round_s: float = 0.75
    writes: int = 200
    searches: int = 300
    edits: int = 60
    lasting_s: float = 5.0
    changes_per_s: float = 10.0


QUICK = Profile(name="quick")
MEDIUM = Profile(
    name="medium",
    search_settings=100_000,
    sdk_reads=5_000_000,
    http_rounds=10,
    http_round_s=2.0,
    writes=1000,
    searches=2000,
    edits=300,
    lasting_s=300.0,
)
SOAK = msgspec.structs.replace(MEDIUM, name="soak", lasting_s=8 * 3600.0, changes_per_s=2.0)
PROFILES = {profile.name: profile for profile in (QUICK, MEDIUM, SOAK)}
