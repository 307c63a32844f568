"""Variables of a statement: which it reads, and which it sets."""

from __future__ import annotations

import re

from tree_sitter import Node

from gonogo.releases.hints import mentions
from gonogo.releases.reading.bare import split_bare
from gonogo.releases.reading.shell import parse_shell
from gonogo.releases.reading.words import walk_nodes

# What every shell has, whoever starts it.
EVERYWHERE = frozenset(
    [
        "HOME",
        "PATH",
        "USER",
        "LOGNAME",
        "SHELL",
        "PWD",
        "OLDPWD",
        "HOSTNAME",
        "HOSTTYPE",
        "OSTYPE",
        "MACHTYPE",
        "LANG",
        "LANGUAGE",
        "TERM",
        "TMPDIR",
        "UID",
        "EUID",
        "GROUPS",
        "PPID",
        "RANDOM",
        "SRANDOM",
        "SECONDS",
        "EPOCHSECONDS",
        "EPOCHREALTIME",
        "LINENO",
        "IFS",
        "PS1",
        "PS2",
        "PS4",
        "SHLVL",
        "REPLY",
        "OPTARG",
        "OPTIND",
        "OPTERR",
        "FUNCNAME",
        "PIPESTATUS",
        "COLUMNS",
        "LINES",
        "MAIL",
        "TZ",
        "DISPLAY",
        "EDITOR",
        "VISUAL",
        "PAGER",
        "COMP_WORDS",
        "COMP_CWORD",
        "DIRSTACK",
        "NF",
        "NR",
    ]
)
_EVERYWHERE_PREFIXES = ("BASH", "LC_", "XDG_", "GONOGO_", "SSH_", "SUDO_")
# With one of these a variable that is not set is provided for.
_PROVIDED = frozenset({":-", "-", ":=", "=", ":+", "+", ":?", "?"})
_ONLY_SHOWN = re.compile(r"^\s*(?:echo|printf|test|\[\[?|printenv|env\s*\||declare -p|: )(?![^|;&]*>)[^|;&]*$")
_TESTED = re.compile(r"-[znv]\s+\"?\$?\{?([A-Za-z_]\w*)")
_READS = frozenset({"read", "mapfile", "readarray", "getopts"})
_NAMING = _READS | {"printf"}
_MAY_SET = re.compile(r"=|\b(?:for|read|mapfile|readarray|getopts|select|printf -v)\b")
_NAME = re.compile(r"[A-Za-z_]\w*")
_LOADS = re.compile(
    r"(?:^|[;&|({]\s*)(?:source|\.)\s+\S|\beval\s|\bset\s+-a\b|\bset\s+-o\s+allexport|\bexport\s+\$\(|\bnvm use"
    r"|\bdirenv"
    r"|\bconda activate|\bset\s+--\s"
)
_SET_HINTS = ("for", "read", "mapfile", "getopts", "select", "printf")
_LOAD_HINTS = ("source", "eval", "set", "export", "nvm", "direnv", "conda")
_DOT = re.compile(r"\.\s")


def list_read(text: str, node: Node | None) -> list[str]:
    """The variables that a statement needs: read, not provided for, not set in the statement itself."""
    if "$" not in text:
        return []
    root = node or parse_shell(text)
    own = list_set(text, root) | set(_TESTED.findall(text))
    found: dict[str, None] = {}
    for at in walk_nodes(root):
        if at.type not in ("simple_expansion", "expansion"):
            continue
        name = next((child for child in walk_nodes(at) if child.type == "variable_name"), None)
        if name is None or any(child.type in _PROVIDED for child in at.children):
            continue
        word = (name.text or b"").decode(errors="replace")
        if _NAME.fullmatch(word) and word not in own and not is_everywhere(word):
            found[word] = None
    return list(found)


def list_set(text: str, node: Node | None) -> set[str]:
    """The variables that a statement sets, wherever inside it."""
    if not ("=" in text or mentions(text, _SET_HINTS)) or _MAY_SET.search(text) is None:
        return set()
    if (bare := split_bare(text)) is not None and bare[0] not in _NAMING:
        return set()
    found: set[str] = set()
    for at in walk_nodes(node or parse_shell(text)):
        if at.type in ("variable_assignment", "for_statement", "c_style_for_statement"):
            name = at.child_by_field_name("name") or at.child_by_field_name("variable")
            if name is not None and (match := _NAME.match((name.text or b"").decode(errors="replace"))):
                found.add(match.group())
        elif at.type == "command":
            found |= _read_names(at)
    return found


def only_shows(text: str) -> bool:
    """Whether a statement does no more than print or test what it reads."""
    return _ONLY_SHOWN.match(text) is not None


def is_everywhere(name: str) -> bool:
    """Whether any shell has the variable."""
    return name in EVERYWHERE or name.startswith(_EVERYWHERE_PREFIXES)


def loads_variables(text: str) -> bool:
    """Whether a statement may set variables that its text does not name: ``source .env``."""
    hinted = mentions(text, _LOAD_HINTS) or _DOT.search(text) is not None
    return hinted and _LOADS.search(text) is not None


def _read_names(command: Node) -> set[str]:
    words = [(child.text or b"").decode(errors="replace") for child in command.named_children]
    if not words:
        return set()
    if words[0] == "printf" and words[1:2] == ["-v"]:
        return set(words[2:3])
    return {word for word in words[1:] if _NAME.fullmatch(word)} if words[0] in _READS else set()
