"""A program that reads settings, forks, and says what its child saw. Run with a data folder as its argument."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

from gonogo.client.gonogo import Gonogo

DEADLINE_S = 20.0


def wait_for(settings: Any, value: int) -> bool:
    """Whether the value comes within the time."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        if settings["tide.level"] == value:
            return True
        time.sleep(0.01)
    return False


def live_as_child(gonogo: Gonogo) -> dict[str, Any]:
    """What a child sees: the values at once, then a link of its own, and calls on a connection of its own."""
    settings = gonogo.settings
    threads = [thread.name for thread in threading.enumerate()]
    stale = settings.stale_since is not None
    first = settings["tide.level"]
    settings.set("tide.level", 5)
    return {
        "first": first,
        "stale_at_first": stale,
        "threads_at_first": threads,
        "followed": wait_for(settings, 5),
        "in_step": settings.stale_since is None,
    }


def main() -> None:
    """Read, fork, and print what both saw."""
    gonogo = Gonogo(home=sys.argv[1])
    gonogo.settings.set("tide.level", 4)
    assert wait_for(gonogo.settings, 4)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as answer:
            json.dump(live_as_child(gonogo), answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        seen = json.load(answer)
    os.waitpid(child, 0)
    # The parent's link was not touched: it hears of the child's change, and of one of its own.
    seen["parent_followed"] = wait_for(gonogo.settings, 5)
    gonogo.settings.set("tide.level", 6)
    seen["parent_goes_on"] = wait_for(gonogo.settings, 6)
    gonogo.close()
    print(json.dumps(seen))  # noqa: T201


main()
