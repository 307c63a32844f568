"""Whether words are English. Others are never guessed at: what stands under them waits for a person."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# Words that hold sentences together, each of them rare in English and in the names of software.
_SPOKEN_ABROAD = """
    alla alle allen allo alten antes ao aos après att até auf aus aux avant avec bei bij bir ces cette che
    como con cuando danach dann dans das de degli del della delle dello dem depuis der desde después det deze
    değil dla dopo durch een ei ein eine einen einer eines el eller en esta este estos está falls fazer från
    för für gegen gli hacer hasta het hvis ikke il ile inte ist için jak jest jos kein keine kun la las le les
    lors los mais mit más naar nach nei nel nella neue neuen nicht niet noch nur não och oder og ohne ook oraz
    où para pas pela pelo por przed przez przy på quando que sans sem sind się skal sobre sono sont são sólo
    tai till uma umas una unas und une unos unter van vers vom von voor vor votre wenn werden wieder wird
    wordt zijn zu zum zur zwischen über
"""
_SPOKEN = """
    after all and any are as at be before by can do does each every for from has have if in into is it must no
    not of on only or our should than that the then there this to until we when which will with you your
"""
_BORROWED = "café naïve résumé façade fiancé cliché déjà über jalapeño piñata señor touché voilà"
_FOREIGN = frozenset(_SPOKEN_ABROAD.split())
_ENGLISH = frozenset(_SPOKEN.split())
_KNOWN = _FOREIGN | _ENGLISH
_LOANS = frozenset(_BORROWED.split())
_LONGEST = 500
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PLAIN_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_MIXED = frozenset("µμΩΔπσλα")


@lru_cache(maxsize=4096)
def is_foreign(text: str) -> bool:
    """Whether a heading, a label or a sentence is written in another language than English."""
    if not text.isascii() and _has_foreign_letters(text):
        return True
    foreign, english = count_words(text)
    return foreign > english


def count_words(text: str) -> tuple[int, int]:
    """How many of the small words in ``text`` belong to other languages, and how many to English."""
    foreign = english = 0
    for word in (_PLAIN_WORD if text.isascii() else _WORD).findall(text):
        folded = word.lower()
        if folded not in _KNOWN or (len(word) > 1 and word.isupper()):
            continue
        foreign += folded in _FOREIGN
        english += folded in _ENGLISH
    return foreign, english


def _has_foreign_letters(text: str) -> bool:
    for word in _WORD.findall(text):
        if not word.isascii() and word.lower() not in _LOANS and not _MIXED.issuperset(word):
            return True
    return False


class Tally(NamedTuple):
    """How many small words of a text are foreign, how many English, and how many passages have foreign letters."""

    foreign: int = 0
    english: int = 0
    odd: int = 0

    @property
    def is_foreign(self) -> bool:
        """Whether most of what was said is in another language; names and numbers say nothing."""
        return self.foreign + 2 * self.odd > self.english and self.foreign + self.odd >= 2


def tally_texts(texts: list[str]) -> Tally:
    """Count what some texts say in which language."""
    said = [text[:_LONGEST] for text in texts]
    foreign, english = count_words("\n".join(said))
    return Tally(foreign, english, sum(not text.isascii() and _has_foreign_letters(text) for text in said))


def sum_tallies(tallies: list[Tally]) -> Tally:
    """The count of several texts together."""
    return Tally(*map(sum, zip(*tallies, strict=True))) if tallies else Tally()
