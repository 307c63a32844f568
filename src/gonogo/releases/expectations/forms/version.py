"""``Node.js >= 18.0.0``, ``Python 3.12+ available``: a least version of a known program, or of one named so."""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.hints import mentions
from gonogo.releases.rules import Version

_PROGRAMS = (
    r"python3?|node(?:\.?js)?|npm|npx|yarn|pnpm|bun|deno|pip|uv|poetry|go(?:lang)?|rust(?:c)?|cargo|java|jdk|openjdk|maven"
    r"|gradle|ruby|rails|bundler|php|composer|perl|postgres(?:ql)?|psql|mysql|mariadb|mongo(?:db)?|redis|sqlite3?|nginx"
    r"|apache|caddy|haproxy|docker(?: compose|-compose| engine)?|podman|kubernetes|kubectl|k8s|helm|terraform|ansible"
    r"|git|curl|openssl|ubuntu|debian|alpine|linux|kernel|elasticsearch|opensearch|kafka|rabbitmq|ffmpeg|cuda|gcc|clang"
    r"|make|cmake|typescript|react|next(?:\.js)?|django|flask|fastapi|spring boot|\.net|dotnet|swift|kotlin"
    r"|scala|elixir"
)
_NUMBER = r"v?(?P<number>\d{1,5}(?:\.\d{1,5}){0,3})"
_STATE = (
    r"(?: or (?:higher|newer|later|above|greater))?(?: (?:is |are )?(?:available|installed|present|required|running))?"
)
_LEAD = r"(?:install |installed |use |using |requires? |needs? |upgrade to |running |runs )?"
_LEAST = re.compile(
    rf"{_LEAD}(?P<name>{_PROGRAMS}|[a-z][\w.+-]{{0,40}}(?= version)) (?:version )?(?:is )?"
    rf"(?:(?:>=|≥|at least|minimum) ?(?:version )?{_NUMBER}{_STATE}"
    rf"|{_NUMBER.replace('number', 'plus')}(?:\+{_STATE}| or (?:higher|newer|later|above"
    rf"|greater)(?: (?:available|installed"
    r"|is available|is installed))?))\Z"
)
# Without a name: "20.x or higher", "18+", ">= 18" after a command that prints a version.
_BARE = re.compile(
    rf"(?:version )?(?:(?:>=|≥|at least|minimum) ?(?:version )?(?P<sign>{_NUMBER.replace('number', 'least')})(?:\.x)?"
    rf"|{_NUMBER.replace('number', 'most')}(?P<x>\.x)?(?:\+| or (?:higher|newer|later|above|greater)))\Z"
)
_VERSIONED = re.compile(r"(?:^|\s)(?:--?version|-[vV]{1,2}|version)(?:\s|$)")
_THREE_PARTS = re.compile(rf"(?P<name>[a-z][\w.+-]{{0,40}}) ?(?:>=|≥) ?{_NUMBER}\Z")


def compile_version(phrase: Phrase) -> Version | None:
    """Read "name >= X.Y" and "name X.Y+"; an unknown name needs the word "version" or three parts."""
    if not mentions(phrase.low, (">=", "+", "at least", "minimum", " or ")):
        return None
    match = _LEAST.match(phrase.low)
    if match is not None:
        return _build(phrase, match["name"], match["number"] or match["plus"])
    match = _BARE.match(phrase.low)
    if match is not None:
        number = match["least"] or match["most"]
        said = match["x"] or "version" in phrase.low or number.count(".") >= 2 or _VERSIONED.search(phrase.command)
        return Version(source=phrase.source, minimum=number) if said else None
    match = _THREE_PARTS.match(phrase.low)
    if match is not None and match["number"].count(".") >= 2:
        return _build(phrase, match["name"], match["number"])
    return None


def _build(phrase: Phrase, name: str, number: str) -> Version:
    at = phrase.low.index(name)
    return Version(source=phrase.source, minimum=number, subject=phrase.text[at : at + len(name)])
