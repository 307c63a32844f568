"""The ``<!-- gonogo: … -->`` dialect: one verb, its words and options."""

from __future__ import annotations

import re
import shlex

import msgspec

from gonogo.kernel.signals import ExpressionError, parse_expression
from gonogo.releases.known_actions import VERBS, find_action, list_second_words
from gonogo.releases.reading.durations import parse_duration
from gonogo.releases.substitution import VariableNotSet, fill_text

_COMMENT = re.compile(r"<!--\s*gonogo\b\s*:?(?P<body>.*?)(?:-->|$)", re.DOTALL)
_OPTION = re.compile(r"^([a-z][a-z0-9_-]*)=(.*)$", re.DOTALL)
_SOAK = re.compile(
    r"^(?P<length>\S+)(?:\s+every\s+(?P<every>\S+))?(?:\s+(?:on|while|until)\s+(?P<watch>.+))?$", re.DOTALL
)
_KNOWN: dict[str, frozenset[str] | None] = {
    "gate": frozenset(),
    "soak": frozenset(),
    "wait": frozenset(),
    "expect": frozenset(),
    "run": frozenset({"timeout", "retries", "host", "idempotent", "on"}),
    "human": frozenset({"role"}),
    "sign": frozenset({"role"}),
    "rollback": frozenset({"level", "promise", "for"}),
    "skip": frozenset({"why"}),
    **dict.fromkeys(VERBS),
}
MAKES_ITEM = frozenset({"gate", "soak", "wait"})
CHANGES_ITEM = frozenset({"run", "human", "sign", "rollback", "skip"})
_ACTION_NAME = re.compile(r"^[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)+$")


class AnnotationError(ValueError):
    """The annotation says something the dialect does not know; the message says what and what to write instead."""


class Annotation(msgspec.Struct, frozen=True):
    """``verb`` with its free words and ``key=value`` options, at ``line``; ``action`` is the move it asks for."""

    verb: str
    words: str
    options: dict[str, str]
    line: int
    action: str | None = None


class Soak(msgspec.Struct, frozen=True):
    """A timed watch: length and interval in seconds, and the expression that must stay true.

    ``length`` is the length as written: it may hold a variable, whose default is in ``duration_s``.
    """

    duration_s: float
    every_s: float | None
    expression: str | None
    length: str


def find_annotations(raw: str, line: int) -> list[tuple[int, str]]:
    """Line and body of every annotation written in ``raw``, which starts at ``line``."""
    if "gonogo" not in raw:
        return []
    return [(line + raw.count("\n", 0, m.start()), " ".join(m["body"].split())) for m in _COMMENT.finditer(raw)]


def parse_annotation(body: str, line: int) -> Annotation:
    """Read one annotation. Raises AnnotationError when it is malformed."""
    verb, _, rest = body.partition(" ")
    if not verb:
        raise AnnotationError("the annotation is empty: write a verb, for example gate, run, human or soak")
    allowed = _KNOWN.get(verb, frozenset({"?"}))
    if verb not in _KNOWN:
        if not _ACTION_NAME.match(verb):
            raise AnnotationError(
                f'"{verb}" is no annotation: use one of {", ".join(sorted(_KNOWN))}, or an action like flags.ramp'
            )
        allowed = None
    if allowed is not None and not allowed:
        return _check_words(Annotation(verb, rest.strip(), {}, line))
    words, options = _split_options(verb, rest)
    for key in options:
        if allowed is not None and key not in allowed:
            raise AnnotationError(f'{verb} has no option "{key}": it knows {", ".join(sorted(allowed))}')
    return _check_options(_bind_action(verb, words, options, line))


def _bind_action(verb: str, words: list[str], options: dict[str, str], line: int) -> Annotation:
    if verb in CHANGES_ITEM:
        return Annotation(verb, " ".join(words), options, line)
    if _ACTION_NAME.match(verb):
        return Annotation(verb, " ".join(words), options, line, verb)
    found = find_action(verb, words)
    if found is None:
        raise AnnotationError(
            f"{verb} is not whole: write {' or '.join(f'{verb} {w}' for w in list_second_words(verb))}"
        )
    return Annotation(verb, " ".join(found[1]), options, line, found[0])


def parse_soak(words: str) -> Soak:
    """Read "30m every 1m" or "30m every 1m while http.error_rate < 1%". Raises AnnotationError."""
    match = _SOAK.match(words)
    if match is None:
        raise AnnotationError("soak needs a length, for example: soak 30m every 1m")
    watch = match["watch"].strip() if match["watch"] else None
    if watch:
        _check_expression(watch)
    every = _seconds(match["every"], "every") if match["every"] else None
    return Soak(read_length(match["length"], "soak"), every, watch, match["length"])


def read_length(text: str, verb: str) -> float:
    """Seconds of a length, which may be a variable with a default: "30m", "${SOAK:-30m}". Raises AnnotationError."""
    try:
        return _seconds(fill_text(text, {}), verb)
    except VariableNotSet as error:
        raise AnnotationError(f"{verb}: a variable needs a default here, such as ${{SOAK:-30m}}") from error


def _split_options(verb: str, rest: str) -> tuple[list[str], dict[str, str]]:
    try:
        parts = shlex.split(rest)
    except ValueError as error:
        raise AnnotationError(f"{verb}: {error}; close the quotes") from error
    words, options = [], {}
    for part in parts:
        option = _OPTION.match(part)
        if option:
            options[option[1]] = option[2]
        else:
            words.append(part)
    return words, options


def _check_words(annotation: Annotation) -> Annotation:
    verb, words = annotation.verb, annotation.words
    if not words:
        raise AnnotationError(f"{verb} says nothing: {_EXAMPLES[verb]}")
    if verb == "gate":
        _check_expression(words)
    elif verb == "soak":
        parse_soak(words)
    elif verb == "wait":
        read_length(words, "wait")
    return annotation


def _check_options(annotation: Annotation) -> Annotation:
    verb, options = annotation.verb, annotation.options
    for key in ("timeout", "promise"):
        if key in options and verb in CHANGES_ITEM:
            _seconds(options[key], key)
    for key in ("retries", "level"):
        if key in options and (verb in CHANGES_ITEM or key == "retries") and not options[key].isdecimal():
            raise AnnotationError(f'{verb}: {key} is a whole number, not "{options[key]}"')
    stray = [word for word in annotation.words.split() if not (verb == "run" and word == "idempotent")]
    if verb in CHANGES_ITEM and stray:
        raise AnnotationError(f'{verb}: "{stray[0]}" is not understood; options are written key=value')
    if verb == "skip" and not options.get("why"):
        raise AnnotationError('skip needs a reason: skip why="done last week"')
    return annotation


def _check_expression(words: str) -> None:
    try:
        parse_expression(words)
    except ExpressionError as error:
        raise AnnotationError(f"the expression can't be read: {error}") from error


def _seconds(text: str, key: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise AnnotationError(f"{key}: {error}") from error


_EXAMPLES = {
    "gate": "gate http.error_rate < 5% over 10m",
    "soak": "soak 30m every 1m",
    "wait": "wait 10m",
    "expect": "expect 200 OK",
}
