"""``DEBUG=false``, ``ENVIRONMENT set to "production"``: a key and the value it must have."""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.rules import Exact

_EQUALS = re.compile(
    r"(?P<key>[A-Za-z_][\w.-]{0,80}\w)=(?P<value>\"[^\"]{0,200}\"|'[^']{0,200}'|[^\s=<>\"'`]{1,200})\Z"
)
_SET = re.compile(
    r"`?(?P<key>[A-Z][A-Z0-9_]{1,80})`?(?: is| are| must be| should be)?(?: set)? (?:to|as|=|is|be) "
    r"(?P<value>\"[^\"]{1,200}\"|'[^']{1,200}'|`[^`]{1,200}`|true|false)\Z"
)
_PLACEHOLDER = re.compile(r"<[^>]*>|\.\.\.|your[-_]|xxx|changeme|\$", re.IGNORECASE)


def compile_setting(phrase: Phrase) -> Exact | None:
    """Read one assignment that fills the phrase; a placeholder is no value to hold anything against."""
    text = phrase.text.strip("` ") if "=" in phrase.text else phrase.text
    match = (_EQUALS.match(text) if "=" in text else None) or _SET.match(phrase.text)
    if match is None or _PLACEHOLDER.search(match["value"]):
        return None
    return Exact(source=phrase.source, text=match["value"].strip("\"'`"), key=match["key"])
