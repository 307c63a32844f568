"""Another program edits the table: from its COMMIT until each of a thousand clients has the value."""

from __future__ import annotations

from _settings import run_part

from gonogo.cli.loadtest.changing import measure_edits, open_crowd
from gonogo.cli.loadtest.figures import Figure
from gonogo.cli.loadtest.profiles import MEDIUM
from gonogo.cli.loadtest.server import Server


async def measure(server: Server) -> list[Figure]:
    """The one figure."""
    async with open_crowd(server, MEDIUM.clients) as crowd:
        return [await measure_edits(server, crowd, MEDIUM)]


if __name__ == "__main__":
    run_part(measure, MEDIUM.settings)
