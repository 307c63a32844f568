"""The inverted index: for every word, the settings that have it, by field, as compressed bitmaps."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from pyroaring import BitMap

from gonogo.settings.changes import Commit
from gonogo.settings.definition import Definition
from gonogo.settings.live import Follower, LiveSettings
from gonogo.settings.models import DEFAULT
from gonogo.settings.search.typos import TypoIndex
from gonogo.settings.search.words import split_words, write_value
from gonogo.settings.snapshot import Snapshot

FIELDS = ("key", "label", "category", "value", "description")
WEIGHTS = (8.0, 6.0, 4.0, 3.0, 2.0)
EXACT, PREFIX, TYPO = 1.0, 0.7, 0.4
EXPANSIONS = 200
TERMS = 12
SCORED = 200
NEAR_KEYS = 3
_VALUE = FIELDS.index("value")


# By field: the settings that have the word. Most words have one, and a bitmap for each would cost 300 bytes.
_Fields = list[int | BitMap | None]


class Hit(msgspec.Struct, frozen=True):
    """One setting found."""

    key: str
    score: float


class Found(msgspec.Struct, frozen=True):
    """The best hits, how many there are in all, and by which words the query's terms were matched."""

    hits: list[Hit]
    total: int
    matched: dict[str, int]


class _Term(msgspec.Struct, frozen=True):
    """One word of the query: bitmaps by weight, best first, and all of them together."""

    tiers: list[tuple[float, BitMap]]
    all: BitMap


class SearchIndex(Follower):
    """Every setting of the default environment by the words of its texts. Used on the event loop only."""

    def __init__(self, live: LiveSettings) -> None:
        self._live = live
        self._keys: list[str] = []
        self._numbers: dict[str, int] = {}
        self._postings: dict[str, _Fields] = {}
        self._vocabulary: list[str] = []
        self._typos = TypoIndex()
        live.add_follower(self, trails=True)

    def restart(self) -> None:
        """Index everything anew."""
        self._keys, self._numbers, self._postings, self._typos = [], {}, {}, TypoIndex()
        for definition in self._live.definitions.values():
            number = self._number(definition.key)
            for field, words in enumerate(self._read_words(definition, self._live.snapshot.values)):
                for word in words:
                    _add(self._postings.setdefault(word, [None] * len(FIELDS)), field, number)
        for word in self._postings:
            self._typos.add(word)
        self._vocabulary = sorted(self._postings)

    def search(self, query: str, limit: int = 20) -> Found:
        """The settings that match every word of ``query``, or else any of them, best first."""
        self._live.settle()
        matched: dict[str, int] = {}
        terms = [self._match_term(word, matched) for word in split_words(query)[:TERMS]]
        if not terms:
            return Found([], 0, {})
        candidates = BitMap.intersection(*(term.all for term in terms))
        if not candidates:
            candidates = BitMap.union(*(term.all for term in terms))
        total = len(candidates)
        candidates = _narrow(candidates, terms, limit)
        typed = query.strip().lower()
        scored = sorted((-self._score(number, terms, typed), self._keys[number]) for number in candidates)
        return Found([Hit(key, round(-score, 3)) for score, key in scored[:limit]], total, matched)

    def find_near_keys(self, key: str) -> list[str]:
        """Keys that somebody who typed ``key`` may have meant."""
        from rapidfuzz import fuzz, process  # 3 MB that a server without typos does not need

        found = self.search(key.replace(".", " "), limit=50)
        keys = [hit.key for hit in found.hits]
        near = process.extract(key, keys, scorer=fuzz.ratio, limit=NEAR_KEYS, score_cutoff=50)
        return [choice for choice, _, _ in near]

    def follow(self, commit: Commit, before: Snapshot, after: Snapshot) -> None:
        if commit.environment != DEFAULT:
            return
        for change in commit.changes:
            definition = self._live.definitions.get(change.key)
            if definition is None or definition.secret or change.key not in self._numbers:
                continue
            self._move(change.key, before.values.get(change.key), after.values[change.key])

    def _move(self, key: str, before: Any, after: Any) -> None:
        number, left = self._numbers[key], set(split_words(write_value(before)))
        for word in left & self._postings.keys():
            _discard(self._postings[word], _VALUE, number)
        for word in split_words(write_value(after)):
            if word not in self._postings:
                self._postings[word] = [None] * len(FIELDS)
                insort(self._vocabulary, word)
                self._typos.add(word)
            _add(self._postings[word], _VALUE, number)
        for word in left & self._postings.keys():
            if all(numbers is None for numbers in self._postings[word]):
                self._forget(word)

    def _forget(self, word: str) -> None:
        # A slider leaves a new number behind with every move of the hand.
        del self._postings[word]
        del self._vocabulary[bisect_left(self._vocabulary, word)]
        self._typos.discard(word)

    def _number(self, key: str) -> int:
        self._numbers[key] = len(self._keys)
        self._keys.append(key)
        return self._numbers[key]

    def _read_words(self, definition: Definition, values: Mapping[str, Any]) -> Sequence[set[str]]:
        value = "" if definition.secret else write_value(values[definition.key])
        texts = (definition.key, definition.label, definition.category, value, definition.description)
        return [set(split_words(text)) for text in texts]

    def _match_term(self, term: str, matched: dict[str, int]) -> _Term:
        kinds = [(EXACT, [term] if term in self._postings else []), (PREFIX, self._expand(term))]
        if not kinds[0][1] and not kinds[1][1]:
            kinds.append((TYPO, self._typos.find(term)))
        tiers = []
        for kind, words in kinds:
            for word in words:
                matched[word] = len(term) if kind == PREFIX else len(word)
            for field, weight in enumerate(WEIGHTS):
                numbers = _unite(self._postings[word][field] for word in words)
                if numbers:
                    tiers.append((weight * kind, numbers))
        tiers.sort(key=lambda tier: -tier[0])
        return _Term(tiers, BitMap.union(*(numbers for _, numbers in tiers)) if tiers else BitMap())

    def _expand(self, term: str) -> list[str]:
        start = bisect_left(self._vocabulary, term)
        found = []
        for word in self._vocabulary[start : start + EXPANSIONS]:
            if not word.startswith(term):
                break
            if word != term:
                found.append(word)
        return found

    def _score(self, number: int, terms: Sequence[_Term], typed: str) -> float:
        key = self._keys[number]
        score = sum(_rate(number, term) for term in terms)
        if key == typed:
            score += 100
        elif key.startswith(typed):
            score += 10
        return score - len(key) / 1000


