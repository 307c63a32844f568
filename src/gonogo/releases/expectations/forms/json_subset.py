"""``{"status": "ok", ...}``, ``{status: ok}``, and ``All responses have status: "success"``."""

from __future__ import annotations

import re
from typing import Any

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.rules import Json

_MAX_DEPTH = 64
# What may stand before a pattern: words about a response (a good status code among them), never other claims.
_LEAD = re.compile(
    r"(?:the |all |each |every |an? )?(?:(?:json|response|responses|body|payload|output|result|reply|object|returns?"
    r"|return|contains?|contain|includes?|include|with|has|have|like|is|http|status|code|2\d\d|ok|created|and|a|the"
    r"|matching|matches|similar to)[\s:,]*){0,8}\Z",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"(?:the |all |each |every )?(?:json |api |http |response )?"
    r"(?:responses?|body|bodies|payloads?|json|repl(?:y|ies)|output)"
    r" (?:should |must |to )?(?:have|has|contains?|includes?|shows?|with) (?:an? |the )?(?:field |key )?"
    r"[\"'`]?(?P<key>[A-Za-z_][\w-]{0,60})[\"'`]?\s?[:=]\s?(?P<value>\"[^\"]{0,200}\"|'[^']{0,200}'|`[^`]{0,200}`"
    r"|-?\d{1,15}(?:\.\d{1,9})?|true|false|null)\Z",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|\.\.\.|…|[{}\[\],:]'
    r'|[^\s{}\[\],:"\']+(?: +(?!\.\.\.)[^\s{}\[\],:"\']+)*|\s+|.'
)
_LITERAL = re.compile(r"true|false|null|-?\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,3})?\Z")


def compile_json(phrase: Phrase) -> Json | None:
    """Read a JSON pattern that ends the phrase, or a single field of a response."""
    text = phrase.text.strip("` ")
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    if start < 0:
        return _compile_field(phrase)
    if text[-1] not in "}]" or not _LEAD.match(text[:start].replace("`", "")):
        return None
    pattern = _read_pattern(text[start:])
    return Json(source=phrase.source, pattern=pattern) if isinstance(pattern, dict | list) else None


def _compile_field(phrase: Phrase) -> Json | None:
    match = _FIELD.match(phrase.text) if "=" in phrase.text or ":" in phrase.text else None
    if match is None:
        return None
    pattern = _read_pattern(f"[{match['value'].replace('`', chr(34))}]")
    return Json(source=phrase.source, pattern={match["key"]: pattern[0]}) if pattern else None


def _read_pattern(text: str) -> Any:
    import pyjson5

    try:
        return _drop_keyless(pyjson5.decode(_quote_words(text), maxdepth=_MAX_DEPTH))
    except (pyjson5.Json5Exception, ValueError):
        return None


def _drop_keyless(pattern: Any) -> Any:
    """A keyless ellipsis in an object says "and more", which a subset allows anyway."""
    if isinstance(pattern, dict):
        return {key: _drop_keyless(value) for key, value in pattern.items() if key != "..."}
    return [_drop_keyless(value) for value in pattern] if isinstance(pattern, list) else pattern


def _quote_words(text: str) -> str:
    """Make valid JSON5 of a loose pattern: quote bare values, and let ``...`` stand for anything."""
    out: list[str] = []
    nest: list[str] = []
    for token in _TOKEN.findall(text):
        if token in "{[":
            nest.append(token)
        elif token in "}]" and nest:
            nest.pop()
        before = next((part for part in reversed(out) if not part.isspace()), "")
        out.append(_quote_token(token, before, nest[-1] if nest else ""))
    return "".join(out)


def _quote_token(token: str, before: str, inside: str) -> str:
    if token in ("...", "…"):
        return '"...":"..."' if inside == "{" and before != ":" else '"..."'
    if token.isspace() or token[0] in "{}[],:\"'" or _LITERAL.fullmatch(token):
        return token
    return '"' + token.replace("\\", "\\\\") + '"'
