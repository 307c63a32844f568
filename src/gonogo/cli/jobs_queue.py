"""``gonogo jobs workers|pause|resume|limits|limit``: the queue as a whole."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

AWAY = " (The queue does not answer now; it is told as soon as it does.)"
Concurrency = Annotated[int | None, Parameter(help="Jobs of the key at once.")]
Rate = Annotated[float | None, Parameter(help="Starts a second.")]
Burst = Annotated[int, Parameter(help="Starts in one go before the rate counts.")]


def workers(*, json: AsJson = False) -> None:
    """List who takes jobs.

    Example: gonogo jobs workers
    """
    with open_gonogo() as gonogo:
        found = gonogo.jobs.workers()
    if json:
        show_json(found)
        return
    rows = [
        (
            each["worker"]["name"] or each["worker"]["id"],
            "alive" if each["alive"] else "gone",
            f"{each['running']}/{each['worker']['concurrency']}",
            f"{each['worker']['host']}:{each['worker']['pid']}",
            each["seen_at"][:19],
            ", ".join(each["worker"]["capabilities"]),
        )
        for each in found
    ]
    show_table(("worker", "state", "jobs", "where", "seen", "can do"), rows, empty="No worker has been heard of.")


def pause(type: str = "*", /) -> None:
    """Hand out no more jobs of a type, or none at all; what runs goes on.

    Example: gonogo jobs pause mail.send
    """
    with open_gonogo() as gonogo:
        paused = gonogo.jobs.pause(type)["paused"]
    say(f"Paused: {', '.join([type] if paused is None else paused)}{AWAY if paused is None else ''}")


def resume(type: str = "*", /) -> None:
    """Take a pause back, by the name it was made under.

    Example: gonogo jobs resume mail.send
    """
    with open_gonogo() as gonogo:
        paused = gonogo.jobs.resume(type)["paused"]
    if paused is None:
        say(f"Resumed: {type}{AWAY}")
    else:
        say(f"Still paused: {', '.join(paused)}" if paused else "Nothing is paused.")


def limits(*, json: AsJson = False) -> None:
    """List the limits by key.

    Example: gonogo jobs limits
    """
    with open_gonogo() as gonogo:
        found = gonogo.jobs.limits()
    if json:
        show_json(found)
        return
    rows = [
        (
            each["key"],
            "" if each["concurrency"] is None else str(each["concurrency"]),
            "" if each["rate"] is None else f"{each['rate']:g}",
            str(each["burst"]),
        )
        for each in found
    ]
    show_table(("key", "jobs at once", "starts a second", "burst"), rows, empty="Nothing is limited.")


def limit(key: str, /, *, concurrency: Concurrency = None, rate: Rate = None, burst: Burst = 1) -> None:
    """Limit the jobs of a key; with neither concurrency nor rate, lift its limit.

    Example: gonogo jobs limit partner-api --concurrency 4 --rate 10 --burst 20
    """
    with open_gonogo() as gonogo:
        gonogo.jobs.limit(key, concurrency=concurrency, rate=rate, burst=burst)
    say(f"{key} is {'limited' if concurrency is not None or rate is not None else 'not limited any more'}.")
