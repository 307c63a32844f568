"""Commands that are nothing but words and quoted texts: they are read without a syntax tree."""

from __future__ import annotations

import re
from functools import lru_cache

# Quotes that stand alone and hold nothing that the shell would fill in; "=" only behind the dash of an option.
# Each kind of word begins with a character of its own, so that a search never has to go back.
_WORD = r"(?:-[\w./:,@%+=-]*|[\w./:,@%+][\w./:,@%+-]*|\"[^\"$`\\!\n]*\"|'[^'\n]*')"
_BARE = re.compile(rf"[\w./][\w./:+-]*(?: +{_WORD})*", re.ASCII)
_SPLIT = re.compile(_WORD, re.ASCII)
# With one of these in front the words are a piece of the shell's own grammar.
_GRAMMAR = frozenset(
    """if then else elif fi for while until do done case esac in function select time coproc declare typeset export
    readonly local unset unsetenv""".split()  # noqa: SIM905
)


@lru_cache(maxsize=64)
def split_bare(text: str) -> tuple[str, ...] | None:
    """The words of a command, quotes taken off; None when it takes more than words to say what it does."""
    if _BARE.fullmatch(text) is None:
        return None
    quoted = '"' in text or "'" in text
    words = _SPLIT.findall(text) if quoted else text.split()
    if words[0] in _GRAMMAR:
        return None
    return tuple(word[1:-1] if word[0] in "\"'" else word for word in words) if quoted else tuple(words)
