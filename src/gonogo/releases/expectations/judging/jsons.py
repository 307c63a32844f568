"""JSON subset: every key of the pattern is in the body, with its value; ``...`` matches anything."""

from __future__ import annotations

import json
import re
from typing import Any

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.http import find_http_statuses, read_status_lines
from gonogo.releases.expectations.judging.answer import Answer, answer, clean, shorten
from gonogo.releases.rules import Json

_ANYTHING = "..."
_SPACE = re.compile(r"\s*")
_HEADERS = re.compile(r"HTTP/[\d.]{1,3} [1-5]\d\d[^\n]*\n(?:[^\n:]{1,200}:[^\n]*\n)*\r?\n")
_START = re.compile(r"^[ \t]*(?=[{\[])", re.MULTILINE)


def judge_json(rule: Json, evidence: Evidence) -> Answer:
    """Every JSON document of stdout matches the pattern; a watched curl's error status fails it too."""
    documents = _read_documents(clean(evidence.stdout))
    if not documents:
        seen = shorten(evidence.stdout)
        return answer(
            False, f"expected JSON with {_write(rule.pattern)}, got {seen!r}" if seen else _nothing(rule), seen
        )
    for document in documents:
        wrong = find_difference(rule.pattern, document, "")
        if wrong is not None:
            return answer(False, wrong, _write(document))
    bad = [code for code in _list_statuses(evidence) if code >= 400]
    if bad:
        return answer(
            False, f"the body matches {_write(rule.pattern)}, but its HTTP status is {bad[0]}", f"HTTP {bad[0]}"
        )
    return answer(True, f"the JSON matches {_write(rule.pattern)}", _write(documents[-1]))


def find_difference(pattern: Any, value: Any, path: str) -> str | None:
    """Say where a value first differs from the pattern, in words; None when it matches."""
    where = path or "the body"
    if isinstance(pattern, dict):
        return _find_in_object(pattern, value, path) if isinstance(value, dict) else f"{where} is not an object"
    if isinstance(pattern, list):
        return _find_in_list(pattern, value, path) if isinstance(value, list) else f"{where} is not a list"
    if _is_same(pattern, value):
        return None
    return f"{where} is {_write(value)}, expected {_write(pattern)}"


def _find_in_object(pattern: dict[str, Any], value: dict[str, Any], path: str) -> str | None:
    for key, wanted in pattern.items():
        here = f"{path}.{key}" if path else str(key)
        if key not in value:
            return f"{here} is missing, expected {_write(wanted)}"
        wrong = find_difference(wanted, value[key], here)
        if wrong is not None:
            return wrong
    return None


def _find_in_list(pattern: list[Any], value: list[Any], path: str) -> str | None:
    open_ended = _ANYTHING in pattern
    wanted = pattern[: pattern.index(_ANYTHING)] if open_ended else pattern
    if len(value) < len(wanted) or (not open_ended and len(value) != len(wanted)):
        return f"{path or 'the body'} has {len(value)} elements, expected {'at least ' * open_ended}{len(wanted)}"
    differences = (find_difference(*pair, f"{path}[{at}]") for at, pair in enumerate(zip(wanted, value, strict=False)))
    return next((wrong for wrong in differences if wrong is not None), None)


def _is_same(pattern: Any, value: Any) -> bool:
    if isinstance(pattern, str) and _ANYTHING in pattern:
        return pattern == _ANYTHING or (isinstance(value, str) and _is_like(pattern.split(_ANYTHING), value))
    if isinstance(pattern, bool) or isinstance(value, bool):
        return pattern is value
    return bool(pattern == value)


def _is_like(pieces: list[str], value: str) -> bool:
    """Check pieces in order: the first at the start, the last at the end."""
    first, last = pieces[0], pieces[-1]
    if not value.startswith(first) or not value.endswith(last) or len(value) < len(first) + len(last):
        return False
    at = len(first)
    for piece in pieces[1:-1]:
        found = value.find(piece, at, len(value) - len(last))
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _read_documents(text: str) -> list[Any]:
    text = _HEADERS.sub("", text)
    start = _START.search(text)
    return _decode_all(text, start.end()) if start is not None else []


def _decode_all(text: str, at: int) -> list[Any]:
    found: list[Any] = []
    decoder = json.JSONDecoder()
    while at < len(text):
        try:
            document, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(document)
        space = _SPACE.match(text, at)
        at = space.end() if space is not None else at
    return found


def _list_statuses(evidence: Evidence) -> list[int]:
    known = [evidence.http_status] if evidence.http_status is not None else find_http_statuses(evidence.stderr)
    return known or read_status_lines(evidence.stdout[:8192])[-1:]


def _write(value: Any) -> str:
    return shorten(json.dumps(value, ensure_ascii=False, default=str))


def _nothing(rule: Json) -> str:
    return f"expected JSON with {_write(rule.pattern)}, and there was no output"
