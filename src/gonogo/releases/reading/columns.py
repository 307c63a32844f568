"""What the header of a table's column says of the cells below it."""

from __future__ import annotations

import re

from gonogo.releases.reading.inline import clean_text


def _column(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{pattern})\b", re.IGNORECASE)


COMMAND = _column(
    r"(?:verif\w* |check )?(?:commands?|cmd)|how(?: to)?|scripts?|run|invocation|execute|verif(?:y|ication)"
)
EXPECTED = _column(
    r"expect\w*|(?:expected )?(?:results?|output|outcome)|should|pass criteria|success criteria|verification|acceptance"
)
OWNER = _column(r"owners?|roles?|responsible|who|assignee|assigned(?: to)?|team|dri|lead|approver|person|by")
STEP = _column(
    r"#|no\.?|steps?|tasks?|actions?|checks?|items?|activity|what|description|verification|test|todo|phase|name"
    r"|status|done|check"
)
SIGN = _column(
    r"signature|signed|sign[- ]?off|approved|approval|date signed|accepted(?: by)?|acceptance by|initials|confirmed by"
)
PERSON = _column(
    r"(?:role|title|position|approver|stakeholder|function|department|team|responsible|reviewer|who|name)s?"
)
DATED = _column(r"date|signature|signed|sign[- ]?off|approved|approval|initials|time")
UNDO = _column(r"roll ?back|undo|revert|back[- ]?out|(?:if|on|in case of) (?:it )?fail\w*|recovery")
HOLD = _column(r"hold|wait|soak|bake|duration|watch|observe|monitor(?:ing)?|time")
RISK = _column(r"risks?|threats?|hazards?")


def holds_risks(columns: tuple[str, ...]) -> bool:
    """Whether a table is a risk register with room for those who accept the risks."""
    names = [clean_text(name) for name in columns]
    return any(RISK.match(name) for name in names) and any(SIGN.match(name) for name in names)
