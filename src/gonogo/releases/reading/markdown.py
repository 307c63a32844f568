"""A Markdown parser that tries at each line only the block rules that its first character can open."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, code, fence, heading, hr, html_block, list_block
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

_Rule = Callable[[StateBlock, int, int, bool], bool]

# The characters that the blocks of a rule begin with; those of other rules begin with any.
_OPENERS: dict[_Rule, str] = {
    fence: "`~",
    blockquote: ">",
    hr: "*-_",
    list_block: "*-+0123456789",
    html_block: "<",
    heading: "#",
}
_OPENING = frozenset("".join(_OPENERS.values()))
# No block of these rules without its mark somewhere in the document.
_MARKS = (
    ("table", re.compile(r"\|")),
    ("front_matter", re.compile(r"---")),
    ("lheading", re.compile(r"^[ \t>]*(?:-+|=+)[ \t]*$", re.MULTILINE)),
)
# An option that is not there costs an exception every time that it is asked for.
_OPTIONS = {"maxNesting": 100, "tasklists": False, "alerts": False}


def parse_markdown(source: str) -> list[Token]:
    """The block tokens of a document. Of a token, only what the rules themselves said is there."""
    parser = _make_parser(frozenset(rule for rule, mark in _MARKS if mark.search(source) is None))
    state = _State(source, parser, {}, [])
    parser.block.tokenize(state, state.line, state.lineMax)
    return state.tokens


@lru_cache(maxsize=16)
def _make_parser(unused: frozenset[str]) -> MarkdownIt:
    parser = MarkdownIt("commonmark", _OPTIONS).enable("table").use(front_matter_plugin)
    ruler = parser.block.ruler
    # Link definitions would vanish from the tokens.
    ruler.disable(["reference", *unused])
    ruler.getRules()
    ruler.__cache__ = {chain: [_join_rules(rules)] for chain, rules in (ruler.__cache__ or {}).items()}
    return parser


def _join_rules(rules: Sequence[_Rule]) -> _Rule:
    """One rule in place of several: it hands a line to those that its first character can open."""
    plain = [rule for rule in rules if rule is not code]
    others = [rule for rule in plain if rule not in _OPENERS]
    opened = {char: [rule for rule in plain if char in _OPENERS.get(rule, char)] for char in _OPENING}

    def try_rules(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        start = state.bMarks[line] + state.tShift[line]
        fitting = opened.get(state.src[start : start + 1], others)
        # What is indented this far may be code, whatever it begins with.
        for rule in rules if state.sCount[line] - state.blkIndent > 3 else fitting:
            if rule(state, line, end, silent):
                return True
        return False

    return try_rules


class _Block:
    """A token with the fields that block rules set: thousands are made, and most say little."""

    map: list[int] | None = None
    type = tag = markup = info = content = ""
    level = 0


class _State(StateBlock):
    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token: Any = _Block()
        self.level -= nesting < 0
        token.type, token.tag, token.level = ttype, tag, self.level
        self.level += nesting > 0
        self.tokens.append(token)
        return token  # type: ignore[no-any-return]

    def getLines(self, begin: int, end: int, indent: int, keepLastLF: bool) -> str:  # noqa: N802, N803
        """One line without tabs is cut at once; others character by character."""
        start, shift = self.bMarks[begin], self.tShift[begin]
        stop = self.eMarks[begin]
        cut = min(start + min(indent, shift), stop)
        if end != begin + 1 or keepLastLF or "\t" in self.src[start:cut]:
            return super().getLines(begin, end, indent, keepLastLF)
        return self.src[cut:stop]
