"""Who: roles in labels and brackets, approvals, and blanks left for a signature."""

from __future__ import annotations

import re

from gonogo.releases.reading.inline import Label

_BLANK = re.compile(r"_{3,}|\.{6,}|\\_\\_")
_ROLE_WORD = re.compile(
    r"\b(?:lead|leads|manager|owner|engineers?|director|officer|cto|ceo|cio|ciso|cpo|coo|vp|architect|dba"
    r"|devops|qa|sre|security|team"
    r"|admin(?:istrator)?|on-?call|stakeholders?|product|developers?|head|approver|reviewer|captain|coordinator"
    r"|commander|operations|ops"
    r"|legal|compliance|support|business|executive|sponsor|release manager|tech(?:nical)?|engineering|platform"
    r"|infrastructure|data|pm|po|em)\b",
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
_SIGNS = re.compile(
    r"^(?:signature|signed(?: off)?(?: by)?|sign[- ]?off|approved by|verified by|reviewed by|authori[sz]ed by"
    r"|witnessed by|approver|reviewer)$",
    re.I,
)
_SPEAKS = re.compile(r"approv|sign", re.IGNORECASE)
_OWNER = re.compile(
    r"[(\[]\s*(?:(?:owner|assignee|assigned to|responsible|role|who|by)\s*[:=]\s*(?P<named>[^)\]]+)"
    r"|(?P<handle>@[\w./-]+))\s*[)\]]"
    r"|(?:—|–|-|\|)\s*(?:owner|assignee|assigned to|responsible)\s*:\s*(?P<tail>[^|]+)$|(?:^"
    r"|\s)(?P<at>@[A-Za-z][\w./-]*)\s*$",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"^(?:tbd|n/?a|none|-+|—|–|\?+|_+|)$", re.IGNORECASE)


class Signature:
    """Somebody has to sign; ``role`` is None when the line does not say who."""

    __slots__ = ("role",)

    def __init__(self, role: str | None) -> None:
        self.role = role


def find_signature(text: str, label: Label | None, *, signing: bool, ticked: bool) -> Signature | None:
    """Whether a line asks for a signature. ``signing``: under a sign-off heading; ``ticked``: it has a box."""
    blank = has_blank(text)
    named = label.name if label else _before_blank(text) if blank or signing else ""
    if blank and named:
        if _SIGNS.match(named):
            return Signature(None)
        if _is_role(named) and (signing or ticked):
            return Signature(_trim_role(named))
    for pattern in (_APPROVAL, _FROM) if _SPEAKS.search(text) else ():
        match = pattern.search(named if label and not label.rest else text)
        if match and _is_role(match["role"]):
            return Signature(_trim_role(match["role"]))
    if signing and ticked and named and _is_role(named):
        return Signature(_trim_role(named))
    return Signature(_role_alone(text)) if signing and ticked and _role_alone(text) else None


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
    return _trim_role(bare) if len(bare.split()) <= 4 and _is_role(bare) and not bare.endswith("?") else None


def _before_blank(text: str) -> str:
    head = _BLANK.split(text, maxsplit=1)[0]
    return head.split(":")[0].strip(" *:-") if ":" in head else head.strip(" *:-") if head != text else ""


def _is_role(text: str) -> bool:
    return (
        len(text) <= 60
        and _ROLE_WORD.search(text) is not None
        and not text.lower().startswith(("verify", "get ", "all ", "run "))
    )


def _trim_role(text: str) -> str:
    return re.sub(r"(?i)\s*(?:approvals?|sign[- ]?offs?|signature|approved|obtain|get)\s*", " ", text).strip(" :*-")
