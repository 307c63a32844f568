"""One line of words to items: the first reader that knows it takes it; a plain line is somebody's, or to be read."""

from __future__ import annotations

import re

from gonogo.releases.hints import mentions
from gonogo.releases.plan import Kind
from gonogo.releases.reading.alternatives import find_barrier, shorten
from gonogo.releases.reading.choices import Choice, find_choice
from gonogo.releases.reading.desk import Desk, Place, nest
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.inline_commands import read_commands
from gonogo.releases.reading.judging import find_expectation
from gonogo.releases.reading.line import Line
from gonogo.releases.reading.measures import read_judgement, read_output, read_threshold, read_wait
from gonogo.releases.reading.people import find_owner, find_signature, has_blank, names_signer
from gonogo.releases.reading.stops import find_stop
from gonogo.releases.reading.verbs import asks_for_action, gives_order
from gonogo.releases.reading.vocabulary import find_promise, is_decision
from gonogo.releases.rules import Human

_PROMISE = re.compile(r"\b(?:time to roll ?back|roll ?back time|rollback (?:target|sla|duration))\b", re.IGNORECASE)
_CRITERIA = re.compile(r"^\W*(?:.*?\bgo\s*(?:/|-|–|or)?\s*no[- ]?go\b[^:]*:?)\s*", re.IGNORECASE)
_CHOICES = re.compile(r"\[[ xX]?\](?!\()\s*\w")
_EXPECTS = re.compile(r"^\W*(?:expect\w*|you should see|it should|should|must)\b", re.IGNORECASE)
_STATES = re.compile(r"(?:^|:\s+)(?:no|all|every|none|zero|stable|normal|healthy)\b", re.IGNORECASE)


def read_line(desk: Desk, line: Line, place: Place) -> Draft:
    """Add the items one line stands for and return the first of them."""
    if line.ticked and not desk.informs:
        message = f'"{shorten(line.text)}" is ticked already: a tick in the file is no evidence, so it is open'
        desk.find("pre-ticked", "warning", line.line, message)
    barrier = find_barrier(line.text)
    mood = nest(place, barrier=barrier) if barrier else place
    draft = _ask_readers(desk, line, mood) or desk.put(_weigh(desk, line, place), line, place)
    draft.end_line = max(draft.end_line, line.span_end)
    draft.role = draft.role or find_owner(line.text)
    return draft


def _ask_readers(desk: Desk, line: Line, place: Place) -> Draft | None:
    for reader in _READERS:
        if (draft := reader(desk, line, place)) is not None:
            return draft
    return None


def _read_signature(desk: Desk, line: Line, place: Place) -> Draft | None:
    box, blank = line.weight in ("box", "tick"), has_blank(line.text)
    asks = box or line.weight == "number"
    named = names_signer(line.text) and (desk.section.role == "signoff" or "@" in line.text)
    if desk.informs or not (blank or asks or named):
        return None
    found = find_signature(line.text, line.label, signing=desk.section.role == "signoff", ticked=asks)
    if found is None:
        return desk.put("info", line, place) if blank and not box and not desk.section.is_foreign else None
    if place.parent is not None and place.parent.kind == "sign":
        return desk.put("info", line, place)
    return desk.put("sign", line, place, role=found.role)


def _read_choice(desk: Desk, line: Line, place: Place) -> Draft | None:
    """Boxes side by side of which one is ticked: one decision."""
    if desk.informs:
        return None
    choice = find_choice(line.raw, boxed=line.weight in ("box", "tick"))
    return put_choice(desk, choice, line.line, line.end_line, place) if choice else None


def put_choice(desk: Desk, choice: Choice, line: int, end_line: int, place: Place) -> Draft:
    """The gate of a decision between answers."""
    text = " | ".join(choice.answers)
    text = f"{choice.name}: {text}" if choice.name else text
    return desk.add(
        "rollback" if desk.rolls_back else "gate",
        line,
        end_line,
        text,
        rule=Human(source=text, question=choice.question),
        criteria=choice.answers,
        options={"choices": " | ".join(choice.answers)},
        parent=place.parent,
    )


