"""One command becomes one item: by its words, by its section, and by what went before it."""

from __future__ import annotations

import re

from tree_sitter import Node

from gonogo.releases.expectations.searches import compile_search
from gonogo.releases.plan import Doubt, Runs
from gonogo.releases.reading.alternatives import shorten
from gonogo.releases.reading.commands import Assessment, assess_command
from gonogo.releases.reading.contradiction import FOUND_IS_BAD
from gonogo.releases.reading.decode import repair_text
from gonogo.releases.reading.desk import Desk, Place
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.elsewhere import Stay, describe_opener, find_home, find_opener, leaves
from gonogo.releases.reading.inline import strip_pictures
from gonogo.releases.reading.variables import list_read, list_set, loads_variables, only_shows
from gonogo.releases.reading.weakness import contradicts_sentence
from gonogo.releases.rules import Exit, Rule

_SHOWN = 120
_KILLS = re.compile(r"^kill (?:-\w+ )?\"?\$\{?(?P<name>[A-Za-z_]\w*)\}?\"?(?:\s*2>/dev/null)?(?:\s*\|\|\s*true)?\s*$")
_STARTED = re.compile(r"\b([A-Za-z_]\w{0,80})=\$!")
EXIT_0 = (Exit(source="exit 0"), Exit(source="exit 0", weak=True))
_SPOILS = frozenset({"placeholder", "interactive", "never-ending"})


def add_command(
    desk: Desk, place: Place, command: str, line: int, end_line: int, text: str, node: Node | None = None
) -> Draft:
    """Add the item of one command, with the decision whether it runs and why not."""
    found = assess_command(command, node)
    stay = desk.find_stay()
    if stay is not None and leaves(command):
        desk.stays.pop()
        return _show(desk, place, command, line, end_line, f"it leaves `{stay.opener}`")
    if not found.is_command:
        return _show(desk, place, text or command, line, end_line, found.why, found.doubt)
    search = _find_search(place, command, text)
    contrary = search is None and contradicts_sentence(
        command, node, f"{place.parent.text if place.parent else ''} {text}"
    )
    if contrary:
        found = found._replace(weak="it exits 0 when it finds something, and the words above say that there is nothing")
    runs, why, doubt = _decide(desk, place, command, node, found)
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
        rule=search or (FOUND_IS_BAD if contrary else EXIT_0[bool(found.weak)]),
    )
    _report(desk, draft, found)
    _remember(desk, command, node, found, line)
    if stay is not None:
        desk.stays[-1] = stay.note_typed(desk.section)
    _open(desk, place, command, node, line)
    place.runs.append(draft)
    return draft


def _find_search(place: Place, command: str, text: str) -> Rule | None:
    """The rule of a search that has to find nothing by the words above it."""
    above = (text, place.parent.text if place.parent is not None else "")
    return next((rule for said in above if (rule := compile_search(command, said)) is not None), None)


def show_command(command: str) -> str:
    """A command on one readable line."""
    return shorten(strip_pictures(repair_text(command)), _SHOWN)


def _show(desk: Desk, place: Place, text: str, line: int, end_line: int, why: str, doubt: Doubt | None = None) -> Draft:
    return desk.add("info", line, end_line, show_command(text), runs="never", why=why, doubt=doubt, parent=place.parent)


def _decide(
    desk: Desk, place: Place, command: str, node: Node | None, found: Assessment
) -> tuple[Runs, str, Doubt | None]:
    """What a command's words and its place come to. Off the way the place decides, and the doubt stays beside it."""
    runs, why, doubt = _doubt(desk, place, command, node, found)
    if desk.informs:
        return "never", f'"{desk.section.title}" is for reference: nothing of it runs during a release', doubt
    if desk.rolls_back:
        return "never", why or f'"{desk.section.title}" is for rolling back: nothing of it runs on the way', doubt
    return runs, why, doubt


