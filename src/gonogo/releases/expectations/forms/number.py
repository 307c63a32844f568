"""``P95 < 200ms``, ``> 95%``, ``at least 3``, ``between 90.0 and 95.0``: a number against a threshold or a range."""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.expectations.words import NUMBER, UNITS, name_unit, read_number
from gonogo.releases.hints import mentions
from gonogo.releases.rules import Number, Operator, Polarity

_SIGNS: dict[str, Operator] = {
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "==": "==",
    "!=": "!=",
    "≤": "<=",
    "≥": ">=",
    "=<": "<=",
    "=>": ">=",
    "=": "==",
    "≠": "!=",
}
_WORDS: dict[str, Operator] = {
    "less than or equal to": "<=",
    "greater than or equal to": ">=",
    "more than or equal to": ">=",
    "fewer than": "<",
    "less than": "<",
    "lower than": "<",
    "under": "<",
    "below": "<",
    "at most": "<=",
    "no more than": "<=",
    "not more than": "<=",
    "not exceed": "<=",
    "not exceeding": "<=",
    "up to": "<=",
    "more than": ">",
    "greater than": ">",
    "higher than": ">",
    "above": ">",
    "exceeds": ">",
    "exceed": ">",
    "at least": ">=",
    "no less than": ">=",
    "not less than": ">=",
    "minimum of": ">=",
    "maximum of": "<=",
    "stays below": "<",
}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_AMOUNT = rf"(?P<value>-?(?:{NUMBER})) ?(?P<unit>{UNITS})?(?![\w]|\.\w|[:/]\d|-\d)"
_THRESHOLD = re.compile(
    rf"(?P<sign><=|>=|==|!=|=<|=>|≤|≥|≠|<|>)\s?{_AMOUNT}"
    rf"|\b(?P<word>{_WORD}) {_AMOUNT.replace('value', 'value2').replace('unit', 'unit2')}",
    re.IGNORECASE,
)
_RANGING = ("-", "–", " to ", "between ")
# "12ms or less", "20GB or more"
_TURNED = re.compile(
    rf"(?P<before>.{{0,80}}?)(?<![\w.-])(?P<value>{NUMBER}) ?(?P<unit>{UNITS})?(?: \w{{1,20}})? (?:or|and)"
    r" (?:(?P<least>more|higher|greater|above|over|larger|longer|better)|(?P<most>less|lower|fewer|below"
    r"|under|smaller|shorter))"
    r"(?: \([^()]{0,80}\))?\Z",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"\bbetween (?P<low>{NUMBER}) ?(?P<lowunit>{UNITS})?(?: and | to "
    rf"| ?[-–] ?)(?P<high>{NUMBER}) ?(?P<unit>{UNITS})?(?![\w.-])"
    rf"|(?<![\w.:/-])(?P<low2>{NUMBER}) ?(?:%)?(?: to | ?[-–] ?)(?P<high2>{NUMBER}) ?(?P<unit2>{UNITS})?(?![\w]"
    rf"|[.:/-]\d|-)",
    re.IGNORECASE,
)
_PLAIN_VERSION = re.compile(r"\bversion\b|\d+\.x\b|\d+\.\d+\.\d", re.IGNORECASE)
_HINTED = re.compile(r"recommend\w*|range|acceptable|target|ideal\w*|normal", re.IGNORECASE)
_ESTIMATE = re.compile(
    r"\b(?:estimat\w*|approx\w*|roughly|about|wait|monitor|sleep|step|steps|phase|section|tasks?|page|line|day"
    r"|week|month|hours? (?:of|after))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|never|no|without|unless|if|when|or|and)\b|n't\b", re.IGNORECASE)
