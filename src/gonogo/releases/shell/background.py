"""``$!`` across commands: ``app &`` in one command, ``PID=$!`` in the next."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from gonogo.releases.shell.syntax import parse_bash

_CARRIED = b"${!:-${_gonogo_last-}}"


def keep_last_pid(command: str) -> str:
    """Let every ``$!`` fall back to the process the last command left running.

    Bash has no way to assign ``$!``; single quotes, escapes and quoted here-documents are left alone.
    """
    if "!" not in command:
        return command
    source = command.encode()
    tree = parse_bash(source)
    if tree.has_error:
        return command
    for start, end in reversed(list(_find_last_pid(tree))):
        source = source[:start] + _CARRIED + source[end:]
    return source.decode()


def _find_last_pid(node: Node) -> Iterator[tuple[int, int]]:
    if node.type in {"simple_expansion", "expansion"} and node.text in {b"$!", b"${!}"}:
        yield node.start_byte, node.end_byte
        return
    for child in node.children:
        yield from _find_last_pid(child)
