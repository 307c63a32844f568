"""What is wrong with a set of variables. Pure; no finding ever shows a value."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

import msgspec

from gonogo.kernel.secrets.masking import is_secret_name

LEAST_LENGTH = 32
LEAST_BITS = 3.0
_DEFAULT_WORDS = """
    admin administrator changeme change-me change_me default demo example guest insecure letmein password passw0rd
    postgres root secret secret-key supersecret test token welcome qwerty 123456 12345678 minioadmin redis mysecret
    your-secret your-secret-key your_secret_key your-password dev-secret dev secretkey jwt-secret s3cr3t hunter2
"""
_DEFAULTS = frozenset(_DEFAULT_WORDS.split())
_PLACEHOLDER = re.compile(
    r"change[-_ ]?me|your[-_ ]|<[^>]+>|replace[-_ ]?(?:me|this)|\bxxx+|todo|\.\.\.", re.IGNORECASE
)
_DEBUG = re.compile(r"(?:^|_)DEBUG(?:_MODE|_ENABLED)?$", re.IGNORECASE)
_CORS = re.compile(r"CORS|ALLOWED?_ORIGINS?", re.IGNORECASE)
_DOCS = re.compile(
    r"(?:PUBLIC|ENABLE|API|OPENAPI|SWAGGER)_?(?:API_?)?DOCS|DOCS_(?:ENABLED|PUBLIC)|SWAGGER_ENABLED", re.IGNORECASE
)
_OFF = frozenset({"", "0", "false", "no", "off", "none", "null"})
_PUBLIC_HALF = re.compile(r"PUBLIC|PUBLISHABLE|_ID$|_URL$|_HOST$|_USER$", re.IGNORECASE)


class Finding(msgspec.Struct, frozen=True):
    """One rule that a variable breaks, and the way out."""

    name: str
    rule: str
    told: str


def check_variables(
    values: Mapping[str, str],
    required: tuple[str, ...],
    secrets: Mapping[str, int],
    *,
    production: bool,
) -> list[Finding]:
    """Every finding. ``secrets`` are the lengths asked of the named ones; others are known by their names."""
    return [
        *_find_missing(values, (*required, *secrets)),
        *_find_weak(values, secrets),
        *(_find_unsafe(values) if production else ()),
    ]


def list_secrets(values: Mapping[str, str], named: Mapping[str, int]) -> dict[str, int]:
    """Every variable that is held to be a secret, with the length asked of it."""
    by_name = {name: LEAST_LENGTH for name in values if is_secret_name(name) and not _PUBLIC_HALF.search(name)}
    return {**by_name, **named}


def measure_entropy(text: str) -> float:
    """Shannon entropy in bits a character (C. E. Shannon, 1948): 0 for "aaaa", 4 for random hex digits."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0


def _find_missing(values: Mapping[str, str], required: tuple[str, ...]) -> Iterator[Finding]:
    for name in dict.fromkeys(required):
        if not values.get(name):
            yield Finding(name, "missing", "is not set; give it a value")
        elif _PLACEHOLDER.search(values[name]):
            yield Finding(name, "placeholder", "still holds a placeholder; give it its real value")


def _find_weak(values: Mapping[str, str], named: Mapping[str, int]) -> Iterator[Finding]:
    for name, least in list_secrets(values, named).items():
        value = values.get(name, "")
        if value:
            yield from _judge_secret(name, value, least)
    for name, value in values.items():
        password = _find_password(value)
        if password is not None and password.lower() in _DEFAULTS:
            yield Finding(name, "known-default", "holds an address with a password everybody knows; change it")


def _judge_secret(name: str, value: str, least: int) -> Iterator[Finding]:
    if value.lower() in _DEFAULTS or _PLACEHOLDER.search(value):
        yield Finding(name, "known-default", "is a default that everybody knows; make a random one")
        return
    if len(value) < least:
        yield Finding(name, "too-short", f"has {len(value)} characters and needs {least}; make a longer one")
    bits = measure_entropy(value)
    if bits < LEAST_BITS:
        told = f"has {bits:.1f} bits a character and needs {LEAST_BITS:.1f}; make a random one"
        yield Finding(name, "too-regular", told)


def _find_password(value: str) -> str | None:
    if "://" not in value:
        return None
    try:
        password = urlsplit(value).password
    except ValueError:
        return None
    return unquote(password) if password else None


def _find_unsafe(values: Mapping[str, str]) -> Iterator[Finding]:
    for name, value in values.items():
        is_on = value.strip().lower() not in _OFF
        if _DEBUG.search(name) and is_on:
            yield Finding(name, "debug", "is on; production runs without debugging")
        if _CORS.search(name) and "*" in re.split(r"[\s,\[\]\"']+", value):
            yield Finding(name, "cors", "allows every site (*); name the sites that may call")
        if _DOCS.search(name) and is_on:
            yield Finding(name, "docs", "shows the API's documentation to everybody; switch it off in production")
