"""What must not be kept in evidence: secret values, credentials in URLs, bearer tokens, private keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from typing import Final
from urllib.parse import quote

MASK: Final = b"***"
_SHORTEST = 4
_LONGEST_LINE = 1 << 16
_PLAIN_WORDS = frozenset({"true", "false", "none", "null", "yes", "changeme", "default", "localhost"})

_SECRET_NAME = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|APIKEY|PRIVATE|(?:^|_)(?:KEY|KEYS|PASS|PWD|DSN|AUTH|SALT|PEPPER)(?:_|\d|$)",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(r"^(?:OLD)?PWD$|^SSH_AUTH_SOCK$|_(?:FILE|PATH|DIR|TTL|LENGTH|COUNT)$", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/:@]*:([^\s/@]+)@", re.IGNORECASE)

# Group "secret" of each pattern is what gets masked; the words around it stay readable.
_KEY = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<secret>.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_PATTERNS = (
    re.compile(rb"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@]*:(?P<secret>[^\s/@]+)@"),
    re.compile(rb"\b(?:bearer|basic)[ \t]+(?P<secret>[A-Za-z0-9._~+/=-]{8,})", re.IGNORECASE),
)

_SCHEME_LAST = re.compile(rb"(?:bearer|basic)[ \t]+\Z", re.IGNORECASE)
_KEY_BEGINS = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_KEY_ENDS = re.compile(rb"-----END [A-Z ]*PRIVATE KEY-----")


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name holds a secret, by its name alone."""
    return _SECRET_NAME.search(name) is not None and _NOT_SECRET.search(name) is None


def find_secrets(variables: Mapping[str, str]) -> frozenset[str]:
    """The values not to show: those of secret-like names, and the passwords inside URLs of any variable."""
    named = (value for name, value in variables.items() if is_secret_name(name))
    in_urls = (match[1] for value in variables.values() for match in _URL_PASSWORD.finditer(value))
    return frozenset(value for value in (*named, *in_urls) if _is_worth_masking(value))


def _is_worth_masking(value: str) -> bool:
    return len(value) >= _SHORTEST and value.lower() not in _PLAIN_WORDS


class Masker:
    """Replaces secrets in bytes. The longest secret wins where one holds another."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secrets)
        plain = {secret.encode("utf-8", "surrogateescape") for secret in self._secrets if len(secret) >= _SHORTEST}
        forms = plain | {quote(secret, safe="").encode() for secret in plain}
        self._literals = tuple(sorted(forms, key=len, reverse=True))
        self._literal = re.compile(b"|".join(map(re.escape, self._literals))) if self._literals else None

    def knows(self, secrets: Set[str]) -> bool:
        """Whether these are all among the secrets it masks."""
        return secrets <= self._secrets

    def mask(self, data: bytes) -> bytes:
        """The data with every secret replaced by three stars."""
        # Keys first: masking anything else could take away the mark that a key begins with.
        data = _KEY.sub(_hide_secret, data)
        if self._literal is not None:
            data = self._literal.sub(MASK, data)
        for pattern in _PATTERNS:
            data = pattern.sub(_hide_secret, data)
        return data

    def mask_text(self, text: str) -> str:
        """The same for text."""
        return self.mask(text.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")

    def find_cut(self, data: bytes) -> int:
        """How much of the beginning can be masked now without a later chunk changing the result."""
        cut = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if cut == 0 and len(data) > _LONGEST_LINE:
            cut = _find_space(data)
        while (begun := self._find_begun_secret(data, cut)) < cut:
            cut = data.rfind(b"\n", 0, begun) + 1
        return cut

    def _find_begun_secret(self, data: bytes, cut: int) -> int:
        begun = (self._find_begun(literal, data, cut) for literal in self._literals)
        return min(_find_open_key(data, cut), *begun, cut)

    def _find_begun(self, literal: bytes, data: bytes, cut: int) -> int:
        # Where a secret begins that the cut would split; the cut itself when there is none.
        for length in range(min(len(literal) - 1, cut), 0, -1):
            start = cut - length
            if literal.startswith(data[start : start + len(literal)]):
                return start
        return cut


def _find_space(data: bytes) -> int:
    cut = data.rfind(b" ") + 1
    scheme = _SCHEME_LAST.search(data, 0, cut)
    return scheme.start() if scheme else cut


def _find_open_key(data: bytes, cut: int) -> int:
    begins = [match.start() for match in _KEY_BEGINS.finditer(data, 0, cut)]
    if not begins or _KEY_ENDS.search(data, begins[-1], cut):
        return cut
    return begins[-1]


def _hide_secret(match: re.Match[bytes]) -> bytes:
    start, end = match.start("secret") - match.start(), match.end("secret") - match.start()
    return match[0][:start] + MASK + match[0][end:]
