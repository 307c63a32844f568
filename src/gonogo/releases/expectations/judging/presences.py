"""Not empty: that a command printed something, and not only the frame of nothing."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.judging.answer import Answer, answer, clean, shorten
from gonogo.releases.expectations.judging.counting import find_rows
from gonogo.releases.expectations.judging.rows import list_rows
from gonogo.releases.rules import NotEmpty

_NOTHING = re.compile(
    r"(?:\[\s*\]|\{\s*\}|\(\s*\)|\"\"|''|null|none|nil|undefined|n/a|empty|no resources found.{0,200})\Z", re.IGNORECASE
)
_LONGEST_NOTHING = 400


def judge_presence(_rule: NotEmpty, evidence: Evidence) -> Answer:
    """Something on standard output: text, a row below a header, a member of a list."""
    text = clean(evidence.stdout).strip()
    if not text:
        return answer(False, "expected some output, got none", "")
    shown = shorten(text)
    if len(text) <= _LONGEST_NOTHING and _NOTHING.match(text):
        return answer(False, f"expected something in the output, got {shown!r}", text)
    if find_rows(text) == 0 or not list_rows(text).rows:
        return answer(False, f"expected something in the output, got {shown!r}, which holds no row", text[:2000])
    return answer(True, f"the output is not empty: {shown!r}", shown)
