"""Words that are nearly the one typed, found by shared deletions (the idea of SymSpell, Wolf Garbe 2012)."""

from __future__ import annotations

from collections.abc import Iterator

SHORTEST = 4
LONGEST = 30
LONG_WORD = 8


class TypoIndex:
    """Words by everything they are when one letter is left out."""

    def __init__(self) -> None:
        self._variants: dict[str, list[str]] = {}

    def add(self, word: str) -> None:
        """Make a word findable; numbers and very short or long words are not."""
        if _is_fit(word):
            for variant in _list_variants(word):
                self._variants.setdefault(variant, []).append(word)

    def discard(self, word: str) -> None:
        """Let go of a word that was added."""
        if _is_fit(word):
            for variant in _list_variants(word):
                words = self._variants[variant]
                words.remove(word)
                if not words:
                    del self._variants[variant]

    def find(self, typed: str) -> list[str]:
        """Words within one edit of ``typed``, or two when it is long; a swap of neighbours is one edit."""
        from rapidfuzz.distance import OSA

        if not SHORTEST <= len(typed) <= LONGEST:
            return []
        most = 2 if len(typed) >= LONG_WORD else 1
        near = {word for variant in _list_variants(typed) for word in self._variants.get(variant, ())}
        return [word for word in sorted(near) if OSA.distance(typed, word, score_cutoff=most) <= most]


def _is_fit(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


def _list_variants(word: str) -> Iterator[str]:
    yield word
    yield from {word[:n] + word[n + 1 :] for n in range(len(word))}
