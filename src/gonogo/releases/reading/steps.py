"""One line of words to items: boxes, numbered steps, bullets and sentences, in that order of weight."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from gonogo.releases.plan import Kind
from gonogo.releases.reading.alternatives import find_barrier, shorten
from gonogo.releases.reading.commands import starts_command
from gonogo.releases.reading.desk import Desk, Place, nest
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.gates import compile_threshold, is_threshold
from gonogo.releases.reading.inline import Code, Label, clean_text, drop_comments, find_codes, split_label
from gonogo.releases.reading.judging import compile_words, find_expectation, find_judged, introduces_output
from gonogo.releases.reading.marks import add_check
from gonogo.releases.reading.people import find_owner, find_signature, has_blank
from gonogo.releases.reading.running import add_command
from gonogo.releases.reading.verbs import asks_for_action
from gonogo.releases.reading.vocabulary import find_polarity, find_promise, is_decision
from gonogo.releases.reading.waits import find_wait
from gonogo.releases.rules import Human

Weight = Literal["box", "number", "bullet", "tick", "line"]
_ORDERS = re.compile(
    r"(?:^|\b)(?:run|execute|via|using|with|launch|start|call|invoke|command|by|do)\s*:?\s*$", re.IGNORECASE
)
_FORBIDS = re.compile(
    r"\b(?:don['’]?t|do not|never|not|avoid|instead of|rather than|without|unlike|replaces?|no longer)\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_PROMISE = re.compile(r"\b(?:time to roll ?back|roll ?back time|rollback (?:target|sla|duration))\b", re.IGNORECASE)
_CRITERIA = re.compile(r"^\W*(?:.*?\bgo\s*(?:/|-|–|or)?\s*no[- ]?go\b[^:]*:?)\s*", re.IGNORECASE)
_CHOICES = re.compile(r"\[[ xX]?\](?!\()\s*\w")
_STATES = re.compile(r"(?:^|:\s+)(?:no|all|every|none|zero|stable|normal|healthy)\b", re.IGNORECASE)
# Only lines that name a number, a literal or an output can judge one; compiling the others would be wasted.
_JUDGED = re.compile(r"[\d\"'`=]|\b(?:shows?|returns?|prints?|outputs?|respon|displays?|reports?|contains?)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


class Words(NamedTuple):
    """One line of words with its source lines; ``raw`` still has its Markdown marks."""

    raw: str
    line: int
    end_line: int
    weight: Weight
    ticked: bool = False
    works: bool = False
    span_end: int = 0


def read_words(desk: Desk, words: Words, place: Place) -> Draft:
    """Add the items one line stands for and return the first of them."""
    raw = drop_comments(words.raw).strip()
    text, label = clean_text(raw), split_label(raw)
    if words.ticked and not desk.informs:
        desk.find(
            "pre-ticked",
            "warning",
            words.line,
            f'"{shorten(text)}" is ticked already: a tick in the file is no evidence, so it is open',
        )
    barrier = find_barrier(text)
    mood = nest(place, barrier=barrier) if barrier else place
    for reader in (
        _read_signature,
        _read_decision,
        _read_promise,
        _read_commands,
        _read_output,
        _read_wait,
        _read_threshold,
        _read_judgement,
    ):
        draft = reader(desk, words, mood, text, label)
        if draft is not None:
            draft.end_line = max(draft.end_line, words.span_end)
            draft.role = draft.role or find_owner(text)
            return draft
    return _read_plain(desk, words, place, text)


def _read_signature(desk: Desk, words: Words, place: Place, text: str, label: Label | None) -> Draft | None:
    if desk.informs:
        return None
    box = words.weight in ("box", "tick")
    if not (has_blank(text) or box or words.weight == "number"):
        return None
    found = find_signature(text, label, signing=desk.section.role == "signoff", ticked=box or words.weight == "number")
    if found is None:
        return (
            desk.add("info", words.line, words.end_line, text, parent=place.parent)
            if has_blank(text) and not box
            else None
        )
    if place.parent is not None and place.parent.kind == "sign":
        return desk.add("info", words.line, words.end_line, text, parent=place.parent)
    return desk.add("sign", words.line, words.end_line, text, role=found.role, parent=place.parent)


def _read_decision(desk: Desk, words: Words, place: Place, text: str, label: Label | None) -> Draft | None:
    if not is_decision(text) or desk.informs:
        return None
    listed = _CRITERIA.sub("", text, count=1).strip(" .:")
    criteria = split_criteria(listed)
    rule = Human(source=text, question=listed or text)
    return desk.add("gate", words.line, words.end_line, text, rule=rule, criteria=criteria, parent=place.parent)


def split_criteria(listed: str) -> tuple[str, ...]:
    """The single criteria of a list in one sentence; a list of bare nouns stays one criterion."""
    parts = tuple(part.strip() for part in re.split(r"[;,]\s+(?:and\s+)?", listed) if part.strip())
    return parts if all(" " in part for part in parts) else (listed,) if listed else ()


def _read_promise(desk: Desk, words: Words, place: Place, text: str, label: Label | None) -> Draft | None:
    if words.weight == "box" or not _PROMISE.search(text):
        return None
    seconds = find_promise(text)
    if seconds is None:
        return None
    if desk.rolls_back:
        desk.section.promise_s = seconds
    else:
        desk.promise_s = seconds
    return desk.add("info", words.line, words.end_line, text, promise_s=seconds, parent=place.parent)


def _read_commands(desk: Desk, words: Words, place: Place, text: str, label: Label | None) -> Draft | None:
    codes = find_commands(words.raw, strict=words.weight not in ("box", "number"))
    if not codes:
        return None
    start = len(desk.drafts)
    end_line = words.end_line
    drafts = [
        add_command(desk, place, code.text, words.line, end_line, _name_command(words.raw, code)) for code in codes
    ]
    after = clean_text(words.raw[codes[-1].end :]).strip(" :—–-.,()")
    if after and (expected := _expected_after(after)):
        check = desk.add("check", words.line, end_line, expected, parent=place.parent)
        add_check(desk, check, expected, drafts[-1])
    if (
        all(draft.runs == "auto" for draft in drafts)
        or desk.rolls_back
        or desk.informs
        or words.weight in ("line", "bullet")
    ):
        return desk.drafts[start]
    person = Draft("human", words.line, end_line, text, parent=place.parent)
    desk.drafts.insert(start, person)
    for draft in desk.drafts[start + 1 :]:
        draft.parent = person
    return person


def _expected_after(after: str) -> str | None:
    found = find_expectation(after)
    return found or (after if not isinstance(compile_words(after), Human) and _DIGIT.search(after) else None)


def _read_output(desk: Desk, words: Words, place: Place, text: str, label: Label | None) -> Draft | None:
    if words.weight == "box" or not place.runs:
        return None
    if introduces_output(text) and text.rstrip().endswith(":"):
        desk.expecting = desk.add(
            "check",
            words.line,
            words.end_line,
            text,
            judges=place.runs[-1],
            rule=Human(source=text, question=text),
            parent=place.parent,
        )
        return desk.expecting
    expected = find_expectation(text)
    if expected is None or (words.weight == "number" and not text.lower().startswith("expect")):
        return None
    draft = desk.add("check", words.line, words.end_line, expected, parent=place.parent)
    add_check(desk, draft, expected, place.runs[-1])
    return draft


def _read_wait(desk: Desk, words: Words, place: Place, text: str, label: Label | None) -> Draft | None:
    found = find_wait(text)
    if found is None or desk.informs:
        return None
    if found.seconds is None and words.weight == "line":
        return None
    kind: Kind = "rollback" if desk.rolls_back else "wait"
    return desk.add(kind, words.line, words.end_line, text, duration_s=found.seconds, parent=place.parent)


def _read_threshold(desk: Desk, words: Words, place: Place, text: str, label: Label | None) -> Draft | None:
    if not _DIGIT.search(text) or not is_threshold(text) or (desk.informs and words.weight != "box"):
        return None
    rule, expression = compile_threshold(text, find_polarity(text, place.polarity), desk.bindings)
    if place.runs and expression is None and (found := find_judged(text, rule, place.runs)):
        return desk.add(
            "check", words.line, words.end_line, text, rule=rule, judges=found[0], scope=found[1], parent=place.parent
        )
    kind: Kind = "rollback" if desk.rolls_back else "gate"
    return desk.add(kind, words.line, words.end_line, text, rule=rule, expression=expression, parent=place.parent)


def _read_judgement(desk: Desk, words: Words, place: Place, text: str, label: Label | None) -> Draft | None:
    if not place.runs or words.weight not in ("box", "tick", "bullet") or desk.informs or not _JUDGED.search(text):
        return None
    rule = compile_words(text, place.polarity)
    found = find_judged(text, rule, place.runs)
    if found is None:
        return None
    return desk.add(
        "check", words.line, words.end_line, text, rule=rule, judges=found[0], scope=found[1], parent=place.parent
    )


def _read_plain(desk: Desk, words: Words, place: Place, text: str) -> Draft:
    end_line = max(words.end_line, words.span_end)
    return desk.add(
        _weigh(desk, words, place, text), words.line, end_line, text, role=find_owner(text), parent=place.parent
    )


def _weigh(desk: Desk, words: Words, place: Place, text: str) -> Kind:
    if desk.rolls_back:
        asks = words.weight in ("box", "number") or (words.weight == "bullet" and asks_for_action(text))
        return "rollback" if asks else "info"
    if words.weight == "box":
        return "human"
    if desk.informs:
        return "info"
    if words.weight == "line":
        return "human" if _CHOICES.search(words.raw) else "info"
    if words.weight == "number":
        return "info" if words.works else "human"
    if words.weight == "tick":
        return "human"
    if place.parent is not None and place.parent.kind in ("human", "sign", "gate", "wait") and place.under == "box":
        return "info"
    states = desk.section.role in ("verify", "monitor") and _STATES.search(text) is not None
    return "human" if (states or asks_for_action(text)) and not words.works else "info"


def find_commands(raw: str, *, strict: bool) -> list[Code]:
    """The code spans of a line that are commands. ``strict`` wants an order ("run `x`", "…: `x`") before each."""
    found = []
    for code in find_codes(raw):
        if not starts_command(code.text) or "\n" in code.text:
            continue
        before = raw[: code.start]
        ordered = not before.strip(" *-") or before.rstrip(" *").endswith(":") or _ORDERS.search(before) is not None
        wanted = ordered or (bool(found) and len(code.text.split()) > 1)
        if _FORBIDS.search(before) or not (wanted or (not strict and len(code.text.split()) > 1)):
            continue
        found.append(code)
    return found


def _name_command(raw: str, code: Code) -> str:
    before = clean_text(raw[: code.start]).rstrip(" :—–-(")
    after = clean_text(raw[code.end :]).strip(" :—–-")
    name = before if len(before.split()) > 1 else " ".join(filter(None, (before, code.text, after)))
    return name if before else code.text
