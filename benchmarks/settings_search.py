"""Search among a hundred thousand settings, through HTTP: whole words, half-typed ones, and typos."""

from __future__ import annotations

from _settings import run_part

from gonogo.cli.loadtest.figures import Figure
from gonogo.cli.loadtest.profiles import MEDIUM
from gonogo.cli.loadtest.reading import measure_search
from gonogo.cli.loadtest.server import Server


async def measure(server: Server) -> list[Figure]:
    """The one figure."""
    return [await measure_search(server, MEDIUM, MEDIUM.search_settings)]


if __name__ == "__main__":
    run_part(measure, MEDIUM.search_settings)
