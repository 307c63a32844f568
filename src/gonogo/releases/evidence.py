"""What a command left behind, and what a rule made of it."""

from __future__ import annotations

from typing import Literal

import msgspec

Outcome = Literal["pass", "fail", "undecided", "no_data", "human"]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The facts a rule may look at. ``exit_code`` is None when the end was not seen; output is already masked.

    ``http_status`` is the last response's when the runner knows it; otherwise it is looked for in the output.
    ``cut`` says that the middle of a very long output was not kept.
    ``pipe_codes`` holds the exit code of every part of the last pipe, in order; empty when it is not known.
    """

    command: str
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None
    duration_s: float = 0.0
    timed_out: bool = False
    http_status: int | None = None
    pipe_codes: tuple[int, ...] = ()
    cut: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """``why`` is one sentence with the value seen and the rule it was held against."""

    outcome: Outcome
    why: str
    seen: str | None = None