# Every sign in ASCII and every word above holds one of these.
_COMPARING = ("<", ">", "=", "than", "under", "below", "above", "exceed", "at most", "at least", "up to", "imum of")
_TAIL = re.compile(
    r"[ ,]*(?:\(?(?P<percentile>p\d{2,3}|median|average|avg|mean|max|peak)\)?)?"
    r"(?: ?(?:success rate|hit rate|error rate|uptime|availability|free|used|available|average|expected"
    r"|per request|total|full|remaining|left|space|(?P<coverage>(?:line |branch |code |test |statement"
    r" )?coverage)|cpu|memory"
    r"|latency|response time))?"
    r"(?: (?:for|over|under|at|in|on|during|of|across) [\w %./-]{1,60})?(?: ?\([^()]{0,80}\))?[ )]*\Z",
    re.IGNORECASE,
)
_HEADWORD = re.compile(
    r"(?:symptoms?|triggers?|conditions?|alerts?|thresholds?|targets?|goals?|criteria|criterion|metrics?|note): ?",
    re.IGNORECASE,
)
_SUBJECT_JUNK = " :,-–=(→`*"


def compile_number(phrase: Phrase, polarity: Polarity) -> Number | None:
    """Read one threshold or range with what it is about; two thresholds in one sentence are for a person."""
    text = phrase.text
    match = _THRESHOLD.search(text) if mentions(text, _COMPARING) else None
    if match is None:
        return _compile_range(phrase, polarity) or _compile_turned(phrase, polarity)
    tail = _TAIL.match(text, match.end())
    if tail is None or _is_doubtful(text[: match.start()]):
        return None
    operator = _read_operator(match)
    value, unit = match["value"] or match["value2"], match["unit"] or match["unit2"]
    if unit is None and match["word"] and tail.end() == len(text) and text[match.end() :].strip(" )"):
        return None
    return Number(
        source=phrase.source,
        op=operator,
        value=read_number(value),
        unit=name_unit(unit) if unit else None,
        subject=_name_subject(text[: match.start()], tail["percentile"]) or ("coverage" if tail["coverage"] else None),
        polarity=polarity,
    )


def _compile_turned(phrase: Phrase, polarity: Polarity) -> Number | None:
    match = _TURNED.match(phrase.text) if " or " in phrase.low or " and " in phrase.low else None
    if match is None or _is_doubtful(match["before"]) or _PLAIN_VERSION.search(phrase.text):
        return None
    return Number(
        source=phrase.source,
        op=">=" if match["least"] else "<=",
        value=read_number(match["value"]),
        unit=name_unit(match["unit"]) if match["unit"] else None,
        subject=_name_subject(match["before"], None),
        polarity=polarity,
    )


def _compile_range(phrase: Phrase, polarity: Polarity) -> Number | None:
    match = _RANGE.search(phrase.text) if mentions(phrase.low, _RANGING) else None
    if match is None:
        return None
    before, after = phrase.text[: match.start()], phrase.text[match.end() :]
    low, high = match["low"] or match["low2"], match["high"] or match["high2"]
    unit = match["unit"] or match["unit2"] or match["lowunit"]
    if _is_doubtful(before) or _TAIL.match(after) is None or read_number(low) > read_number(high):
        return None
    if match["low"] is None and unit is not None and name_unit(unit) in ("m", "h", "d"):
        return None
    says_so = match["low"] is not None or unit is not None or _HINTED.search(before) is not None or "." in low + high
    if not says_so:
        return None
    subject = _name_subject(_HINTED.sub("", before).replace("(", " "), None)
    return Number(
        source=phrase.source,
        low=read_number(low),
        high=read_number(high),
        unit=name_unit(unit) if unit else None,
        subject=subject,
        polarity=polarity,
    )


def _read_operator(match: re.Match[str]) -> Operator:
    return _SIGNS[match["sign"]] if match["sign"] else _WORDS[match["word"].lower()]


def _is_doubtful(before: str) -> bool:
    return _ESTIMATE.search(before) is not None or _DENIED.search(before) is not None or len(before) > 120


def _name_subject(before: str, percentile: str | None) -> str | None:
    words = _HEADWORD.sub("", before.strip(_SUBJECT_JUNK))
    while words.lower().endswith((" is", " are", " be", " stays", " in", " set", " should", " must", " does", " do")):
        words = words.rsplit(" ", 1)[0].strip(_SUBJECT_JUNK)
    named = " ".join(part for part in (words, percentile) if part)
    return named or None
