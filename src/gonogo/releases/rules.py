"""Compiled expectations: what a check, a gate or a threshold will be judged by.

Each struct is one form; ``type`` is its tag in JSON. ``source`` keeps the author's own words.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Operator = Literal["<", "<=", ">", ">=", "==", "!="]
Polarity = Literal["good", "bad"]


class _Rule(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    source: str


class Exact(_Rule, frozen=True, kw_only=True, tag="exact"):
    """The output (or, with ``key``, the value after ``key=``) is this text, white space at the ends aside.

    ``asks`` sends a mismatch to a person: the words may describe the output instead of quoting it.
    """

    text: str
    key: str | None = None
    asks: bool = False


class Contains(_Rule, frozen=True, kw_only=True, tag="contains"):
    """The output holds this text as whole words. ``fails``: the command is expected to fail while saying so.

    ``fold`` ignores case (a state such as "running"), ``near`` names a word of the line that must say it, and
    ``every_line`` wants it in every row of the output.
    """

    text: str
    fails: bool = False
    fold: bool = False
    near: str | None = None
    every_line: bool = False


class Json(_Rule, frozen=True, kw_only=True, tag="json"):
    """The output is JSON of which ``pattern`` is a subset; the string ``"..."`` matches anything."""

    pattern: Any


class HttpStatus(_Rule, frozen=True, kw_only=True, tag="http_status"):
    """The response status is one of these codes."""

    codes: tuple[int, ...]


class Number(_Rule, frozen=True, kw_only=True, tag="number"):
    """A number on one side of a threshold, or between ``low`` and ``high`` (both inclusive).

    ``subject`` is the author's phrase ("P95", "error rate"); ``signal`` the expression's signal once bound.
    ``polarity`` says whether the comparison being true is good news or bad. ``subject`` "duration" is a deadline.
    """

    op: Operator | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    subject: str | None = None
    signal: str | None = None
    polarity: Polarity = "good"


class Absence(_Rule, frozen=True, kw_only=True, tag="absence"):
    """Nothing of ``what`` in the output; an empty ``what`` means no output at all."""

    what: str = ""


class Count(_Rule, frozen=True, kw_only=True, tag="count"):
    """``passed`` of ``total`` things named ``noun``; ``op`` ">=" for "22+ tests"."""

    value: int
    op: Operator = "=="
    total: int | None = None
    noun: str | None = None


class Exit(_Rule, frozen=True, kw_only=True, tag="exit"):
    """The command's exit code is one of these. ``weak`` when exit 0 proves little (curl without -f)."""

    codes: tuple[int, ...] = (0,)
    fails: bool = False
    weak: bool = False


class Version(_Rule, frozen=True, kw_only=True, tag="version"):
    """A version at least ``minimum`` (PEP 440 order)."""

    minimum: str
    subject: str | None = None


class NotEmpty(_Rule, frozen=True, kw_only=True, tag="not_empty"):
    """The command printed something: neither nothing, nor an empty list, nor a header without a row."""


class Human(_Rule, frozen=True, kw_only=True, tag="human"):
    """A person judges: the text could not be compiled, or is a decision."""

    question: str


class Every(_Rule, frozen=True, kw_only=True, tag="every"):
    """All of these rules hold: "301 redirect to HTTPS", "14 files / 121 tests passing"."""

    rules: tuple[Rule, ...]


Rule = Exact | Contains | Json | HttpStatus | Number | Absence | Count | NotEmpty | Exit | Version | Every | Human
