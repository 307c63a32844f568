"""Thresholds on numbers that live outside the checklist: "Error rate < 5%", "P95 latency: < 200ms"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import msgspec

from gonogo.kernel.signals import ExpressionError, parse_expression
from gonogo.releases.expectations import compile_expectation
from gonogo.releases.hints import mentions
from gonogo.releases.plan import Doubt
from gonogo.releases.reading.bindings import Bindings
from gonogo.releases.reading.durations import find_duration
from gonogo.releases.reading.polarity import Leaning, is_odd, lean_column, lean_words, strip_order, turn_around
from gonogo.releases.rules import Human, Number, Polarity, Rule

_UNIT = (
    r"(?:%|percent|(?:ms|milliseconds?|s|secs?|seconds?|minutes?|mins?|hours?|hrs?|h|us|µs|[kmgt]i?b"
    r"|bytes)\b(?:/s)?|(?:req\w*|requests?|rps|tps|qps|ops|jobs?|errors?|messages?)\b(?:/\w+)?|/(?:s|sec|min"
    r"|h)\b)"
)
_VALUE = rf"[+-]?\d[\d,]*(?:\.\d+)?(?P<rest>\.\d+)?\s*(?P<unit>{_UNIT})?"
_SYMBOL = re.compile(rf"(?P<op><=|>=|=<|=>|≤|≥|<|>|==)\s*{_VALUE}", re.IGNORECASE)
_WORD = re.compile(
    r"\b(?P<op>(?:stays? |remains? |is |are |be |drops? |falls? |rises? |goes |climbs? )*(?:below|under"
    r"|less than|lower than|above|over|at least|at most|no more than"
    rf"|more than|greater than|higher than|fewer than|exceed(?:s|ing)?|up to|within))\s+{_VALUE}",
    re.IGNORECASE,
)
_WORD_HINTS = ("below", "under", "than", "above", "over", "at least", "at most", "exceed", "up to", "within")
_BOUND_HINTS = ("<", ">", "=", "%", *_WORD_HINTS)
_AVAILABILITY = re.compile(
    r"\b(?:uptime|availability|success rate|hit rate)\b[^.]*?\b(?P<value>\d{2}(?:\.\d+)?)\s*%", re.IGNORECASE
)
_BASELINE = re.compile(r"\b(?:baseline|previous|current)\b", re.IGNORECASE)
_PLANNED = re.compile(
    r"\b(?:downtime|roll ?back|time to|deadline|cool ?down|retention|window|estimat\w+|characters?|entropy"
    r"|recommend\w*|budget"
    r"|interval|timeout|expires?|older than|keep|budgeted|per (?:hour|day|week)|every|install|upgrade to"
    r"|requires?|version)\b",
    re.IGNORECASE,
)
_SOFTWARE = re.compile(
    r"^\W*(?:install |use |requires? )?(?:node(?:\.?js)?|python|postgres\w*|mysql|mariadb|redis|docker|java|jdk"
    r"|openjdk|go|golang|ruby|php|npm|yarn|pnpm|kubectl|kubernetes"
    r"|helm|terraform|nginx|git|ubuntu|debian|rust|cargo|gcc|cmake|mongodb|elasticsearch|kafka|rabbitmq)\b",
    re.IGNORECASE,
)
_WINDOW = re.compile(r"\b(?P<how>over|for)\s+(?:the\s+)?(?:last\s+|at least\s+)?(?=\d)", re.IGNORECASE)
_TRIGGER = re.compile(
    r"^(?:abort|roll ?back|stop|halt|alert|page|escalate|revert|no[- ]?go|trigger)s?\s*(?:if|when|:|on)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_LONG = re.compile(r"^(?:minutes?|mins?|hours?|hrs?|h|days?)$", re.IGNORECASE)
_BOUND = re.compile(r"(?:below|above|than|exceed\w*)$", re.IGNORECASE)
_STRAY_WINDOW = frozenset({"over", "within", "under", "up to"})


class Gate(NamedTuple):
    """A threshold understood. ``doubt`` is "polarity" where only a person can say whether it is good news or bad."""

    rule: Rule
    expression: str | None = None
    doubt: Doubt | None = None


def read_gate(text: str, above: Polarity, bindings: Bindings, column: str = "") -> Gate:
    """The gate of a threshold: its column's header says which way round it is, else its own words, else the heading."""
    said = (lean_column(column) if column else None) or lean_words(text)
    leaning = said or Leaning(above)
    rule, expression = compile_threshold(turn_around(strip_order(text)), leaning.polarity, bindings, text)
    certain = leaning.certain and not (said is None and above == "good" and is_odd(rule))
    if certain or not isinstance(rule, Number):
        return Gate(rule, expression)
    return Gate(msgspec.structs.replace(rule, signal=None), None, "polarity")


