"""The simple commands inside a statement: their words, without the programs that only carry them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from gonogo.releases.reading.programs import PREFIXES
from gonogo.releases.reading.shell import parse_shell

_ASSIGNMENTS = frozenset({"variable_assignment"})


class Simple(NamedTuple):
    """One simple command: program and arguments; whether it is sent to the background or fed by a pipe or a file."""

    program: str
    args: tuple[str, ...]
    background: bool
    fed: bool
    bounded: bool = False


def list_simple(text: str, node: Node | None) -> list[Simple]:
    """Every simple command of a statement, also inside blocks and substitutions."""
    root = node or parse_shell(text)
    background = text.rstrip().endswith("&") and not text.rstrip().endswith("&&")
    found = []
    waiting = [(root, background, _is_fed(root))]
    # A list instead of recursion: shell can be nested deeper than Python's stack.
    while waiting:
        at, background, fed = waiting.pop()
        if at.type == "command":
            simple = _read_command(at, background=background, fed=fed or _is_redirected(at))
            if simple is not None:
                found.append(simple)
        waiting.extend(reversed(list(_step_inside(at, background, fed))))
    return found


def _step_inside(node: Node, background: bool, fed: bool) -> Iterator[tuple[Node, bool, bool]]:
    piped = node.type == "pipeline"
    for at, child in enumerate(node.named_children):
        if child.type not in ("comment", "raw_string"):
            reads = (piped and at > 0) or (fed and node.type != "program") or _is_fed(child)
            yield child, background or _sends_back(child), reads


def _read_command(node: Node, *, background: bool, fed: bool) -> Simple | None:
    words = [_plain(child) for child in node.named_children if child.type not in _ASSIGNMENTS and not _redirects(child)]
    bounded = False
    while words and (words[0].rsplit("/", 1)[-1] in PREFIXES or words[0] == "timeout"):
        bounded = bounded or words[0] == "timeout"
        words = _skip_prefix(words)
    if not words:
        return None
    return Simple(words[0].rsplit("/", 1)[-1], tuple(words[1:]), background, fed, bounded)


def _skip_prefix(words: list[str]) -> list[str]:
    carrier, rest = words[0], words[1:]
    if carrier in ("sudo", "doas") and any(word in ("-i", "-s", "su") for word in rest[:1]):
        return ["su"]
    while rest and (rest[0].startswith("-") or "=" in rest[0]):
        takes_value = (carrier in ("sudo", "doas") and rest[0] in ("-u", "-g")) or (
            rest[0] == "-n" and carrier == "nice"
        )
        rest = rest[2:] if takes_value else rest[1:]
    return rest[1:] if carrier == "timeout" else rest


def _plain(node: Node) -> str:
    text = (node.text or b"").decode(errors="replace")
    if node.type in ("raw_string", "string"):
        return text[1:-1]
    return text.replace("\\\n", "")


def _redirects(node: Node) -> bool:
    return node.type.endswith("redirect")


def _is_redirected(node: Node) -> bool:
    return any(child.type.startswith("here") for child in node.named_children)


def _is_fed(node: Node) -> bool:
    if node.type != "redirected_statement":
        return False
    return any(
        child.type.startswith("here") or (child.type == "file_redirect" and b"<" in (child.text or b"")[:3])
        for child in node.named_children
    )


def _sends_back(node: Node) -> bool:
    after = node.next_sibling
    return after is not None and after.type == "&"