def _doubt(
    desk: Desk, place: Place, command: str, node: Node | None, found: Assessment
) -> tuple[Runs, str, Doubt | None]:
    # A plan that is made ready is for rolling back only, and that is where this runs.
    ready = desk.section.gets_ready and desk.rolls_back
    barrier = place.barrier or (None if ready else desk.section.barrier)
    if barrier and barrier.never:
        return "never", barrier.why, barrier.doubt
    if stay := desk.find_stay():
        return "ask", stay.why, "elsewhere"
    # Stopping a service loses nothing: a rollback may do it unasked, and what was started above ends here.
    mild = found.effect == "service" and (desk.rolls_back or _ends_started(desk, command))
    if found.runs != "auto" and not mild:
        return found.runs, found.why, found.doubt
    if why := _find_unset(desk, command, node):
        return "ask", why, "unset"
    if not desk.informs and (absent := desk.presence.find_absent(command, node)):
        return "ask", absent.why, "unknown-program"
    if barrier:
        return "ask", barrier.why, barrier.doubt
    return "auto", f"{found.weak}: exit 0 is weak evidence" if found.weak else "", None


def _ends_started(desk: Desk, command: str) -> bool:
    ended = _KILLS.match(command)
    return ended is not None and ended["name"] in desk.started


def _find_unset(desk: Desk, command: str, node: Node | None) -> str | None:
    if "$" not in command:
        return None
    if "$!" in command and "!" in desk.unset:
        return f"it uses $!, which line {desk.unset['!']} would set but does not run by itself"
    for name in list_read(command, node):
        if name in desk.unset:
            return f"it uses ${name}, which line {desk.unset[name]} would set but does not run by itself"
        given = name in desk.known or name in desk.surroundings.variables or desk.loads
        if not given and not only_shows(command):
            return f"nothing above sets ${name}: give it a value with --var {name}=…"
    return None


def _report(desk: Desk, draft: Draft, found: Assessment) -> None:
    shown = shorten((draft.command or "").split("\n")[0])
    if found.finding:
        desk.find(found.finding, "warning", draft.line, f"{shown}: {found.why}")
    elif draft.doubt in ("unset", "unknown-program", "elsewhere") and not desk.informs:
        desk.find(draft.doubt, "warning", draft.line, f"{shown}: {draft.why}")
    elif found.weak and not desk.informs:
        remedy = "; add -f, or say what it should return" if found.weak.startswith("curl") else ""
        desk.find("weak-evidence", "info", draft.line, f"{shown}: {found.weak}{remedy}")


def _open(desk: Desk, place: Place, command: str, node: Node | None, line: int) -> None:
    """Note that what follows is typed in the shell or client that a command opens."""
    barred = place.barrier is not None and place.barrier.never
    kind = None if desk.informs or barred else find_opener(command, node)
    if kind is not None:
        desk.stays.append(Stay(describe_opener(command), line, kind, find_home(desk.section)))


def _remember(desk: Desk, command: str, node: Node | None, found: Assessment, line: int) -> None:
    if desk.rolls_back:
        desk.known |= list_set(command, node) if found.doubt is None else set()
    if desk.rolls_back or desk.informs or desk.find_stay():
        return
    desk.presence.learn(command, node, line)
    if "=$!" in command:
        desk.started.update(_STARTED.findall(command))
    desk.loads = desk.loads or loads_variables(command)
    names = list_set(command, node)
    if command.rstrip().endswith("&") and not command.rstrip().endswith("&&"):
        names.add("!")
    spoilt = found.finding in _SPOILS or any(name in desk.unset for name in list_read(command, node))
    spoilt = spoilt or ("$!" in command and "!" in desk.unset)
    for name in names:
        if spoilt and name not in desk.known:
            desk.unset[name] = line
        elif not spoilt:
            desk.unset.pop(name, None)
            if name != "!":
                desk.known.add(name)
    if spoilt and "!" in names:
        desk.unset["!"] = line