def _read_decision(desk: Desk, line: Line, place: Place) -> Draft | None:
    if desk.informs or not is_decision(line.text):
        return None
    listed = _CRITERIA.sub("", line.text, count=1).strip(" .:")
    rule = Human(source=line.text, question=listed or line.text)
    return desk.put("gate", line, place, rule=rule, criteria=split_criteria(listed))


def _read_promise(desk: Desk, line: Line, place: Place) -> Draft | None:
    if line.weight == "box" or not mentions(line.text, ("roll",)) or not _PROMISE.search(line.text):
        return None
    seconds = find_promise(line.text)
    if seconds is None:
        return None
    if desk.rolls_back:
        desk.section.promise_s = seconds
    else:
        desk.promise_s = seconds
    return desk.put("info", line, place, promise_s=seconds)


def _read_stop(desk: Desk, line: Line, place: Place) -> Draft | None:
    """A sentence that holds the release until a person says that it may go on."""
    if desk.informs or desk.rolls_back or line.works or line.text.endswith(":"):
        return None
    stop = find_stop(line.text)
    if stop is None:
        return None
    if line.weight == "box" and not stop.bad:
        return desk.put("human", line, place)
    rule = Human(source=line.text, question=stop.question)
    return desk.put("gate", line, place, rule=rule, criteria=(line.text,))


def _read_trigger(desk: Desk, line: Line, place: Place) -> Draft | None:
    """A trigger without a number: a person says whether it has happened."""
    if (
        place.polarity == "good"
        or line.weight != "bullet"
        or place.parent is not None
        or desk.informs
        or desk.rolls_back
    ):
        return None
    question = f"Has this happened: {line.text}? If it has, the answer is NO-GO."
    return desk.put("gate", line, place, rule=Human(source=line.text, question=question), criteria=(line.text,))


_READERS = (
    _read_choice,
    _read_signature,
    _read_decision,
    _read_promise,
    read_commands,
    read_output,
    read_wait,
    read_threshold,
    _read_stop,
    read_judgement,
    _read_trigger,
)


def split_criteria(listed: str) -> tuple[str, ...]:
    """The single criteria of a list in one sentence; a list of bare nouns stays one criterion."""
    parts = tuple(part.strip() for part in re.split(r"[;,]\s+(?:and\s+)?", listed) if part.strip())
    if parts and all(" " in part for part in parts):
        return parts
    return (listed,) if listed else ()


def _weigh(desk: Desk, line: Line, place: Place) -> Kind:
    """What a line is that nothing else recognised: somebody's to do, or there to be read."""
    if desk.rolls_back:
        return "rollback" if line.weight in ("box", "number") or asks_for_action(line.text) else "info"
    if desk.section.gets_ready and line.weight in ("number", "bullet") and place.under == "box":
        return "rollback"
    if line.weight == "box" or (line.weight == "tick" and not desk.informs and not line.text.endswith(":")):
        return "human"
    if desk.informs:
        return "info"
    if line.weight == "line":
        return "human" if _CHOICES.search(line.raw) or _gives_order(desk, line, place) else "info"
    if line.weight == "number":
        return "info" if line.works else "human"
    if place.asks and not line.works:
        return "human"
    explains = place.parent is not None and place.parent.kind != "info" and place.under == "box"
    return "human" if not explains and not line.works and _asks(desk, line.text) else "info"


def _gives_order(desk: Desk, line: Line, place: Place) -> bool:
    """Whether a plain sentence gives somebody something to do or to see; a lead ("Run this:") only introduces."""
    if line.text.endswith(":") or (has_blank(line.text) and not desk.section.is_foreign):
        return False
    if desk.section.is_foreign:
        # In a language that is not understood, whatever names a number, a literal or a name may matter.
        return any(char.isdigit() for char in line.text) or "`" in line.raw or has_blank(line.text)
    if line.label is not None and not line.label.rest and asks_for_action(line.text):
        return True
    if desk.section.is_title or not desk.section.depth or (place.parent is not None and place.parent.kind != "info"):
        return False
    return gives_order(line.text) or (find_expectation(line.text) is not None and _EXPECTS.match(line.text) is not None)


def _asks(desk: Desk, text: str) -> bool:
    states = desk.section.role in ("verify", "monitor") and _STATES.search(text) is not None
    return states or asks_for_action(text)