def is_threshold(text: str) -> bool:
    """Whether a line sets a bound for a live number, rather than plan a time or ask for a version."""
    if not mentions(text, _BOUND_HINTS):
        return False
    text = turn_around(strip_order(text))
    symbol = _SYMBOL.search(text)
    if symbol is not None:
        return not _is_version(text, symbol) and not _PLANNED.search(text[: symbol.start()] + text[symbol.end() :][:12])
    folded = text.lower()
    word = _WORD.search(text) if any(hint in folded for hint in _WORD_HINTS) else None
    if word is not None and word["unit"]:
        if word["op"].lower().split()[-1] in _STRAY_WINDOW and (
            _LONG.match(word["unit"]) or not _is_measured(text, word)
        ):
            return False
        return not _PLANNED.search(text)
    if word is not None and _BOUND.search(word["op"]) and not text[word.end() :].strip(" .)"):
        return not _PLANNED.search(text)
    if "%" not in text:
        return False
    return _AVAILABILITY.search(text) is not None and not _PLANNED.search(text.replace("window", ""))


def compile_threshold(text: str, polarity: Polarity, bindings: Bindings, source: str = "") -> tuple[Rule, str | None]:
    """The rule of a threshold and, when its phrase is bound, its expression; what can't be compiled is a person's."""
    lead = _TRIGGER.match(text)
    rule = compile_expectation(text[lead.end() :] if lead else text, polarity=polarity)
    if not isinstance(rule, Number):
        return Human(source=source or text, question=source or text), None
    signal = bindings.find_signal(text)
    if signal is None:
        return rule, None
    bound = Number(
        source=rule.source,
        op=rule.op,
        value=rule.value,
        low=rule.low,
        high=rule.high,
        unit=rule.unit,
        subject=rule.subject,
        signal=signal,
        polarity=rule.polarity,
    )
    return bound, write_expression(bound, text) if _is_readable(signal, rule.unit or "") else None


@lru_cache(maxsize=512)
def _is_readable(signal: str, unit: str) -> bool:
    try:
        parse_expression(f"{signal} < 1{unit}")
    except ExpressionError:
        return False
    return True


def write_expression(rule: Number, text: str = "") -> str | None:
    """The signal expression of a bound rule: ``http.error_rate < 5%``, with the window that ``text`` names."""
    if rule.signal is None:
        return None
    unit = rule.unit or ""
    if rule.op is not None and rule.value is not None:
        return f"{rule.signal} {rule.op} {_plain(rule.value)}{unit}{_write_window(text)}"
    if rule.low is not None and rule.high is not None:
        return f"{rule.signal} >= {_plain(rule.low)}{unit} and {rule.signal} <= {_plain(rule.high)}{unit}"
    return None


def _write_window(text: str) -> str:
    window = _WINDOW.search(text)
    length = find_duration(text, window.end()) if window else None
    if window is None or length is None or length.start != window.end():
        return ""
    return f" {window['how'].lower()} {_plain(length.seconds)}s"


def _plain(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".")


def _is_version(text: str, match: re.Match[str]) -> bool:
    return bool(match["rest"]) or (not match["unit"] and _SOFTWARE.match(text[: match.start()]) is not None)


def _is_measured(text: str, match: re.Match[str]) -> bool:
    return match["unit"] in ("%", "ms") or _BASELINE.search(text) is not None
