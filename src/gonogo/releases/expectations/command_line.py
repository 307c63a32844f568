"""The parts of a command line: its last pipe, and what each part of it runs."""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST = 20_000
# A quoted text, an escaped character, a separator, or anything else up to the next of these.
_TOKEN = re.compile(r"'[^']*'?|\"(?:[^\"\\]|\\.)*\"?|\\.|\|\||&&|\|&|>&|&>|[|;\n&]|[^'\"\\|;&\n>]+|>", re.DOTALL)
_WRAPPERS = re.compile(
    r"(?:(?:sudo(?:\s+-[A-Za-z]+(?:\s+\w+)?)*|env|time|nice|nohup|command|exec|timeout\s+\S+|[A-Za-z_]\w*=\S*|!|\{|\()\s*)+(?=\S)"
)


@lru_cache(maxsize=256)
def split_pipe(command: str) -> tuple[str, ...]:
    """The parts of the last pipe of a command, without the words that only wrap them (sudo, env, A=b)."""
    parts: list[list[str]] = [[]]
    for token in _TOKEN.findall(command[-_LONGEST:].strip().rstrip(";&)} \t\n")):
        if token in ("||", "&&", ";", "\n", "&"):
            parts = [[]]
        elif token in ("|", "|&"):
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(_unwrap("".join(part).strip()) for part in parts)


def _unwrap(part: str) -> str:
    match = _WRAPPERS.match(part)
    return part[match.end() :] if match is not None else part
