"""Durable writes: a setting changed with history, event and snapshot, in turns with a bare upsert of the same safety.

p99 beside p99, some rounds one after the other. See ``gonogo.cli.loadtest.writing`` for what is timed.
"""

from __future__ import annotations

import msgspec
from _settings import run_part

from gonogo.cli.loadtest.figures import Figure
from gonogo.cli.loadtest.profiles import MEDIUM
from gonogo.cli.loadtest.server import Server
from gonogo.cli.loadtest.writing import measure_writes

ROUNDS = 5
PROFILE = msgspec.structs.replace(MEDIUM, writes=1000)


async def measure(server: Server) -> list[Figure]:
    """The figures of every round."""
    return [figure for _ in range(ROUNDS) for figure in await measure_writes(server, PROFILE)]


if __name__ == "__main__":
    run_part(measure, PROFILE.settings)
