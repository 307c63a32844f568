"""Bash's grammar, loaded once."""

from __future__ import annotations

from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser


def parse_bash(source: bytes) -> Node:
    """The syntax tree of some shell text; ``has_error`` on it says whether all of it was understood."""
    return _load_parser().parse(source).root_node


@cache
def _load_parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))
