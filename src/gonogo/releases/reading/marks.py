"""What annotations do: make items of their own, or change the items they stand beside."""

from __future__ import annotations

from gonogo.releases.known_actions import list_second_words, only_looks
from gonogo.releases.reading.annotations import (
    CHANGES_ITEM,
    Annotation,
    AnnotationError,
    find_annotations,
    parse_annotation,
    parse_soak,
    read_length,
)
from gonogo.releases.reading.desk import Desk, Place
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.durations import parse_duration
from gonogo.releases.reading.judging import compile_marked, trim_lead
from gonogo.releases.rules import Human
from gonogo.releases.substitution import has_variable


def read_annotations(desk: Desk, raw: str, line: int) -> list[Annotation]:
    """The well-formed annotations of ``raw``; the others become lint errors."""
    found = []
    for at, body in find_annotations(raw, line):
        try:
            found.append(parse_annotation(body, at))
        except AnnotationError as error:
            desk.find("annotation", "error", at, str(error))
    return found


def make_item(desk: Desk, note: Annotation, place: Place, end_line: int) -> None:
    """The item an annotation on a line of its own stands for."""
    draft = desk.add("info", note.line, end_line, _name_note(note), parent=place.parent)
    if note.verb == "expect":
        if not place.runs:
            desk.find("annotation", "error", note.line, "expect has no command above it to judge: move it below one")
        add_check(desk, draft, note.words, place.runs[-1] if place.runs else None)
        return
    change_item(desk, note, draft)


def _name_note(note: Annotation) -> str:
    if note.verb in ("gate", "expect"):
        return note.words
    second = (note.action or "").partition(".")[2] if list_second_words(note.verb) else ""
    options = (f"{key}={value}" for key, value in note.options.items())
    return " ".join(word for word in (note.verb, second, note.words, *options) if word)


def change_items(desk: Desk, note: Annotation, drafts: list[Draft]) -> None:
    """Let a note change the items it stands beside."""
    commands = [draft for draft in drafts if draft.command is not None]
    if note.verb == "run":
        if not commands:
            desk.find(
                "annotation", "error", note.line, "run stands beside no command: put it above a fence or behind one"
            )
        for draft in commands:
            change_item(desk, note, draft)
    elif note.verb in ("rollback", "skip"):
        for draft in drafts:
            change_item(desk, note, draft)
    elif note.verb == "expect":
        check = desk.add("check", note.line, note.line, note.words, parent=drafts[0].parent)
        add_check(desk, check, note.words, commands[-1] if commands else None)
    else:
        for draft in commands if note.verb in ("human", "sign") and commands else drafts[:1]:
            change_item(desk, note, draft)


def add_check(desk: Desk, draft: Draft, words: str, judged: Draft | None, raw: str = "") -> None:
    """Turn a draft into a check on ``judged`` by what ``words`` compile to; ``raw`` still has their backticks."""
    draft.kind, draft.text, draft.judges = "check", trim_lead(words), judged
    draft.rule = compile_marked(raw or words, words, command=(judged.command or "") if judged is not None else "")
    if isinstance(draft.rule, Human):
        # A person compares with everything the fence said: the words may be about more than its last command.
        draft.scope = "fence"
        note_uncompiled(desk, draft)


def note_uncompiled(desk: Desk, draft: Draft) -> None:
    """Leave an expectation that could not be compiled to a person, with a lint line."""
    draft.doubt = "expectation"
    desk.find(
        "uncompiled-expectation",
        "info",
        draft.line,
        f'"{draft.text}" can\'t be judged by machine: a person will be asked',
    )


def change_item(desk: Desk, note: Annotation, draft: Draft) -> None:
    """Apply one annotation to one draft."""
    options = note.options
    if note.verb == "run":
        _set_run(note, draft)
    elif note.verb in ("human", "sign"):
        _give_person(note, draft)
    elif note.verb == "rollback":
        _set_rollback(note, draft)
    elif note.verb == "skip":
        draft.why = f"skipped: {options['why']}"
        draft.runs = "never" if draft.command is not None else draft.runs
        draft.kind = "info"
    elif note.verb == "gate":
        draft.kind, draft.expression, draft.rule, draft.runs, draft.command = "gate", note.words, None, None, None
    elif note.verb == "soak":
        soak = parse_soak(note.words)
        draft.kind, draft.duration_s, draft.every_s, draft.expression = (
            "wait",
            soak.duration_s,
            soak.every_s,
            soak.expression,
        )
        _keep_length(draft, soak.length)
    elif note.verb == "wait":
        draft.kind, draft.duration_s = "wait", read_length(note.words, "wait")
        _keep_length(draft, note.words)
    else:
        _set_action(desk, note, draft)


def _keep_length(draft: Draft, length: str) -> None:
    if has_variable(length):
        draft.options = {"length": length}


def _set_run(note: Annotation, draft: Draft) -> None:
    options = note.options
    draft.timeout_s = parse_duration(options["timeout"]) if "timeout" in options else draft.timeout_s
    draft.retries = int(options.get("retries", draft.retries))
    draft.host = options.get("host", options.get("on", draft.host))
    draft.idempotent = (
        draft.idempotent or "idempotent" in note.words or options.get("idempotent", "no") in ("yes", "true", "1")
    )


def _give_person(note: Annotation, draft: Draft) -> None:
    draft.role = note.options.get("role", draft.role)
    if draft.command is None:
        draft.kind = "sign" if note.verb == "sign" else "human"
        draft.rule = None
    elif draft.runs == "auto":
        draft.runs, draft.why = "ask", f"{draft.role or 'a person'} decides when this runs"


def _set_rollback(note: Annotation, draft: Draft) -> None:
    options = note.options
    if draft.kind not in ("check", "info"):
        draft.kind = "rollback"
    draft.level = int(options["level"]) if "level" in options else draft.level
    draft.promise_s = parse_duration(options["promise"]) if "promise" in options else draft.promise_s
    draft.binds = options.get("for", draft.binds or "run")
    if draft.runs == "auto":
        draft.runs, draft.why = "never", "this belongs to rolling back: it runs only then"


def _set_action(desk: Desk, note: Annotation, draft: Draft) -> None:
    draft.kind, draft.action, draft.runs = "rollback" if desk.rolls_back else "run", note.action, "auto"
    draft.options = {**note.options, **({"args": note.words} if note.words else {})}
    draft.retries = int(draft.options.pop("retries", draft.retries))
    draft.idempotent = only_looks(note.action or "")
    barrier = desk.section.barrier
    if desk.rolls_back or desk.informs:
        what = "rolling back: nothing of it runs on the way" if desk.rolls_back else "reference: nothing of it runs"
        draft.runs, draft.why = "never", f'"{desk.section.title}" is for {what}'
        draft.doubt = barrier.doubt if barrier else None
    elif barrier and barrier.doubt != "heading":
        # Whoever wrote an annotation said that it runs here; only a choice between ways can still take it back.
        draft.runs, draft.doubt, draft.why = ("never" if barrier.never else "ask"), barrier.doubt, barrier.why


def changes_neighbour(note: Annotation) -> bool:
    """Whether the annotation needs an item beside it, rather than being one."""
    return note.verb in CHANGES_ITEM
