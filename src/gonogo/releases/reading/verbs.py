"""Words that ask somebody to do or to see something."""

from __future__ import annotations

import re

_SPOKEN = """
    activate add adjust agree analyse analyze announce apply approve archive arrange ask assess assign audit
    back backup begin block book brief build bump bundle call capture change check choose clean clear close
    collect commit communicate compare compile complete conduct configure confirm connect consider contact copy
    create cut deactivate decide declare define delete deploy describe detach determine disable discuss
    distribute document double-check download draft drain draw dry-run dump edit email enable ensure escalate
    establish estimate evaluate examine execute export fetch fill find finish fix flip flush follow force freeze
    gather generate get give grant halt hand have hold identify implement import inform initialise initialize
    inspect install investigate invite invoke issue join keep kick kill launch let link list load lock log login
    look make manually mark measure merge migrate monitor move name notify observe obtain open page pause
    perform pick ping plan point post prepare press probe promote protect provide publish pull purge push put
    re-enable read rebase rebuild recheck record redeploy redirect refresh register release reload remove rename
    reopen repeat replace reply report request require rerun reset resolve restart restore resume retire revert
    review revoke roll rollback rotate run sanity-check save scale scan schedule seed select send set share ship
    shut shutdown sign simulate smoke-test snapshot spawn spin stage start stop submit swap switch sync tag take
    talk tell terminate test tick toggle track train transfer trigger try tune turn unblock undo unlock update
    upgrade upload use validate verify wait warm watch work write
"""
_IMPERATIVES = frozenset(_SPOKEN.split())
_FIRST_WORD = re.compile(
    r"^\W*(?:please\s+|then\s+|finally,?\s+|next,?\s+|immediately\s+)?(?P<word>[A-Za-z][A-Za-z-]*)", re.IGNORECASE
)
_OBLIGATION = re.compile(r"\b(?:should|must|shall|needs? to|has to|have to|required to)\b", re.IGNORECASE)


def asks_for_action(text: str) -> bool:
    """Whether a line tells somebody to do something, or what must be so."""
    match = _FIRST_WORD.match(text)
    return bool(match and match["word"].lower() in _IMPERATIVES) or _OBLIGATION.search(text) is not None
