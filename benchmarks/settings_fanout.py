"""One change, a thousand clients: from the request to the last of them, and the memory that they take.

The server is one process, the clients are another, with real WebSockets on loopback. Times run from just before the
PUT is sent, so they hold the request, the durable write and the way back.
"""

from __future__ import annotations

import msgspec
from _settings import run_part

from gonogo.cli.loadtest.changing import Course, judge_course, measure_fanout, open_crowd
from gonogo.cli.loadtest.figures import Figure, Tally
from gonogo.cli.loadtest.profiles import MEDIUM
from gonogo.cli.loadtest.server import Server

PROFILE = msgspec.structs.replace(MEDIUM, lasting_s=20.0)


async def measure(server: Server) -> list[Figure]:
    """Times and memory."""
    course = Course(Tally(), [], [], None)
    async with open_crowd(server, PROFILE.clients) as crowd:
        await measure_fanout(server, crowd, PROFILE, lambda _share: None, course)
    return judge_course(course, PROFILE, PROFILE.settings)


if __name__ == "__main__":
    run_part(measure, PROFILE.settings)
