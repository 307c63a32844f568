"""A search whose finding is bad: ``grep`` for secrets under "No secrets in the repository" must find nothing.

Its exit code means the opposite of what the sentence above it wants, so the sentence decides.
"""

from __future__ import annotations

import re

from gonogo.releases.expectations.command_line import split_pipe
from gonogo.releases.hints import mentions
from gonogo.releases.rules import Absence, Count, Exit

_SEARCH = re.compile(r"(?:\S*/)?(?:(?:e|f|z|xz|bz)?grep|git\s+(?:\S+\s+)?grep|rg|ag|ack)(?=\s)")
_SEARCHERS = ("grep", "rg", "ag", "ack")
_FILTER = re.compile(r"(?:head|tail|sort|uniq|cat|cut|tee|less|more|column|nl|fold)(?=\s|$)")
_COUNTED = re.compile(r"wc\s+-l\b|(?:\S*/)?(?:e|f)?grep\s+(?:-\w+\s+)*-\w*c\w*\s|rg\s+(?:-\w+\s+)*-c\s")
_QUIET = re.compile(r"\s-\w*q\w*(?=\s|$)|--quiet|--silent|>\s*/dev/null")
_INVERTED = re.compile(r"\s-\w*[vL]\w*(?=\s|$)|--invert-match|--files-without-match")
_NOTHING = re.compile(
    r"^\W*(?:(?:verify|check|confirm|ensure|make sure|assert|validate)(?: that)?:?\s+)?"
    r"(?:there (?:are|is|should be|must be) )?(?:no|zero)\s+(?!more than|less than|later|need|longer)\w"
    r"|\b(?:should|must|may|do|does) (?:not|never) (?:contain|have|appear|be (?:in|committed|present|there"
    r"|found|any)|include|show)\b"
    r"|\b(?:should|must) (?:return|find|show|print|be) (?:nothing|empty|no )|\bfree of\b|\bnothing (?:is"
    r" )?found\b|\bwithout any\b",
    re.IGNORECASE,
)
_BAD = (
    r"(?:secrets?|credentials?|passwords?|(?:api|private) ?keys?|tokens? in|hard-?coded|leak\w*|errors?"
    r"|exceptions?|fatals?|todos?"
    r"|fixmes?|conflict markers?|merge markers?|debug (?:statements?|code|prints?)|console\.log|breakpoints?"
    r"|vulnerab\w+|deprecat\w+"
    r"|stack ?traces?|panics?|oom\w*|crash\w*|segfaults?|warnings?|malware|left-?overs?)"
)
_SEARCHES_FOR = re.compile(
    rf"\b(?:check|search|scan|look|grep|hunt|inspect|audit)\w*\b[^.]{{0,60}}?\b(?:for|against)\b[^.]{{0,30}}?\b{_BAD}\b",
    re.IGNORECASE,
)


def compile_search(command: str, sentence: str) -> Absence | Count | Exit | None:
    """The rule of a search that has to find nothing by the sentence above it; None when it is no such search."""
    if not sentence or not mentions(command, _SEARCHERS):
        return None
    if not (_NOTHING.search(sentence[:300]) or _SEARCHES_FOR.search(sentence[:300])):
        return None
    if command.lstrip().startswith("!") or re.search(r"&&|\|\||;|\n", _drop_quoted(command)):
        return None
    parts = list(split_pipe(command))
    while len(parts) > 1 and _FILTER.match(parts[-1]):
        parts.pop()
    counted = bool(_COUNTED.match(f"{parts[-1]} "))
    search = parts[-2] if counted and not _SEARCH.match(parts[-1]) and len(parts) > 1 else parts[-1]
    if not _SEARCH.match(search) or (_INVERTED.search(search) and len(parts) == 1):
        return None
    if counted:
        return Count(source=sentence, value=0)
    return Exit(source=sentence, codes=(1,)) if _QUIET.search(parts[-1]) else Absence(source=sentence)


def _drop_quoted(command: str) -> str:
    return re.sub(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.", "", command)
