"""Whether an answer is what a check expects: every way in which it is not, as a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from gonogo.kernel.patterns import BadPattern, compile_pattern
from gonogo.observe.checks.definition import Check

SHOWN = 80


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back in ``seconds``: ``problem`` when nothing did. ``tls_days`` is what is left of its certificate."""

    seconds: float
    status: int | None = None
    body: bytes = b""
    tls_days: float | None = None
    problem: str = ""


def list_faults(check: Check, answer: Answer) -> list[str]:
    """What is not as expected; nothing when all is well."""
    if answer.problem:
        return [answer.problem, *_judge_certificate(check, answer)]
    return [
        *_judge_status(check, answer),
        *_judge_json(check, answer),
        *_judge_text(check, answer),
        *_judge_certificate(check, answer),
    ]


def _judge_status(check: Check, answer: Answer) -> Iterator[str]:
    status = answer.status or 0
    if check.status and status not in check.status:
        yield f"status {status}, expected {' or '.join(str(one) for one in check.status)}"
    elif not check.status and not 200 <= status < 300:
        yield f"status {status}, expected 2xx"


def _judge_json(check: Check, answer: Answer) -> Iterator[str]:
    if check.json is msgspec.UNSET:
        return
    try:
        found = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        yield f"the answer is no JSON: {_shorten(answer.body.decode(errors='replace'))}"
        return
    yield from _compare(check.json, found, "")


def _compare(wanted: Any, found: Any, path: str) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            inner = f"{path}.{key}" if path else str(key)
            if key not in found:
                yield f"'{inner}' is missing"
            else:
                yield from _compare(value, found[key], inner)
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for place, (value, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _compare(value, other, f"{path}[{place}]")
    elif wanted != found or isinstance(wanted, bool) != isinstance(found, bool):
        yield f"'{path or 'the answer'}' is {_show(found)}, expected {_show(wanted)}"


def _judge_text(check: Check, answer: Answer) -> Iterator[str]:
    text = answer.body.decode(errors="replace")
    if not check.matches:
        return
    try:
        pattern = compile_pattern(check.matches)
    except BadPattern as error:
        yield f"'matches' can't be used: {error}"
        return
    if pattern.search(text) is None:
        yield f"nothing in the answer matches {check.matches}: {_shorten(text)}"


def _judge_certificate(check: Check, answer: Answer) -> Iterator[str]:
    if check.tls_days is None or answer.tls_days is None:
        return
    if answer.tls_days < 0:
        yield f"the certificate ran out {-answer.tls_days:.1f} days ago"
    elif answer.tls_days < check.tls_days:
        yield f"the certificate runs out in {answer.tls_days:.1f} days, expected at least {check.tls_days}"


def _show(value: Any) -> str:
    return _shorten(msgspec.json.encode(value).decode())


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
