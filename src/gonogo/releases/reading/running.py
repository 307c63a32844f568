"""One command becomes one item: by its words, by its section, and by what went before it."""

from __future__ import annotations

from tree_sitter import Node

from gonogo.releases.plan import Doubt, Runs
from gonogo.releases.reading.alternatives import shorten
from gonogo.releases.reading.commands import Assessment, assess_command, find_used, list_assigned
from gonogo.releases.reading.decode import repair_text
from gonogo.releases.reading.desk import Desk, Place
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.inline import strip_pictures
from gonogo.releases.rules import Exit

_SHOWN = 120


def add_command(
    desk: Desk, place: Place, command: str, line: int, end_line: int, text: str, node: Node | None = None
) -> Draft:
    """Add the item of one command, with the decision whether it runs and why not."""
    found = assess_command(command, node)
    if not found.is_command:
        return desk.add(
            "info", line, end_line, text or show_command(command), runs="never", why=found.why, parent=place.parent
        )
    runs, why, doubt = _decide(desk, place, command, found)
    draft = desk.add(
        "rollback" if desk.rolls_back else "info" if desk.informs else "run",
        line,
        end_line,
        text or show_command(command),
        command=command,
        runs=runs,
        why=why,
        doubt=doubt,
        parent=place.parent,
        rule=Exit(source="exit 0", weak=found.weak),
    )
    _report(desk, draft, found)
    _remember(desk, command, found, line)
    place.runs.append(draft)
    return draft


def show_command(command: str) -> str:
    """A command on one readable line."""
    return shorten(strip_pictures(repair_text(command)), _SHOWN)


def _decide(desk: Desk, place: Place, command: str, found: Assessment) -> tuple[Runs, str, Doubt | None]:
    """What a command's words and its place come to. Off the way the place decides, and the doubt stays beside it."""
    runs, why, doubt = _doubt(desk, place, command, found)
    if desk.informs:
        return "never", f'"{desk.section.title}" is for reference: nothing of it runs during a release', doubt
    if desk.rolls_back:
        return "never", why or f'"{desk.section.title}" is for rolling back: nothing of it runs on the way', doubt
    return runs, why, doubt


def _doubt(desk: Desk, place: Place, command: str, found: Assessment) -> tuple[Runs, str, Doubt | None]:
    barrier = place.barrier or desk.section.barrier
    if barrier and barrier.never:
        return "never", barrier.why, barrier.doubt
    if found.runs != "auto":
        return found.runs, found.why, found.doubt
    if missing := find_used(command, desk.unset):
        what = "$!" if missing == "!" else f"${missing}"
        why = f"it uses {what}, which line {desk.unset[missing]} would set but does not run by itself"
        return "ask", why, "unset"
    if barrier:
        return "ask", barrier.why, barrier.doubt
    if found.weak:
        return "auto", "curl without -f exits 0 even on HTTP 500: exit 0 is weak evidence", None
    return "auto", "", None


def _report(desk: Desk, draft: Draft, found: Assessment) -> None:
    shown = shorten((draft.command or "").split("\n")[0])
    if found.finding:
        desk.find(found.finding, "warning", draft.line, f"{shown}: {found.why}")
    elif found.weak and not desk.informs:
        message = f"{shown}: curl without -f exits 0 on HTTP 500; add -f, or say what it should return"
        desk.find("weak-evidence", "info", draft.line, message)


def _remember(desk: Desk, command: str, found: Assessment, line: int) -> None:
    if desk.rolls_back or desk.informs:
        return
    names = list_assigned(command)
    if command.rstrip().endswith("&") and not command.rstrip().endswith("&&"):
        names.add("!")
    spoilt = (
        found.finding in ("placeholder", "interactive", "never-ending") or find_used(command, desk.unset) is not None
    )
    for name in names:
        if spoilt and name not in desk.known:
            desk.unset[name] = line
        elif not spoilt:
            desk.unset.pop(name, None)
            if name != "!":
                desk.known.add(name)
    if spoilt and "!" in names:
        desk.unset["!"] = line
