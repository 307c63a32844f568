"""A status that the checklist itself handles: ``PID=$(pgrep shop)``, then ``if [ -z "$PID" ]``, is data. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from gonogo.releases.deciding.course import Course
from gonogo.releases.plan import Item
from gonogo.releases.shell.syntax import parse_bash

_TESTS = frozenset({"if_statement", "case_statement", "while_statement", "test_command", "elif_clause"})
_TEST_COMMANDS = frozenset({"[", "[[", "test"})
_LAST_STATUS = "?"
_ERREXIT = re.compile(r"(?m)^\s*set\s+(?:-\w*e|-o\s+errexit)")


def find_handler(course: Course, item: Item) -> Item | None:
    """The later command of the same fence that tests what this one left in a variable or in ``$?``, if any does.

    A command hands its status on when it does nothing but fill variables, or when the very next one asks for it.
    """
    fence = course.fences.get(item.fence or "", [])
    if item not in fence or item.command is None:
        return None
    place = fence.index(item)
    if any(_ERREXIT.search(earlier.command or "") for earlier in fence[:place]):
        return None
    following = fence[place + 1 :]
    for later in following[:1]:
        if _LAST_STATUS in _find_tested(later.command or ""):
            return later
    names = _find_filled(item.command)
    return next((later for later in following if names & _find_tested(later.command or "")), None) if names else None


def _find_filled(command: str) -> frozenset[str]:
    """The variables that a command fills from another's output; empty when it does anything else."""
    tree = parse_bash(command.encode())
    statements = [node for node in tree.named_children if node.type != "comment"]
    if tree.has_error or len(statements) != 1:
        return frozenset()
    [statement] = statements
    if statement.type == "declaration_command" or statement.type == "variable_assignments":
        assigned = [child for child in statement.named_children if child.type == "variable_assignment"]
    else:
        assigned = [statement] if statement.type == "variable_assignment" else []
    names = [_text(node.child_by_field_name("name")) for node in assigned if _substitutes(node)]
    return frozenset(names) if assigned and len(names) == len(assigned) else frozenset()


def _substitutes(node: Node) -> bool:
    return any(each.type == "command_substitution" for each in _walk(node))


def _find_tested(command: str) -> frozenset[str]:
    """The variables that decide in a test of this command: ``if``, ``case``, ``while``, ``[``."""
    tree = parse_bash(command.encode())
    return frozenset(name for node in _walk(tree) if _is_test(node) for name in _find_names(node))


def _is_test(node: Node) -> bool:
    if node.type == "command":
        return _text(node.child_by_field_name("name")) in _TEST_COMMANDS
    return node.type in _TESTS


def _find_names(test: Node) -> Iterator[str]:
    # Of an ``if`` only the condition decides: what its branches print handles nothing.
    fields = test.children_by_field_name("condition") + test.children_by_field_name("value")
    for part in fields or [test]:
        for node in _walk(part):
            if node.type in ("variable_name", "special_variable_name"):
                yield _text(node)


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.named_children:
        yield from _walk(child)


def _text(node: Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""
