"""Words that ask somebody to do or to see something."""

from __future__ import annotations

import re

_SPOKEN = """
    click
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
# These are nouns as often as verbs.
_SPOKEN_NOUNS = """
    approach archive audit backup block book brief build bump bundle call capture change check clean contact copy cut
    document download draft drain draw dump email escalate estimate export finish fix flip flush follow force freeze
    grant halt hand hold import invite issue join launch lead link list load lock log look mark measure merge monitor
    move name notice open page pause pick ping plan point post press probe promote pull purge push put read record
    refresh register release reload rename repeat report request reset restart restore result resume review roll
    rollback run save scale scan schedule seed set share ship sign smoke-test snapshot spin stage start stop submit swap
    switch sync tag take talk test tick toggle track train transfer trigger try tune turn update upgrade upload use wait
    watch work write deploy migrate
"""
_NOUNS = frozenset(_SPOKEN_NOUNS.split())
_LONGEST = 400
_OBJECT = re.compile(
    r"^\s+(?:the|a|an|all|your|our|each|every|that|any|this|these|those|it|them|if|whether|with|through|on|`"
    r"|both|again)(?!\w)",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(
    r"\b(?:is|are|was|were|will|has|have|can|may|might|takes?|happens?|runs?|comes?)\b", re.IGNORECASE
)
_ABOUT_TEXT = re.compile(
    r"^\W*(?:use|follow|complete|read|copy|fill(?: in| out)?|keep|update|review|print|go through|work through"
    r"|consider|let)"
    r"\s+(?:this|these|the (?:following|steps|checklist|list|document|runbook|guide|table)|in mind|us|me"
    r"|each (?:step|item|box)"
    r"|all (?:the )?(?:steps|items|boxes))\b",
    re.IGNORECASE,
)
_IMPERATIVES = frozenset(_SPOKEN.split())
_FIRST_WORD = re.compile(
    r"^\W*(?:please\s+|then\s+|finally,?\s+|next,?\s+|immediately\s+)?(?P<word>[A-Za-z][A-Za-z-]*)", re.IGNORECASE
)
_OBLIGATION = re.compile(
    r"\b(?:should|must|shall|needs? to|has to|have to|required to)\b"
    r"|^\W*(?:lower|raise|reduce|increase|decrease)\s+(?:the|all|your|our|its|each)\b",
    re.IGNORECASE,
)


def asks_for_action(text: str) -> bool:
    """Whether a line tells somebody to do something, or what must be so."""
    match = _FIRST_WORD.match(text)
    return bool(match and match["word"].lower() in _IMPERATIVES) or _OBLIGATION.search(text) is not None


def gives_order(text: str) -> bool:
    """Whether a plain sentence orders something, beyond doubt: "Notify the team.", not "Test results are below."."""
    said = text[:_LONGEST]
    match = _FIRST_WORD.match(said)
    if match is None or match["word"].lower() not in _IMPERATIVES or _ABOUT_TEXT.match(said):
        return False
    rest = said[match.end() :].split()
    if (
        not rest
        or any(word.endswith(":") for word in rest[:3])
        or said[match.end() : match.end() + 1] in (":", ",", "/")
    ):
        return False
    if match["word"].lower() not in _NOUNS or _OBJECT.match(said[match.end() :]):
        return True
    return said.rstrip().endswith((".", "!")) and not _SAYS_SO.search(" ".join(rest[:6]))
