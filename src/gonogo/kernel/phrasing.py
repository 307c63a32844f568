"""What people are told of a value that breaks a rule: patterns in the words of whoever made them."""

from __future__ import annotations

import re

_WORDS: dict[str, str] = {}
_PATTERN = re.compile(r"Expected `str` matching regex (?P<pattern>(['\"]).*\2)", flags=re.DOTALL)
_INSTANT = re.compile(r"Invalid RFC3339 encoded datetime|Expected `datetime`(, got `\w+`)?")


def in_words(pattern: str, words: str) -> str:
    """``pattern`` for a ``msgspec.Meta``; who breaks it is told: Expected ``words``.

    Example: ``Meta(pattern=in_words(r"^[0-9a-f]{64}$", "a SHA-256 in hexadecimal"))``
    """
    _WORDS[repr(pattern)] = words
    return pattern


def phrase_fault(message: str) -> str:
    """A validator's message as people say it."""
    message = _INSTANT.sub("Expected an instant such as 2026-03-02T12:00:00Z", message)
    found = _PATTERN.search(message)
    if found is None or found["pattern"] not in _WORDS:
        return message
    return f"{message[: found.start()]}Expected {_WORDS[found['pattern']]}{message[found.end() :]}"
