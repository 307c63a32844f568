"""Who: roles in labels and brackets, approvals, and blanks left for a signature."""

from __future__ import annotations

import re

from gonogo.releases.hints import mentions
from gonogo.releases.reading.inline import Label

_BLANK = re.compile(r"_{3,}|\.{6,}|\\_\\_")
_PERSON = (
    r"leads?|managers?|owners?|engineers?|directors?|officers?|cto|ceo|cio|ciso|cpo|coo|cfo|vp|architects?|dba|devops|qa"
    r"|sre|teams?|administrators?|admins?|on-?call|stakeholders?|developers?|heads?|approvers?|reviewers?|captain"
    r"|coordinators?|commander|sponsors?|pm|po|em|chairs?|secretary|president|partner|supervisor|operators?|analysts?"
    r"|testers?|masters?|authority|board|committee|customer|client"
)
_DEPARTMENT = (
    r"security|product|operations|ops|legal|compliance|support|business|executive|technical|tech|engineering|platform"
    r"|infrastructure|data|finance|marketing|sales|management|quality(?: assurance)?|privacy|design|customer success"
)
_ROLE_WORD = re.compile(rf"\b(?:{_PERSON}|{_DEPARTMENT})\b", re.IGNORECASE)
# A role is a person's name in the company, or a department; not whatever mentions one.
_ROLE = re.compile(
    rf"^(?:the\s+|our\s+)?(?:(?:[\w&/'’.-]+\s+){{0,4}}(?:{_PERSON})|(?:{_DEPARTMENT})(?:\s*(?:/|&|and)\s*(?:{_DEPARTMENT}))?"
    rf"|(?:head|vp|director|chief|captain|manager|owner|member|clerk|chair) of (?:the )?[\w&/ -]{{2,30}})"
    r"(?:\s*\([^()]{0,40}\))?$",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\b(?:no|not|all|done|complete[d]?|checked|verified|briefed|sent|informed|notified|ready|final|ok|signed|aware|are|is"
    r"|was|were|has|have|been|updated|available|confirm\w*|invited|trained|told)\b",
    re.IGNORECASE,
)
_APPROVAL = re.compile(
    r"^(?P<role>.{2,60}?)(?:'s)?\s+(?:final\s+)?(?:approvals?|sign[- ]?offs?|signature|approved"
    r"|signed[- ]?off)\b\W*(?:received|obtained|given|granted|complete)?\W*$",
    re.I,
)
_FROM = re.compile(
    r"\b(?:approval|approved|sign[- ]?off|signed[- ]?off|signed)\s+(?:is\s+)?(?:from|by"
    r"|of)\s*:?\s+(?:the\s+)?(?P<role>[A-Za-z][\w /&-]{1,40}?)\s*(?:[.,;(]|$|obtained|received|given)",
    re.IGNORECASE,
)
_DONE = (
    r"prepared|approved|reviewed|verified|signed(?: off)?|authori[sz]ed|executed|deployed|completed|released|performed"
    r"|confirmed|accepted|checked|witnessed|tested|submitted|requested|validated|written|owned|led|run|carried out"
)
_SIGNS = re.compile(
    rf"^(?:[\w/&-]+\s+){{0,3}}?(?:(?:{_DONE}) by|signature|signed(?: off)?|sign[- ]?off|approver|reviewer|initials)$",
    re.IGNORECASE,
)
_BY = re.compile(
    rf"^(?i:(?:[\w/&-]+\s+){{0,3}}?(?:{_DONE}) by)\s*:\s*"
    r"(?P<who>@[\w./-]+|[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){0,3})\s*$"
)
_DATE = re.compile(r"\b(?:date|signature|signed|initials|time)\s*:?\s*(?:_{3,}|\.{6,}|$)", re.IGNORECASE)
_OWNER = re.compile(
    r"[(\[]\s*(?:(?:owner|assignee|assigned to|responsible|role|who|by)\s*[:=]\s*(?P<named>[^)\]]+)"
    r"|(?P<handle>@[\w./-]+))\s*[)\]]"
    r"|(?:—|–|-|\|)\s*(?:owner|assignee|assigned to|responsible)\s*:\s*(?P<tail>[^|]+)$|(?:^"
    r"|\s)(?P<at>@[A-Za-z][\w./-]*)\s*$",
    re.IGNORECASE,
)
_SAID_SO = re.compile(r"\b(?:is|are|was|were|has been|have been|been)\s+(?:\w+\s+)?(?:approved|signed)", re.IGNORECASE)
_PERSON_ONLY = re.compile(rf"\b(?:{_PERSON})(?:\s*\([^()]*\))?$", re.IGNORECASE)
_TRIMMED = re.compile(r"\s*\b(?:approvals?|sign[- ]?offs?|signature|approved|obtain|get|final)\b\s*", re.IGNORECASE)
_FIELD_WORDS = """
    branch build change comment comments commit date duration end environment id link name notes number reason region
    service start status tag ticket time url version window
"""
_FIELDS = frozenset(_FIELD_WORDS.split())
_LONGEST = 400
_LONGEST_TITLE = 4
_NOBODY = re.compile(r"^(?:tbd|n/?a|none|-+|—|–|\?+|_+|)$", re.IGNORECASE)


class Signature:
    """Somebody has to sign; ``role`` is None when the line does not say who."""

    __slots__ = ("role",)

    def __init__(self, role: str | None) -> None:
        self.role = role


def find_signature(text: str, label: Label | None, *, signing: bool, ticked: bool) -> Signature | None:
    """Whether a line asks for a signature. ``signing``: under a sign-off heading; ``ticked``: it has a box."""
    text = text[:_LONGEST]
    blank = has_blank(text)
    named = label.name if label else _before_blank(text) if blank or signing else ""
    if blank and named:
        if _SIGNS.match(named):
            return Signature(None)
        if _names_role(named) and _is_somebody(named) and (signing or ticked or _DATE.search(text)):
            return Signature(_trim_role(named))
        if signing and _is_title(named):
            return Signature(_trim_role(named))
        if len(_BLANK.findall(text)) > 1 and _DATE.search(text) and _is_somebody(named):
            return Signature(_trim_role(named))
    if mentions(text, (" by",)) and (by := _BY.match(text)):
        return Signature(by["who"].lstrip("@"))
    for pattern in (_APPROVAL, _FROM) if mentions(text, ("approv", "sign")) else ():
        match = pattern.search(named if label and not label.rest else text)
        if match and _names_role(match["role"]) and not _SAID_SO.search(text[: match.end("role")]):
            return Signature(_trim_role(match["role"]))
    if signing and ticked and label and _names_person(named):
        return Signature(_trim_role(named))
    return Signature(_role_alone(text)) if signing and ticked and _role_alone(text) else None


def names_signer(text: str) -> bool:
    """Whether a line says by whom something is approved: "Approved by: @anna"."""
    return " by" in text and _BY.match(text[:_LONGEST]) is not None


def _is_somebody(named: str) -> bool:
    words = named.lower().split()
    return bool(words) and len(words) <= 8 and words[-1] not in _FIELDS


def _is_title(named: str) -> bool:
    """Whether the words before the room to sign could be anybody's title: short, and neither a field nor a claim."""
    return len(named.split()) <= _LONGEST_TITLE and _is_somebody(named) and _STATES.search(named) is None


def has_blank(text: str) -> bool:
    """Whether a line leaves room to write: ``Date: ____``."""
    return ("_" in text or "." in text) and _BLANK.search(text) is not None


def find_owner(text: str) -> str | None:
    """The person or role a line is given to: "(Owner: DBA)", "[@ops]", "… @alice"."""
    if "@" not in text and ":" not in text:
        return None
    match = _OWNER.search(text)
    return clean_owner(next(filter(None, match.groups()), "")) if match else None


def clean_owner(text: str) -> str | None:
    owner = text.strip(" \t@*:")
    return None if _NOBODY.match(owner) else owner


def _role_alone(text: str) -> str | None:
    bare = text.strip(" :.")
    return _trim_role(bare) if len(bare.split()) <= 5 and _names_role(bare) and not bare.endswith("?") else None


def _before_blank(text: str) -> str:
    head = _BLANK.split(text, maxsplit=1)[0]
    return head.split(":")[0].strip(" *:-") if ":" in head else head.strip(" *:-") if head != text else ""


def _names_role(text: str) -> bool:
    """Whether the words are somebody's role or a department, and nothing else."""
    bare = _TRIMMED.sub(" ", text).strip(" :*-")
    return len(bare) <= 60 and _ROLE.match(bare) is not None and _STATES.search(bare) is None


def _names_person(text: str) -> bool:
    """Whether the words end in a person's role: "SRE Lead", not "Engineering"."""
    bare = _TRIMMED.sub(" ", text).strip(" :*-")
    return _names_role(text) and _PERSON_ONLY.search(bare) is not None


def _trim_role(text: str) -> str:
    return _TRIMMED.sub(" ", text).strip(" :*-")
