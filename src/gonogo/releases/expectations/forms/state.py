"""``healthy``, ``active (running)``, ``All should be "Up"``, ``shows mem0 as "not running"``: the state of things."""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase, drop_softener
from gonogo.releases.expectations.states import DESCRIBING, STATE, VALUES, is_state
from gonogo.releases.expectations.words import NOUN
from gonogo.releases.hints import mentions
from gonogo.releases.rules import Contains, Count, Every, Exact, Rule

_QUOTED = r"(?:`(?P<tick>[^`]{1,80})`|\"(?P<double>[^\"]{1,80})\"|“(?P<curly>[^”]{1,80})”|'(?P<single>[^']{1,80})')"
_STATE = rf"(?:{_QUOTED}|(?P<bare>[\w-]+(?: \(\w+\))?))"
_BE = r"(?:(?:should|must) )?(?:be |are |is |show |shows |say |report |have status |in |in state )?"
_ALL = re.compile(
    rf"(?:all|every|each)(?: of)?(?: the| these| them| those)?(?: {NOUN}| rows?| lines?| of them)?:? {_BE}"
    rf"(?:the )?(?:status |state )?(?:of )?{_STATE}(?: (?:state|status))?(?:"
    rf" ?\((?P<value>\d{{1,6}})/(?P<total>\d{{1,6}})\))?\Z",
    re.IGNORECASE,
)
_AS = re.compile(
    rf"(?:(?:shows?|lists?|reports?|displays?|sees?) )?(?:the )?[`\"']?(?P<near>[\w.@/-]{{2,60}})[`\"']?"
    rf" (?:as|with status|in state|is shown as"
    rf"|marked as|listed as) {_STATE}\Z",
    re.IGNORECASE,
)
_NAMING = (" as ", " with status ", " in state ")
_GENERIC = (
    r"(?:the )?(?:service|status|state|health|pod|container|deployment|server|app|application|database"
    r"|cluster|process|job"
    r"|replica|node|unit|daemon|it|this|check|endpoint|health ?check|build|test|tests|everything|release"
    r"|rollout|pvc|volume)"
)
_IS = re.compile(
    rf"{_GENERIC}(?: status| state)?(?: (?:is|are|becomes?|shows?|reports?|says?|equals?|should be|must be)"
    rf"|:|=) ?{_STATE}\Z",
    re.IGNORECASE,
)
_LABELS = (
    "expected",
    "output",
    "be",
    "see",
    "show",
    "print",
    "return",
    "report",
    "display",
    "say",
    "read",
    "arrow",
    "have",
)


def compile_state(phrase: Phrase) -> Rule | None:
    """Read a state that is named after a label, of every row, or of one named thing."""
    text = drop_softener(phrase.text)
    match = _ALL.match(phrase.text)
    if match is not None:
        return _build_every(phrase, match)
    match = _AS.match(text) if mentions(text, _NAMING) else None
    if match is not None and (match["bare"] is None or is_state(match["bare"])):
        return Contains(source=phrase.source, text=_read(match), near=match["near"], fold=is_state(_read(match)))
    match = _IS.match(text)
    if match is not None and (match["bare"] is None or "(" in match["bare"]):
        return _build(phrase, _read(match))
    if phrase.label in _LABELS and STATE.fullmatch(text) and text.lower() not in DESCRIBING:
        return _build(phrase, text)
    if phrase.label == "" and "(" in text and STATE.fullmatch(text):
        return _build(phrase, text)
    return None


def _build(phrase: Phrase, state: str) -> Rule:
    if state.lower() in VALUES:
        return Exact(source=phrase.source, text=state)
    return Contains(source=phrase.source, text=state, fold=is_state(state))


def _build_every(phrase: Phrase, match: re.Match[str]) -> Rule | None:
    state = _read(match)
    quoted = match["bare"] is None
    if not quoted and (not is_state(state) or state.lower() in ("pass", "passed", "passing", "green", "done")):
        return None
    rows = Contains(source=phrase.source, text=state, fold=is_state(state), every_line=True)
    if match["total"] is None:
        return rows
    count = Count(source=phrase.source, value=int(match["value"]), total=int(match["total"]), noun="pods")
    return Every(source=phrase.source, rules=(rows, count))


def _read(match: re.Match[str]) -> str:
    return match["tick"] or match["double"] or match["curly"] or match["single"] or match["bare"] or ""
