"""Does a command change anything? Only what is known to read is believed to read."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from gonogo.releases.shell.syntax import parse_bash


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_READERS = _words(
    """
    [ arch awk basename cat cd cmp column comm cut date df diff dig dirname du echo egrep env expr false fgrep
    file find free getent grep groups head host hostname id jq last ls lsof md5sum netstat nl nproc nslookup pgrep pidof
    ping printenv printf ps pwd read readlink realpath sha1sum sha256sum sleep sort ss stat tac tail test tr true type
    uname uniq uptime vmstat wait wc which who whoami
    """
)
_READING_VERBS = {
    "git": _words("status log show diff rev-parse describe ls-files ls-remote blame rev-list shortlog"),
    "docker": _words("ps images logs inspect stats version info top port"),
    "kubectl": _words("get describe logs top version explain"),
    "systemctl": _words("status is-active is-enabled is-failed show list-units cat"),
}
_CURL_WRITES = _words("-X --request -d --data -F --form -T --upload-file -o -O --output --json")
_WRITING_FLAGS = {
    "date": ("-s", "--set"),
    "find": ("-delete", "-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fprintf", "-fls"),
    "git": ("--output",),
    "sort": ("-o", "--output"),
}
_MOST_ARGUMENTS = {"env": 0, "hostname": 0, "uniq": 1}
_STATEMENTS = _words(
    """
    program list pipeline command redirected_statement variable_assignment variable_assignments
    negated_command subshell compound_statement test_command if_statement elif_clause else_clause do_group for_statement
    while_statement case_statement case_item comment herestring_redirect heredoc_redirect declaration_command
    unset_command
    """
)


def changes_something(command: str) -> bool:
    """False only when every part of the command is known to read and nothing is written to a file."""
    tree = parse_bash(command.encode())
    return tree.has_error or any(_is_change(node) for node in _walk(tree))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.named_children:
        yield from _walk(child)


def _is_change(node: Node) -> bool:
    if node.type == "command":
        return not _is_reader(_read_words(node))
    if node.type == "file_redirect":
        return not _is_harmless(_text(node))
    # An unknown statement (a function, a coprocess) is taken for a change.
    return node.type.endswith(("_statement", "_definition")) and node.type not in _STATEMENTS


def _is_harmless(redirect: str) -> bool:
    target = redirect.lstrip("0123456789&").strip()
    if target.startswith("<"):
        return True
    return target.startswith((">&1", ">&2")) or target.lstrip(">& ") == "/dev/null"


def _read_words(command: Node) -> list[str]:
    return [
        _text(child) for child in command.named_children if child.type not in {"variable_assignment", "file_redirect"}
    ]


def _is_reader(words: list[str]) -> bool:
    name, arguments = words[0].rsplit("/", 1)[-1], words[1:]
    if any(_is_flag(argument, flag) for flag in _WRITING_FLAGS.get(name, ()) for argument in arguments):
        return False
    if name == "curl":
        return _curl_reads(arguments)
    if name in _READING_VERBS:
        verb = next((word for word in arguments if not word.startswith("-")), "")
        return verb in _READING_VERBS[name]
    if name == "awk":
        return not any(mark in argument for argument in arguments for mark in (">", "system(", '| "'))
    positional = [argument for argument in arguments if not argument.startswith("-")]
    if len(positional) > _MOST_ARGUMENTS.get(name, len(positional)):
        return False
    return name in _READERS


def _curl_reads(arguments: list[str]) -> bool:
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    for flag, value in pairs:
        if not any(_is_flag(flag, write) for write in _CURL_WRITES):
            continue
        reads_anyway = (
            value.strip("'\"") in {"GET", "HEAD", "OPTIONS"} if flag in {"-X", "--request"} else value == "/dev/null"
        )
        if not reads_anyway:
            return False
    return True


def _is_flag(word: str, flag: str) -> bool:
    if word == flag or (flag.startswith("--") and word.startswith(flag)):
        return True
    is_short = len(flag) == 2 and word.startswith("-") and not word.startswith("--")
    return is_short and flag[1] in word[1:]


def _text(node: Node) -> str:
    return (node.text or b"").decode()
