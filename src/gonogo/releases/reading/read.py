"""A checklist's bytes to a plan."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from itertools import count

from gonogo.releases.hints import mentions
from gonogo.releases.plan import Finding, Phase, Plan, Source
from gonogo.releases.reading.bindings import Bindings
from gonogo.releases.reading.blocks import read_blocks
from gonogo.releases.reading.collecting import hold_collector
from gonogo.releases.reading.contradiction import ask_contradicted
from gonogo.releases.reading.decode import Text, decode_text, repair_text
from gonogo.releases.reading.desk import Desk, Place
from gonogo.releases.reading.document import Document, parse_document
from gonogo.releases.reading.drafts import Draft, freeze_draft, key_drafts, number_drafts
from gonogo.releases.reading.inline import strip_pictures
from gonogo.releases.reading.lint import lint_plan
from gonogo.releases.reading.marks import change_items, changes_neighbour, make_item, read_annotations
from gonogo.releases.reading.outline import Section, find_title, outline_blocks
from gonogo.releases.reading.rollback import Binder, mark_rollback
from gonogo.releases.reading.surroundings import Surroundings
from gonogo.releases.reading.vocabulary import is_decision
from gonogo.releases.reading.waits import find_title_wait
from gonogo.releases.rules import Human

_OPTIONAL = re.compile(r"\b(?:optional|nice[- ]to[- ]have|recommended|not required)\b", re.IGNORECASE)
_SAID_OPTIONAL = re.compile(r"^\W*optional\b|[(\[](?:optional|nice[- ]to[- ]have)\b", re.IGNORECASE)


def read_checklist(
    data: bytes, path: str, bindings: Bindings | None = None, surroundings: Surroundings | None = None
) -> Plan:
    """Read a Markdown checklist as it is. Never raises: what is wrong with the file becomes a finding.

    ``path`` is only a name; ``bindings`` say what the team's own phrases and roles mean; ``surroundings`` which
    programs and files are there, and which variables the run starts with.
    """
    with hold_collector():
        return _read(data, path, bindings or Bindings(), surroundings or Surroundings())


def _read(data: bytes, path: str, bindings: Bindings, surroundings: Surroundings) -> Plan:
    text = decode_text(data)
    document = parse_document(text)
    sections = outline_blocks(document.blocks, len(text.lines))
    desk = Desk(text.lines, bindings, sections[0] if sections else Section("", 1, 0))
    desk.surroundings = surroundings
    desk.presence.surroundings = desk.surroundings
    _note_damage(desk, text)
    _note_unclosed(desk, document)
    piles = [_read_section(desk, section) for section in sections]
    _drop_repeated_soaks(sections, piles)
    binder = Binder(sections, piles)
    seen: Counter[str] = Counter()
    bound = [binder.bind(section) if section.role == "rollback" else None for section in sections]
    for number, (section, pile) in enumerate(zip(sections, piles, strict=True)):
        step = "run" if section.is_title or section.gets_ready or not section.title else f"p{number + 1}"
        mark_rollback(section, pile, bound[number] or step, desk.promise_s)
        number_drafts(pile, f"p{number + 1}")
        key_drafts(pile, (*section.path, section.title), seen)
    _note_language(desk, sections)
    everything = [draft for pile in piles for draft in pile]
    findings = desk.findings + lint_plan(everything, desk.bindings)
    return Plan(
        source=Source(path=path, sha256=hashlib.sha256(data).hexdigest(), title=find_title(sections, path)),
        phases=tuple(map(_freeze_phase, count(1), sections, piles, bound)),
        findings=tuple(sorted(findings, key=_place_finding)),
    )


def blocks(plan: Plan) -> bool:
    """Whether the plan holds a finding that keeps it from being run."""
    return any(finding.severity == "error" for finding in plan.findings)


def _read_section(desk: Desk, section: Section) -> list[Draft]:
    desk.enter(section)
    if section.role == "rollback":
        known, unset = set(desk.known), dict(desk.unset)
    read_blocks(desk, section.blocks, Place(polarity=section.polarity))
    _add_soak(desk, section)
    if is_decision(section.title) and section.role not in ("info", "rollback"):
        _add_decision(desk, section)
    _mark_optional(desk, section)
    _apply_heading_notes(desk, section)
    ask_contradicted(desk.drafts)
    for note in desk.notes:
        desk.find(
            "annotation",
            "error",
            note.line,
            f"{note.verb} stands beside nothing: put it above or behind what it changes",
        )
    if section.role == "rollback":
        desk.known, desk.unset = known, unset
    return desk.drafts


def _mark_optional(desk: Desk, section: Section) -> None:
    """Criteria that need not hold differ from those that must."""
    under = any(_OPTIONAL.search(title) for title in (section.title, *section.path[1:]))
    for draft in desk.drafts:
        if draft.kind in ("human", "gate", "check") and (under or _says_optional(draft.text[:200])):
            draft.options = {**draft.options, "optional": "yes"}


def _says_optional(text: str) -> bool:
    return mentions(text, ("optional", "nice")) and _SAID_OPTIONAL.search(text) is not None


def _drop_repeated_soaks(sections: list[Section], piles: list[list[Draft]]) -> None:
    """A soak that a heading promises and a section below it asks for is one: it stays where it is asked for."""
    soaks = {
        id(section): draft
        for section, pile in zip(sections, piles, strict=True)
        for draft in pile
        if draft.kind == "wait" and draft.line == section.line and draft.text == section.title
    }
    if not soaks:
        return
    homes = {id(section): pile for section, pile in zip(sections, piles, strict=True)}
    for section, pile in zip(sections, piles, strict=True):
        lengths = {draft.duration_s for draft in pile if draft.kind == "wait"}
        above = section.above
        while above is not None and lengths:
            soak = soaks.get(id(above))
            if soak is not None and soak.duration_s in lengths:
                homes[id(above)].remove(soaks.pop(id(above)))
            above = above.above


def _add_soak(desk: Desk, section: Section) -> None:
    """The soak that a heading promises: behind what stands below it, before the decision, and once."""
    if section.role not in ("monitor", "verify", "deploy", "prepare"):
        return
    wait = find_title_wait(section.title)
    if wait is None or any(draft.kind == "wait" and draft.duration_s == wait.seconds for draft in desk.drafts):
        return
    above = section.above
    while above is not None:
        if find_title_wait(above.title) == wait and not above.is_title:
            return
        above = above.above
    at = len(desk.drafts)
    while at and (desk.drafts[at - 1].kind == "sign" or _decides(desk.drafts[at - 1])):
        at -= 1
    soak = Draft("wait", section.line, section.line, section.title, duration_s=wait.seconds)
    desk.drafts.insert(at, soak)


def _decides(draft: Draft) -> bool:
    return draft.kind == "gate" and ("choices" in draft.options or is_decision(draft.text))


def _add_decision(desk: Desk, section: Section) -> None:
    criteria = tuple(
        draft.text for draft in desk.drafts if draft.kind in ("human", "gate", "check", "info") and draft.parent is None
    )
    question = section.title if not criteria else f"{section.title}: {'; '.join(criteria)}"
    desk.add(
        "gate",
        section.line,
        section.line,
        section.title,
        rule=Human(source=section.title, question=question),
        criteria=criteria,
    )


def _apply_heading_notes(desk: Desk, section: Section) -> None:
    if "gonogo" not in section.raw:
        return
    for note in read_annotations(desk, section.raw, section.line):
        if changes_neighbour(note) and desk.drafts:
            change_items(desk, note, list(desk.drafts))
        else:
            make_item(desk, note, Place(), section.line)


def _note_language(desk: Desk, sections: list[Section]) -> None:
    """Say why nothing of a section in another language runs by itself."""
    foreign = [section for section in sections if section.is_foreign and (section.blocks or section.title)]
    if foreign:
        titles = ", ".join(f'"{section.title}"' for section in foreign[:3] if section.title)
        more = f" and {len(foreign) - 3} more sections" if len(foreign) > 3 else ""
        message = f"not written in English, so nothing runs by itself under {titles or 'it'}{more}: a person decides"
        desk.find("language", "warning", foreign[0].line, message)


def _note_unclosed(desk: Desk, document: Document) -> None:
    for line in document.unclosed:
        message = "this fence is never closed: it was ended before the next heading, box or fence"
        desk.find("unclosed-fence", "warning", line, message)
    for line in document.comments:
        if "gonogo" in desk.lines[line - 1]:
            desk.find("annotation", "error", line, "this annotation is never closed: end it with -->")
        else:
            desk.find("unclosed-comment", "warning", line, "this comment is never closed: it was ended with its line")


def _note_damage(desk: Desk, text: Text) -> None:
    if text.replaced:
        desk.find(
            "bad-encoding", "warning", 1, "the file is not valid UTF-8: it was read as Windows-1252; save it as UTF-8"
        )
    damaged = [at for at, line in enumerate(text.lines, 1) if not line.isascii() and repair_text(line) != line]
    if damaged:
        shown = strip_pictures(repair_text(text.lines[damaged[0] - 1]))[:60]
        others = f" and {len(damaged) - 1} more lines" if len(damaged) > 1 else ""
        message = f'characters were damaged by a wrong encoding here{others}; read as "{shown}"'
        desk.find("bad-encoding", "warning", damaged[0], message)


def _freeze_phase(number: int, section: Section, pile: list[Draft], bound: str | None) -> Phase:
    return Phase(
        id=f"p{number}",
        title=section.title or "Overview",
        line=section.line,
        items=tuple(freeze_draft(draft) for draft in pile),
        end_line=max(section.line, section.end_line),
        role=section.role,
        path=section.path,
        binds=bound,
    )


def _place_finding(finding: Finding) -> tuple[int, str, str]:
    return finding.line, finding.rule, finding.message