def _add(fields: _Fields, field: int, number: int) -> None:
    numbers = fields[field]
    if isinstance(numbers, BitMap):
        numbers.add(number)
    elif numbers is None:
        fields[field] = number
    elif numbers != number:
        fields[field] = BitMap((numbers, number))


def _discard(fields: _Fields, field: int, number: int) -> None:
    numbers = fields[field]
    if isinstance(numbers, BitMap):
        numbers.discard(number)
        if not numbers:
            fields[field] = None
    elif numbers == number:
        fields[field] = None


def _unite(several: Iterable[int | BitMap | None]) -> BitMap:
    known = [numbers for numbers in several if numbers is not None]
    bitmaps = [numbers for numbers in known if isinstance(numbers, BitMap)]
    single = BitMap([numbers for numbers in known if isinstance(numbers, int)])
    return BitMap.union(single, *bitmaps)


def _rate(number: int, term: _Term) -> float:
    return next((weight for weight, numbers in term.tiers if number in numbers), 0.0)


def _narrow(candidates: BitMap, terms: Sequence[_Term], limit: int) -> BitMap:
    """Few enough to score one by one, and among them the best: those that match in the weightiest fields."""
    if len(candidates) <= SCORED:
        return candidates
    for least in sorted({weight for term in terms for weight, _ in term.tiers}, reverse=True):
        strong = candidates.copy()
        for term in terms:
            tiers = [numbers for weight, numbers in term.tiers if weight >= least]
            strong &= BitMap.union(*tiers) if tiers else BitMap()
        if len(strong) >= limit:
            return BitMap(strong[:SCORED])
    return BitMap(candidates[:SCORED])
