"""Bash's grammar, loaded once."""

from __future__ import annotations

from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser


def parse_bash(source: bytes) -> Node:
    """The syntax tree of some shell text; ``has_error`` on it says whether all of it was understood."""
    # A parser is cheap and belongs to one thread; the grammar is neither.
    return Parser(_load_grammar()).parse(source).root_node


@cache
def _load_grammar() -> Language:
    return Language(tree_sitter_bash.language())
