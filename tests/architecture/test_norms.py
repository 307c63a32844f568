"""Norms of the code: files and functions stay small, names say something, what is public says what it is for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gonogo

SOURCE = Path(gonogo.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
EMPTY_WORDS = ("manager", "helper", "util", "common", "misc")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_file(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def walk_functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def list_public(tree: ast.Module) -> Iterator[Function | ast.ClassDef]:
    """Public functions and classes of a module, and public methods of those classes."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from (inner for inner in node.body if isinstance(inner, Function) and not inner.name.startswith("_"))


def explains_itself(node: Function | ast.ClassDef) -> bool:
    """Whether nothing needs saying: properties, overloads, a protocol's methods and three lines at most."""
    if isinstance(node, ast.ClassDef):
        return False
    return bool(node.decorator_list) or len(node.body) <= 3


@pytest.mark.parametrize("path", FILES, ids=name_file)
def test_norms(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LONGEST_FILE
    lengths = {function.name: (function.end_lineno or 0) - function.lineno + 1 for function in walk_functions(tree)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    names = [path.stem, *(node.name for node in ast.walk(tree) if isinstance(node, Function | ast.ClassDef))]
    assert [name for name in names if any(word in name.lower() for word in EMPTY_WORDS)] == []
    if path.name == "env.py" or "versions" in path.parts:
        return
    assert ast.get_docstring(tree)
    silent = [node.name for node in list_public(tree) if not ast.get_docstring(node) and not explains_itself(node)]
    assert silent == []
