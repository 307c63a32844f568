"""Which event types an endpoint wants: names with ``*`` for any rest, such as ``release.*`` or ``*.failed``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache

from gonogo.kernel.phrasing import in_words

GLOB = in_words(
    r"^(\*|[a-z][a-z0-9_]*|\*\.[a-z0-9_]+)(\.([a-z0-9_]+|\*|[a-z0-9_]+\*))*$",
    "an event type, or one with * for any rest, such as order.*, *.failed or *",
)
TYPE = in_words(
    r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$", "words of small letters, digits and _ with dots between, such as order.shipped"
)


def matches_any(globs: Iterable[str], name: str) -> bool:
    """Whether one of the globs covers the event type."""
    return any(_compile(glob).fullmatch(name) is not None for glob in globs)


@lru_cache(maxsize=1000)
def _compile(glob: str) -> re.Pattern[str]:
    return re.compile(translate(glob))  # which keeps many stars from being tried in every combination
