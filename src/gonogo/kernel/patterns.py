"""Regular expressions that people give, matched in time linear to the text (RE2): none of them can hold the server."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

_MOST_MEMORY = 8 << 20
_LONGEST = 2000
_MISSING = ("invalid perl operator", "invalid escape sequence")
_HINT = " Lookaround and back-references are not available: patterns are matched in linear time (RE2)."


class BadPattern(ValueError):
    """A text is not a regular expression that can be used; the message says why."""


class Match(Protocol):
    """What is used of a match."""

    def group(self, number: int = 0, /) -> Any:
        """The text of a group."""
        ...


class Pattern(Protocol):
    """What is used of a compiled pattern."""

    @property
    def groups(self) -> int:
        """How many groups it has."""
        ...

    def search(self, text: str, /) -> Match | None:
        """The first match, wherever it is."""
        ...


@lru_cache(maxsize=1000)
def compile_pattern(text: str) -> Pattern:
    """The pattern of a regular expression. Raises ``BadPattern``."""
    import re2  # type: ignore[import-untyped]  # half a megabyte that most processes never need

    if len(text) > _LONGEST:
        raise BadPattern(f"it is longer than {_LONGEST} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        compiled: Pattern = re2.compile(text, options=options)
    except re2.error as error:
        raise BadPattern(_explain(error)) from error
    return compiled


def _explain(error: Exception) -> str:
    told = error.args[0] if error.args else str(error)
    text = told.decode(errors="replace") if isinstance(told, bytes) else str(told)
    return f"{text}.{_HINT}" if text.startswith(_MISSING) else text
