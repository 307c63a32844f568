"""Secrets inside documents: the payload of a job, a table of gonogo.toml, the result of a command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gonogo.kernel.secrets.masking import Masker, is_secret_name, is_worth_masking

HIDDEN = "********"
WHOLE = frozenset({"env", "headers", "environment"})
"""Fields of which every value is a secret: what a program or a server is given says who somebody is."""
_SECRET_HEADER = re.compile(r"auth|cookie|api.?key|access.?key", re.IGNORECASE)
_RANDOM = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_+=.~-]{12,512}")
_VARIETY = 8
_LOGIN = re.compile(r"(?<=://)[^\s/@]*@")
_SHAPES = Masker()


def is_secret_field(name: str) -> bool:
    """Whether a field of this name holds a secret."""
    return is_secret_name(name.replace("-", "_")) or _SECRET_HEADER.search(name) is not None


def map_secrets(document: Any, change: Callable[[str], str]) -> Any:
    """The document with ``change`` applied to every text that is a secret by the names around it."""
    if isinstance(document, dict):
        return {
            key: _map_texts(value, change)
            if isinstance(key, str) and (key.lower() in WHOLE or is_secret_field(key))
            else map_secrets(value, change)
            for key, value in document.items()
        }
    if isinstance(document, list | tuple):
        return [map_secrets(value, change) for value in document]
    return document


def find_secret_texts(document: Any) -> list[str]:
    """Every text in it that is a secret by the names around it."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    map_secrets(document, note)
    return found


def find_hidden_texts(document: Any) -> list[str]:
    """The secrets to mask wherever they appear: by their own name, or because they look made up at random.

    ``REGION=east`` of an environment is hidden where the environment is shown, but not in every line that has "east".
    """
    return [text for name, text in _walk(document, "") if is_worth_masking(text) and _is_telling(name, text)]


def mask_document(document: Any) -> Any:
    """The document as it may be shown: secrets hidden by their names, and by their shape in every other text."""
    return mask_texts(map_secrets(document, _hide), _SHAPES)


def mask_texts(document: Any, masker: Masker) -> Any:
    """The document with every text masked."""
    return _map_texts(document, masker.mask_text)


def mask_shapes(text: str) -> str:
    """A text without what has the shape of a secret."""
    return _SHAPES.mask_text(text)


def mask_address(address: str) -> str:
    """An address as it may be shown: without password, and without values of its query that are secrets."""
    head, mark, query = _LOGIN.sub(_hide_login, address).partition("?")
    return mask_shapes(f"{head}{mark}{'&'.join(map(_mask_pair, query.split('&')))}")


def mask_body(body: str) -> str:
    """The body of a request as it may be shown."""
    try:
        document = json.loads(body)
    except ValueError:
        return mask_shapes(body)
    return json.dumps(mask_document(document), ensure_ascii=False)


def mask_command(words: Sequence[str]) -> list[str]:
    """A command line as it may be shown: ``--password x``, ``--token=x`` and ``NAME_KEY=x`` without their values."""
    shown, hides = [], False
    for word in words:
        name, sign, _ = word.partition("=")
        is_named = is_secret_field(name.lstrip("-").replace("-", "_"))
        if hides and not word.startswith("-"):
            shown.append(HIDDEN)
        elif sign and is_named:
            shown.append(f"{name}={HIDDEN}")
        else:
            shown.append(mask_shapes(word))
        hides = word.startswith("--") and not sign and is_named
    return shown


def list_texts(document: Any) -> Iterator[str]:
    """Every text in the document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for value in document.values():
            yield from list_texts(value)
    elif isinstance(document, list | tuple):
        for value in document:
            yield from list_texts(value)


def _walk(document: Any, name: str, *, within: bool = False) -> Iterator[tuple[str, str]]:
    """Every secret text with the name nearest to it that says so."""
    if isinstance(document, str) and within:
        yield name, document
    elif isinstance(document, dict):
        for key, value in document.items():
            is_secret = isinstance(key, str) and (key.lower() in WHOLE or is_secret_field(key))
            yield from _walk(value, name if is_secret_field(name) else str(key), within=within or is_secret)
    elif isinstance(document, list | tuple):
        for value in document:
            yield from _walk(value, name, within=within)


def _is_telling(name: str, text: str) -> bool:
    return is_secret_field(name) or (_RANDOM.fullmatch(text) is not None and len(set(text)) >= _VARIETY)


def _map_texts(document: Any, change: Callable[[str], str]) -> Any:
    if isinstance(document, str):
        return change(document)
    if isinstance(document, dict):
        return {key: _map_texts(value, change) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [_map_texts(value, change) for value in document]
    return document


def _mask_pair(pair: str) -> str:
    name, sign, value = pair.partition("=")
    return f"{name}={HIDDEN}" if value and is_secret_field(name) else f"{name}{sign}{value}"


def _hide_login(login: re.Match[str]) -> str:
    user, sign, _ = login[0][:-1].partition(":")
    return f"{user}:{HIDDEN}@" if sign else login[0]


def _hide(text: str) -> str:
    return HIDDEN if text else ""
