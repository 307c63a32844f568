"""Patterns of commands, as tables write them: a program, then tokens.

``word|word`` is the next subcommand, ``-f|--force`` a flag that must be there, ``!-n|--check`` flags that must not,
``=glob|glob`` some argument that matches, ``*`` one more operand, ``.`` the end: no operand is left.
"""

from __future__ import annotations

import re
from fnmatch import translate
from typing import NamedTuple

from gonogo.releases.reading.flags import has_flag


class Pattern(NamedTuple):
    """The arguments that a command must have."""

    words: tuple[frozenset[str], ...]
    flags: tuple[tuple[str, ...], ...]
    banned: tuple[str, ...]
    globs: tuple[re.Pattern[str], ...]
    operands: int
    ends: bool

    @property
    def weight(self) -> int:
        """How much it asks for: of two that fit, the heavier one knows better."""
        return len(self.words) + len(self.flags) + len(self.globs) + self.operands

    def fits(self, args: tuple[str, ...]) -> bool:
        """Whether the arguments of a command have everything that the pattern asks for."""
        rest = _follow_words(self.words, args)
        if rest is None:
            return False
        left = sum(not arg.startswith("-") for arg in rest)
        if left < self.operands or (self.ends and left > self.operands):
            return False
        if self.banned and has_flag(args, *self.banned):
            return False
        return all(has_flag(args, *flags) for flags in self.flags) and all(
            any(map(glob.match, args)) for glob in self.globs
        )


def parse_pattern(text: str) -> tuple[list[str], Pattern]:
    """The programs that a line of a table is about, and what their arguments must be."""
    programs, *tokens = text.split()
    words, flags, banned, globs = [], [], [], []
    for token in tokens:
        if token.startswith("-"):
            flags.append(tuple(token.split("|")))
        elif token.startswith("!"):
            banned += token[1:].split("|")
        elif token.startswith("="):
            globs.append(re.compile("|".join(map(translate, token[1:].split("|")))))
        elif token not in ("*", "."):
            words.append(frozenset(token.split("|")))
    pattern = Pattern(tuple(words), tuple(flags), tuple(banned), tuple(globs), tokens.count("*"), tokens[-1:] == ["."])
    return programs.split("|"), pattern


def _follow_words(words: tuple[frozenset[str], ...], args: tuple[str, ...]) -> tuple[str, ...] | None:
    """The arguments behind the subcommands. A word behind a flag may be its value, or the subcommand itself."""
    at = 0
    for wanted in words:
        while at < len(args):
            arg, valued = args[at], at > 0 and args[at - 1].startswith("-") and "=" not in args[at - 1]
            at += 1
            if arg in wanted:
                break
            if not arg.startswith("-") and not valued:
                return None
        else:
            return None
    return args[at:]
