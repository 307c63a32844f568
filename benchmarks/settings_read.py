"""Reading a setting over HTTP, beside the bare framework on the same web server."""

from __future__ import annotations

from _settings import run_part

from gonogo.cli.loadtest.figures import Figure
from gonogo.cli.loadtest.profiles import MEDIUM
from gonogo.cli.loadtest.reading import measure_http
from gonogo.cli.loadtest.server import Server


async def measure(server: Server) -> list[Figure]:
    """The one figure."""
    return [await measure_http(server, MEDIUM)]


if __name__ == "__main__":
    run_part(measure, MEDIUM.settings)
