"""What must not be kept in evidence: secret values, credentials in URLs and headers, tokens, private keys.

Everything here takes time in proportion to the data, whatever the data is.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Final, NamedTuple
from urllib.parse import quote

from gonogo.kernel.secrets.token_shapes import AROUND, JWT, TOKENS

MASK: Final = b"***"
WINDOW: Final = 1 << 16
"""No secret that is looked for is longer than this, what stands around it included."""

_SHORTEST = 4
_SHORTEST_PART = 12
_LONGEST_LITERAL = 1 << 13
_PLAIN_WORDS = frozenset({"true", "false", "none", "null", "yes", "changeme", "default", "localhost"})

_SECRET_NAME = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|APIKEY|PRIVATE|(?:^|_)(?:KEY|KEYS|PASS|PWD|DSN|AUTH|SALT|PEPPER)(?:_|\d|$)",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(r"^(?:OLD)?PWD$|^SSH_AUTH_SOCK$|_(?:FILE|PATH|DIR|TTL|LENGTH|COUNT)$", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"://[^\s/:@]{0,256}:([^\s/@]{1,1024})@")

_TOKENS = tuple((word, re.compile(pattern)) for word, pattern in TOKENS)
_JWT = re.compile(JWT)
_AROUND = tuple((word, re.compile(pattern)) for word, pattern in AROUND)
_KEY_BEGINS = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_ENDS = re.compile(rb"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_LONGEST_KEY = WINDOW - 256


class Span(NamedTuple):
    """A secret in some data. ``context`` is where the words begin that gave it away."""

    start: int
    end: int
    context: int


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name holds a secret, by its name alone."""
    return _SECRET_NAME.search(name) is not None and _NOT_SECRET.search(name) is None


def find_secrets(variables: Mapping[str, str]) -> frozenset[str]:
    """The values not to show: those of secret-like names, and the passwords inside URLs of any variable."""
    named = (value for name, value in variables.items() if is_secret_name(name))
    in_urls = (match[1] for value in variables.values() if "://" in value for match in _URL_PASSWORD.finditer(value))
    return frozenset(value for value in (*named, *in_urls) if is_worth_masking(value))


def is_worth_masking(value: str) -> bool:
    """Whether a secret value is long and rare enough to be masked wherever it stands."""
    return len(value) >= _SHORTEST and value.lower() not in _PLAIN_WORDS


class Masker:
    """Replaces secrets in bytes. Secrets that overlap are replaced together."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secrets)
        forms = {form for secret in self._secrets for form in _list_forms(secret)}
        self._literals = tuple(sorted(forms, key=len, reverse=True))

    def knows(self, secrets: Set[str]) -> bool:
        """Whether these are all among the secrets it masks."""
        return secrets <= self._secrets

    def mask(self, data: bytes) -> bytes:
        """The data with every secret replaced by three stars."""
        return hide(data, self.find_spans(data))

    def mask_text(self, text: str) -> str:
        """The same for text."""
        return self.mask(text.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")

    def find_spans(self, data: bytes) -> list[Span]:
        """Every secret in the data, in their order; none overlaps another."""
        found = sorted((*self._find_literals(data), *_find_shapes(data), *_find_keys(data)))
        return _merge(found)

    def find_cut(self, data: bytes, cut: int) -> int:
        """The last place up to ``cut`` where nothing that comes later can make a secret begin before it."""
        while (begun := self._find_begun(data, cut)) < cut:
            cut = data.rfind(b"\n", 0, begun) + 1
        return cut

    def _find_literals(self, data: bytes) -> Iterator[Span]:
        for literal in self._literals:
            start = data.find(literal)
            while start >= 0:
                end = start + len(literal)
                yield Span(start, end, start)
                start = data.find(literal, end)

    def _find_begun(self, data: bytes, cut: int) -> int:
        split = (_find_split(literal, data, cut) for literal in self._literals if b"\n" in literal or b"\r" in literal)
        return min(_find_open_key(data, cut), *split, cut)


def hide(data: bytes, spans: Iterable[Span]) -> bytes:
    """The data with these spans replaced."""
    pieces, done = [], 0
    for start, end, _ in spans:
        pieces += [data[done:start], MASK]
        done = end
    return b"".join((*pieces, data[done:]))


def _list_forms(secret: str) -> Iterator[bytes]:
    """The secret as it is, and as URLs, JSON and base64 write it; a longer one also line by line."""
    plain = secret.encode("utf-8", "surrogateescape")
    if len(plain) < _SHORTEST:
        return
    yield from (plain[at : at + _LONGEST_LITERAL] for at in range(0, len(plain), _LONGEST_LITERAL))
    yield quote(plain[:_LONGEST_LITERAL], safe="").encode()
    yield json.dumps(secret[:_LONGEST_LITERAL]).encode()[1:-1]
    if len(plain) >= _SHORTEST_PART:
        # Without what a following character would change.
        yield b64encode(plain[: min(len(plain), _LONGEST_LITERAL) // 3 * 3])
        yield from (line.strip() for line in plain.splitlines() if _SHORTEST_PART <= len(line) <= _LONGEST_LITERAL)


def _find_shapes(data: bytes) -> Iterator[Span]:
    for word, pattern in _TOKENS:
        if word in data:
            yield from (Span(match.start(), match.end(), match.start()) for match in pattern.finditer(data))
    for match in _JWT.finditer(data) if b"eyJ" in data else ():
        if b"." in match[0]:
            yield Span(match.start(), match.end(), match.start())
    lower = data.lower()
    for word, pattern in _AROUND:
        if word in lower:
            yield from (Span(*match.span("secret"), match.start()) for match in pattern.finditer(data))


def _find_keys(data: bytes) -> Iterator[Span]:
    begins = _KEY_BEGINS.search(data)
    while begins:
        ends = _KEY_ENDS.search(data, begins.end(), begins.end() + _LONGEST_KEY)
        end = ends.start() if ends else min(begins.end() + _LONGEST_KEY, len(data))
        yield Span(begins.end(), end, begins.start())
        begins = _KEY_BEGINS.search(data, ends.end() if ends else end)


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Span(last.start, max(last.end, span.end), min(last.context, span.context))
        elif span.end > span.start:
            merged.append(span)
    return merged


def _find_split(literal: bytes, data: bytes, cut: int) -> int:
    # Where a secret begins that the cut would split; the cut itself when there is none.
    start = max(0, cut - len(literal) + 1)
    while (start := data.find(literal[:1], start, cut)) >= 0:
        if literal.startswith(data[start : start + len(literal)]):
            return start
        start += 1
    return cut


def _find_open_key(data: bytes, cut: int) -> int:
    position = max(0, cut - WINDOW)
    while begins := _KEY_BEGINS.search(data, position, cut):
        ends = _KEY_ENDS.search(data, begins.end(), min(cut, begins.end() + _LONGEST_KEY))
        if ends is None and len(data) - begins.end() < _LONGEST_KEY:
            return begins.start()
        position = ends.end() if ends else begins.end() + _LONGEST_KEY
    return cut
