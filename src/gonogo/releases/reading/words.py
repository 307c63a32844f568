"""The simple commands inside a statement: their words, without the programs that only carry them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tree_sitter import Node

from gonogo.releases.reading.bare import split_bare
from gonogo.releases.reading.programs import PREFIXES
from gonogo.releases.reading.shell import parse_shell

_ASSIGNMENTS = frozenset({"variable_assignment"})
# What holds no command inside.
_LEAVES = frozenset({"comment", "raw_string", "word", "variable_name", "file_descriptor", "string_content"})
# Options of a carrier that take the next word as their value.
_VALUED = {
    "sudo": frozenset(["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-D", "-R", "-T"]),
    "doas": frozenset(["-u", "-C"]),
    "nice": frozenset({"-n"}),
    "ionice": frozenset(["-c", "-n", "-p"]),
    "xargs": frozenset(["-n", "-P", "-I", "-L", "-d", "-E", "-s", "-a"]),
    "env": frozenset(["-u", "-C"]),
    "time": frozenset(["-f", "-o"]),
    "stdbuf": frozenset(["-i", "-o", "-e"]),
    "timeout": frozenset(["-k", "-s"]),
    "exec": frozenset({"-a"}),
}


class Simple(NamedTuple):
    """One simple command: program and arguments; whether it is sent to the background or fed by a pipe or a file.

    ``word`` is the program as written, with its path.
    """

    program: str
    args: tuple[str, ...]
    background: bool
    fed: bool
    bounded: bool = False
    word: str = ""


@lru_cache(maxsize=16)
def list_simple(text: str, node: Node | None) -> tuple[Simple, ...]:
    """Every simple command of a statement, also inside blocks and substitutions."""
    if (bare := split_bare(text)) is not None:
        simple = _make_simple(list(bare), background=False, fed=False)
        return (simple,) if simple is not None else ()
    root = node or parse_shell(text)
    background = text.rstrip().endswith("&") and not text.rstrip().endswith("&&")
    found = []
    waiting = [(root, background, _is_fed(root))]
    # A list instead of recursion: shell can be nested deeper than Python's stack.
    while waiting:
        at, background, fed = waiting.pop()
        if at.type == "command":
            simple = _read_command(at, background=background, fed=fed)
            if simple is not None:
                found.append(simple)
        waiting.extend(reversed(_step_inside(at, background, fed)))
    return tuple(found)


def trim_prefixes(words: list[str]) -> list[str]:
    """The words of a command without ``sudo``, ``env``, ``xargs`` and others that only carry it."""
    while words and (words[0].rsplit("/", 1)[-1] in PREFIXES or words[0] == "timeout"):
        if words[0] == "command" and words[1:2] and words[1] in ("-v", "-V"):
            break
        words = _skip_prefix(words)
    return words


def list_targets(text: str, node: Node | None) -> list[tuple[str, str]]:
    """Program and file of every ``>`` that writes a file from its beginning; the program is "" for a bare one."""
    found = []
    for at in walk_nodes(node or parse_shell(text)):
        if at.type != "redirected_statement":
            continue
        body = at.child_by_field_name("body")
        program = _plain(body).split(None, 1)[0] if body is not None and _plain(body).strip() else ""
        for child in at.named_children:
            target = child.child_by_field_name("destination") if child.type == "file_redirect" else None
            if target is None or target.type == "number" or not _overwrites(child):
                continue
            found.append((program, _plain(target)))
    return found


def walk_nodes(root: Node) -> Iterator[Node]:
    """Every named node below ``root``, itself included, in the order of the text."""
    waiting = [root]
    while waiting:
        at = waiting.pop()
        yield at
        waiting.extend(reversed(at.named_children))


def _overwrites(redirect: Node) -> bool:
    return any(child.type in (">", ">|", "&>") for child in redirect.children) and not any(
        child.type == "file_descriptor" and child.text == b"2" for child in redirect.children
    )


def _step_inside(node: Node, background: bool, fed: bool) -> list[tuple[Node, bool, bool]]:
    kind = node.type
    piped, fed = kind == "pipeline", fed and kind != "program"
    return [
        (child, background or _sends_back(child), (piped and at > 0) or fed or _is_fed(child))
        for at, child in enumerate(node.named_children)
        if child.type not in _LEAVES
    ]


def _read_command(node: Node, *, background: bool, fed: bool) -> Simple | None:
    words = []
    for child in node.named_children:
        kind = child.type
        fed = fed or kind.startswith("here")
        if kind not in _ASSIGNMENTS and not kind.endswith("redirect"):
            words.append(_plain(child))
    return _make_simple(words, background=background, fed=fed)


def _make_simple(words: list[str], *, background: bool, fed: bool) -> Simple | None:
    bounded = "timeout" in words[:4]
    words = trim_prefixes(words)
    if not words:
        return None
    return Simple(words[0].rsplit("/", 1)[-1], tuple(words[1:]), background, fed, bounded, words[0])


def _skip_prefix(words: list[str]) -> list[str]:
    carrier, rest = words[0].rsplit("/", 1)[-1], words[1:]
    if carrier in ("sudo", "doas") and any(word in ("-i", "-s", "su") for word in rest[:1]):
        return ["su", *rest[1:]]
    valued = _VALUED.get(carrier, frozenset())
    while rest and (rest[0].startswith("-") or "=" in rest[0]):
        rest = rest[2:] if rest[0] in valued else rest[1:]
    return rest[1:] if carrier == "timeout" else rest


def _plain(node: Node) -> str:
    text = (node.text or b"").decode(errors="replace")
    if node.type in ("raw_string", "string"):
        return text[1:-1]
    return text.replace("\\\n", "")


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
