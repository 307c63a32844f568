"""Sentences that hold a release: "STOP HERE if …", "Proceed only if …", "Checkpoint: …", "Do not start before …"."""

from __future__ import annotations

import re
from typing import NamedTuple

from gonogo.releases.hints import mentions
from gonogo.releases.reading.vocabulary import drop_strict


class Stop(NamedTuple):
    """What a person has to say before the release goes on; ``bad``: if it is so, the answer is NO-GO."""

    question: str
    bad: bool


_LONGEST = 400
_HINTS = tuple(
    """until unless before without wait hold pause stop halt if when once soon while only after point gate milestone
    approval""".split()  # noqa: SIM905
)
_GO_ON = r"(?:proceed|continue|go (?:on|ahead|live|further)|move (?:on|forward)|carry on|advance|promote)"
_NOT = r"(?:do not|don['’]?t|never|must not|not)"
_UNTIL = re.compile(
    rf"^\W*(?:please )?(?:{_NOT} (?:\w+ ){{0,3}}?(?:{_GO_ON}|start|begin|deploy|release|touch|switch|run|merge"
    rf"|close|leave)\b"
    r"|hold\b|stop\b|halt\b|pause\b).{0,120}?\b(?:until|unless|before|without)\b",
    re.IGNORECASE,
)
_STOP_IF = re.compile(
    rf"^\W*(?:please )?(?:(?:immediately )?(?:stop|halt|abort|hold|pause|roll ?back"
    rf"|no[- ]?go)\b.{{0,120}}?\b(?:if|when|once|as soon as)\b"
    rf"|{_NOT} (?:{_GO_ON}|start|begin|deploy|release)\b.{{0,120}}?\b(?:if|when|while)\b"
    r"|(?:if|when)\b.{1,160}?\b(?:stop|halt|abort|roll ?back|do not (?:proceed|continue))\b)",
    re.IGNORECASE,
)
_ONLY_IF = re.compile(
    rf"^\W*(?:please )?(?:only )?(?:{_GO_ON}|start|begin|deploy|release)\b.{{0,60}}?\b(?:only (?:if|when|once"
    rf"|after|with)"
    rf"|if and only if)\b|^\W*only (?:{_GO_ON}|start|begin|deploy|release)\b|^\W*{_GO_ON}\b.{{0,60}}?\b(?:if"
    rf"|when|once|after)\b"
    r"|\bmust (?:all )?(?:pass|be (?:true|green|met|ticked|complete[d]?|done)).{0,40}?\bbefore\b"
    r"|^\W*before (?:proceeding"
    r"|continuing|going (?:on|live|ahead))\b",
    re.IGNORECASE,
)
_CHECKPOINT = re.compile(
    r"^\W*(?:check ?point|(?:quality |release |manual )?gate|hold point|stop point|stop line|milestone"
    r"|approval (?:gate|needed"
    r"|required))\s*#?\d*\s*[:—–-]\s*\S",
    re.IGNORECASE,
)
_STOP = re.compile(r"^\W*(?:stop|halt)(?: (?:here|now|point|and\b.{1,160}))?\W*$", re.IGNORECASE)
_WAIT_FOR = re.compile(
    r"^\W*(?:please )?(?:wait|hold|pause)\b.{0,80}?\b(?:approvals?|thumbs[- ]up|go[- ]ahead|confirm\w*"
    r"|sign[- ]?off|permission|okay"
    r"|ok|green light|clearance|(?:says?|gives?) (?:go|ok))\b",
    re.IGNORECASE,
)


def find_stop(text: str) -> Stop | None:
    """What a sentence makes the release wait for; None when it holds nothing."""
    said = text[:_LONGEST]
    if not mentions(said, _HINTS) or not drop_strict(said).strip(" .!"):
        return None
    if _UNTIL.search(said) or _WAIT_FOR.search(said):
        return Stop(f"{text} Has it come to that?", bad=False)
    if _STOP_IF.search(said):
        return Stop(f"Has this happened: {text}? If it has, the answer is NO-GO.", bad=True)
    if _ONLY_IF.search(said) or _CHECKPOINT.match(said):
        return Stop(f"{text} Is it so?", bad=False)
    return Stop(f"{text} May the release go on?", bad=False) if _STOP.match(said) else None
