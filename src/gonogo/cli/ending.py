"""How a run ended, in a few lines: the verdict, why, and where to look next."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from gonogo.cli.connection import is_embedded
from gonogo.cli.exits import GO, HELD, NO_GO
from gonogo.cli.output import make_console
from gonogo.cli.values import read_instant, write_took
from gonogo.client.gonogo import Gonogo

BADGES = {
    GO: (" GO ", "bold white on green"),
    NO_GO: (" NO-GO ", "bold white on red"),
    HELD: (" HELD ", "bold black on yellow"),
}
NOT_ON_THE_WAY = ("rollback", "followup", "info")
MOVES = {
    "doubt": 'run {run} {item}    or: take-over {run} {item} --note "…"    or: skip {run} {item} --reason "…"',
    "sign": "sign {run} {item}",
    "decide": "decide {run} {item} go|no_go|hold",
    "failed": 'retry {run} {item}    or: take-over {run} {item} --note "…"    or: skip {run} {item} --reason "…"',
    "undecided": "decide {run} {item} go|no_go    or: retry {run} {item}",
    "no_data": "retry {run} {item}    or: decide {run} {item} go|no_go",
    "unknown": "resolve {run} {item} (take its result)    or: retry {run} {item} (run it again)",
}
"""What settles an item, by what is asked about it, or else by what it needs."""
NEEDS_PERSON = ("tick", "sign", "decide", "judge")


def exit_code(release: Any) -> int:
    """0 for GO, 1 for NO-GO, 3 for everything that still waits for a person."""
    if release["status"] != "finished":
        return HELD
    return GO if release["verdict"] == "go" else NO_GO


def tell_end(gonogo: Gonogo, release: Any) -> None:
    """Print the verdict, what is left to do, and where the record is."""
    console = make_console()
    code = exit_code(release)
    headline = Text.assemble(BADGES[code], " ", (release["title"], "bold"), f"  {write_elapsed(release)}")
    console.print()
    for line in (headline, *map(Text, list_reasons(release, code)), *map(Text, list_ways(gonogo, release, code))):
        console.print(line, soft_wrap=True)


def write_elapsed(release: Any) -> str:
    """How long it took, once it is over."""
    if release["finished_at"] is None:
        return ""
    seconds = (read_instant(release["finished_at"]) - read_instant(release["started_at"])).total_seconds()
    return f"in {write_took(seconds)}"


def list_reasons(release: Any, code: int) -> list[str]:
    """Why it ended so, and who is waited for."""
    lines = [text for text in (release["why"], release["alone"]) if text]
    if code == NO_GO:
        lines += [f"  {item['id']:<8} line {item['line']}: {name_shortly(item)}" for item in list_failed(release)]
    if code == HELD:
        lines += [
            f"  {item['id']:<8} {item['need']:<7} line {item['line']}: {item['text']}" for item in list_open(release)
        ]
    return lines


def list_failed(release: Any) -> list[Any]:
    """The items that speak against it."""
    items = (item for phase in release["phases"] for item in phase["items"])
    return [item for item in items if item["state"]["status"] == "failed"]


def name_shortly(item: Any) -> str:
    """The first line of its command, or its text."""
    name: str = (item["command"] or item["text"]).partition("\n")[0]
    return name


def list_open(release: Any) -> list[Any]:
    """The items that wait for a person: the one that is asked about, or every open one that only people settle."""
    phases = [phase for phase in release["phases"] if phase["role"] not in NOT_ON_THE_WAY]
    items = [item for phase in phases for item in phase["items"]]
    asked = release["asked"]
    if asked is not None:
        every = (item for phase in release["phases"] for item in phase["items"])
        return [item for item in every if item["id"] == asked["item"]]
    return [item for item in items if waits_for_person(item) and not item["for_later"]]


def waits_for_person(item: Any) -> bool:
    """Whether an item is open and no machine can settle it."""
    status = item["state"]["status"]
    if status in ("undecided", "no_data", "unknown", "failed"):
        return True
    return status == "open" and item["need"] in NEEDS_PERSON and item["kind"] not in ("info", "rollback")


def list_ways(gonogo: Gonogo, release: Any, code: int) -> list[str]:
    """What to type next, and the page when there is a server to show it."""
    run = release["id"]
    ways = [f"  gonogo report {run} --format html --output report.html"]
    if code == HELD:
        ways = [f"  gonogo releases {describe_move(release)}", f"  gonogo resume {run}"]
    return ways if is_embedded(gonogo) else [*ways, f"  {gonogo.target.url}/releases/{run}"]


def describe_move(release: Any) -> str:
    """The command that settles what is waited for: what went wrong first, else the only item there is."""
    waiting, asked = list_open(release), release["asked"]
    amiss = next((item for item in waiting if item["state"]["status"] in MOVES), None)
    item = amiss or (waiting[0] if len(waiting) == 1 else None)
    if asked is not None:
        reason = asked["reason"]
    elif amiss is not None:
        reason = amiss["state"]["status"]
    else:
        reason = item["need"] if item is not None else ""
    move = MOVES.get(reason, 'tick {run} {item} --note "…"')
    return move.format(run=release["id"], item="ITEM" if item is None else item["id"])
