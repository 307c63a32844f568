"""Commands whose exit code proves little, and why."""

from __future__ import annotations

import re

from tree_sitter import Node

from gonogo.releases.hints import list_tokens
from gonogo.releases.reading.shell import parse_shell
from gonogo.releases.reading.words import Simple, list_simple, walk_nodes

_CURL = re.compile(r"(?:^|[\s;&|(])curl\s")
_JUDGED = re.compile(
    r"\s(?:-\w*f\w*|--fail(?:-with-body|-early)?)(?=\s|$)|http_code|response_code|--write-out|\s-w\s"
    r"|\|\|\s*(?!true)|\|\s*(?:jq\s+-\w*e|grep)"
)
# These end with 0 whatever came in; the ones that look for something are left to judge it.
_SWALLOWS = frozenset(
    [
        "head",
        "tail",
        "tee",
        "cat",
        "sort",
        "uniq",
        "wc",
        "cut",
        "tr",
        "column",
        "less",
        "more",
        "awk",
        "sed",
        "fold",
        "nl",
        "paste",
        "tac",
        "jq",
        "xargs",
    ]
)
_FINDERS = frozenset(["grep", "egrep", "fgrep", "zgrep", "rg", "ag", "ack", "pgrep"])
_ABSENCE = re.compile(
    r"\b(?:no|not|none|never|without|zero|absence|absent|free of|n['’]t|cannot|nothing|neither|doesn['’]?t"
    r"|isn['’]?t|aren['’]?t)\b",
    re.IGNORECASE,
)


def find_weakness(text: str, node: Node | None) -> str:
    """Why exit 0 of a command proves little; "" when it proves what it should."""
    if "curl" in text and _CURL.search(text) and _JUDGED.search(text) is None:
        return "curl without -f exits 0 even on HTTP 500"
    if ("psql" in text) and (why := _find_psql(text, list_simple(text, node))):
        return why
    if "|" in text and "pipefail" not in text:
        return _find_pipe(text, node)
    return ""


def contradicts_sentence(text: str, node: Node | None, sentence: str) -> bool:
    """Whether the last program looks for what the sentence says is absent: its exit 0 is bad news then."""
    if _FINDERS.isdisjoint(list_tokens(text)) or not _ABSENCE.search(sentence):
        return False
    simples = [simple for simple in list_simple(text, node) if simple.program not in _SWALLOWS]
    last = simples[-1] if simples else None
    if last is None or text.lstrip().startswith("!") or "||" in text or "&&" in text:
        return False
    finds = last.program in _FINDERS or (last.program == "git" and last.args[:1] == ("grep",))
    return finds and not any(arg in ("-c", "-L", "--count", "--files-without-match") for arg in last.args)


def _find_psql(text: str, simples: tuple[Simple, ...]) -> str:
    for simple in simples:
        if simple.program != "psql" or "ON_ERROR_STOP" in text:
            continue
        if simple.fed or any(arg in ("-f", "--file") or arg.startswith("--file=") for arg in simple.args):
            return "psql without ON_ERROR_STOP exits 0 after an SQL error"
    return ""


def _find_pipe(text: str, node: Node | None) -> str:
    for at in walk_nodes(node or parse_shell(text)):
        if at.type != "pipeline" or not at.named_children:
            continue
        last = at.named_children[-1]
        if last.type == "redirected_statement":
            last = last.named_children[0]
        words = (last.text or b"").decode(errors="replace").split()
        if words and words[0].rsplit("/", 1)[-1] in _SWALLOWS:
            return (
                f"a pipe ends with the exit code of its last command, and `{words[0]}` succeeds whatever failed before"
            )
    return ""
