"""The vocabulary of expectations: units in words, things that can be counted, states they can be in."""

from __future__ import annotations

import re

NUMBER = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,9})?|\d{1,15}(?:\.\d{1,9})?"
UNITS = (
    r"%|percent\b|µs\b|us\b|microseconds?\b|milliseconds?\b|ms\b|seconds?\b|secs?\b|s\b|minutes?\b|mins?\b|m\b"
    r"|hours?\b|hrs?\b|h\b|days?\b|d\b|(?:[KMGT]i?B|[kmg]b|bytes?|B)(?:/s(?:ec)?)?\b"
    r"|[A-Za-z]{1,16}/(?:s|sec|second|m|min|minute|h|hour)\b|/(?:s|sec|second|min|minute|h|hour)\b"
    r"|[a-z]{1,16} per (?:second|minute|hour)\b|rps\b"
)
_CANONICAL = {
    "percent": "%",
    "µs": "us",
    "microsecond": "us",
    "millisecond": "ms",
    "second": "s",
    "sec": "s",
    "minute": "m",
    "min": "m",
    "hour": "h",
    "hr": "h",
    "day": "d",
    "byte": "B",
    "kb": "KB",
    "mb": "MB",
    "gb": "GB",
    "rps": "req/s",
}
_ADJECTIVE_STOP = r"(?!and\b|or\b|of\b|in\b|to\b|per\b|with\b|for\b|from\b|hours?\b|days?\b|weeks?\b|minutes?\b)"
NOUN = (
    r"(?:tests?|specs?|suites?|tables?|rows?|records?|replicas?|pods?|nodes?|containers?|services?|instances?|workers?"
    r"|process(?:es)?|files?|ind(?:ex(?:es)?|ices)|migrations?|endpoints?|settings?|entries|entry|items?|results?|lines?"
    r"|keys?|users?|jobs?|connections?|columns?|databases?|backups?|checks?|assertions?|documents?|partitions?|topics?"
    r"|queues?|images?|volumes?|shards?|members?|brokers?|targets?|hosts?|objects?|matches|match|events?|messages?"
    r"|routes?|flags?|packages?|vulnerabilit(?:y|ies)|threads?|certificates?|constraints?|triggers?|views?|extensions?"
    r"|errors?|warnings?|failures?|schemas?|commits?|branches|tags?)"
)
STATE = (
    r"(?:are |is |should be |have |has |be |been |all |now |currently |successfully )*"
    r"(?:pass(?:ing|ed|es)?|created|running|ready|healthy|up|active|exists?|available|found|present|returned|listed"
    r"|loaded|succeed(?:ed|s)?|green|online|visible|total|in total|applied|updated|completed?|expected|ok|started"
    r"|installed|registered|connected|imported|migrated|returned|configured)"
)
ADJECTIVES = rf"(?:{_ADJECTIVE_STOP}[a-z][a-z_-]{{1,30}} ){{0,3}}"
_TRAILING_S = re.compile(r"(?<=[a-z]{2})s\Z")


def name_unit(text: str) -> str:
    """Give a unit in words its short spelling: ``seconds`` is ``s``, ``requests per second`` is ``requests/s``."""
    text = text.strip()
    if " per " in text:
        text = text.replace(" per ", "/")
    top, slash, bottom = text.partition("/")
    return f"{_shorten(top)}/{_shorten(bottom)}" if slash else _shorten(top)


def read_number(text: str) -> float:
    """Read digits with thousands separators."""
    return float(text.replace(",", ""))


def singular(noun: str) -> str:
    """Strip a plural's ending, so that ``rows`` and ``row`` are the same thing."""
    low = noun.lower()
    if low.endswith("ies"):
        return low[:-3] + "y"
    if low.endswith(("sses", "ches", "xes")):
        return low[:-2]
    return low if low.endswith("ss") else _TRAILING_S.sub("", low)


def _shorten(word: str) -> str:
    return _CANONICAL.get(word) or _CANONICAL.get(singular(word)) or word
