"""``14 files / 121 tests passing``, ``returns 200 with {"ok": true}``: several claims in one expectation.

They become one rule only when every piece compiles by itself; a piece that does not leaves the text to a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gonogo.releases.expectations.phrase import Phrase, drop_emphasis
from gonogo.releases.hints import mentions
from gonogo.releases.rules import Absence, Contains, Count, Every, Exact, HttpStatus, Json, Rule

_MOST = 5
# Without one of these a text says one thing.
_SEPARATING = (" and ", ",", ";", "/", "+", "&", " | ", " with ")
_SEPARATOR = re.compile(r"(?:,? and |, with |; | / | \+ |, )(?=\S)")
_UNSPLIT = re.compile(r"\b(?:or|if|when|unless|etc|while|until|either|e\.g|between)\b", re.IGNORECASE)
_QUOTES = re.compile(r"`[^`]*`|\"[^\"]*\"|“[^”]*”|'[^']*'|\{.*\}|\[.*\]")
_LITERALS = re.compile(r"(?:`[^`]+`|\"[^\"]+\"|“[^”]+”)(?:(?:,? and |, | & )(?:`[^`]+`|\"[^\"]+\"|“[^”]+”)){1,7}\Z")
_LITERAL = re.compile(r"[`\"“]([^`\"”]+)[`\"”]")
_VERB = re.compile(
    r"(?:contains?|includes?|shows?|prints?|returns?|lists?|mentions?|has|have)(?: both| all)? ", re.IGNORECASE
)


def compile_several(phrase: Phrase, compile_one: Callable[[Phrase], Rule | None]) -> Every | None:
    """Read two to five claims, each of which ``compile_one`` understands."""
    text = phrase.text
    if not mentions(text, _SEPARATING) or _UNSPLIT.search(_QUOTES.sub("", text)):
        return None
    listed = text[match.end() :] if (match := _VERB.match(text)) else text
    if phrase.label and _LITERALS.match(listed):
        rules = tuple(Contains(source=phrase.source, text=found) for found in _LITERAL.findall(listed))
        return Every(source=phrase.source, rules=rules)
    pieces = _split(text)
    if not 2 <= len(pieces) <= _MOST:
        return None
    found = [compile_one(_piece(phrase, piece)) for piece in pieces]
    if not all(isinstance(rule, HttpStatus | Json | Absence | Count | Contains | Exact) for rule in found):
        return None
    if any(isinstance(rule, Count) and rule.noun is None and rule.total is None for rule in found):
        return None
    return Every(source=phrase.source, rules=tuple(rule for rule in found if rule is not None))


def _piece(phrase: Phrase, text: str) -> Phrase:
    return Phrase(phrase.source, drop_emphasis(text), text.lower(), phrase.label, phrase.command)


def _split(text: str) -> list[str]:
    """The pieces between separators that stand outside quotes and braces."""
    held = [match.span() for match in _QUOTES.finditer(text)]
    pieces, start = [], 0
    for match in _SEPARATOR.finditer(text):
        if any(begin <= match.start() < end for begin, end in held):
            continue
        pieces.append(text[start : match.start()].strip())
        start = match.end()
    return [piece for piece in (*pieces, text[start:].strip()) if piece]
