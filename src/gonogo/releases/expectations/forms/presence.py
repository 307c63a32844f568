"""``should not be empty``, ``a non-empty list``: that there is something, whatever it is."""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.rules import NotEmpty

_THING = r"(?:output|stdout|results?|responses?|response body|body|lists?|arrays?|strings?|set)"
_PRESENT = re.compile(
    rf"(?:(?:the |an? |this |it )?(?:{_THING} )?(?:(?:should|must|shall|may|can) ?(?:not|n't) be"
    rf"|(?:is|are) ?(?:not|n't)|not(?: be)?|never|cannot be) (?:an? )?(?:empty|blank)(?: {_THING})?"
    rf"|(?:(?:the )?(?:{_THING} )?(?:(?:is|are|should be|must be) )?)?(?:an? )?non[- ]?(?:empty|blank)(?: {_THING})?)\Z"
)
# They print something of an empty thing as well: its name, its size, its count.
_MEASURES = re.compile(r"(?:^|[|;&]\s*)(?:sudo\s+)?(?:ls|stat|du|df|wc|file|test|\[|echo|printf|find)\b[^|;&]*\Z")


def compile_presence(phrase: Phrase) -> NotEmpty | None:
    """Read "not empty" of a command whose output is the thing itself, not its name or its size."""
    if not _PRESENT.match(phrase.low) or _MEASURES.search(phrase.command.strip()):
        return None
    return NotEmpty(source=phrase.source)
