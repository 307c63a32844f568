"""Commands that other commands carry: what ``ssh host "…"``, ``bash -c``, ``docker exec``, ``find -exec`` run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node

from gonogo.releases.reading.shell import LONGEST_LINE
from gonogo.releases.reading.words import Simple, list_simple, trim_prefixes

_DEEPEST = 4
_SHELLS = frozenset({"bash", "sh", "zsh", "ash", "dash", "ksh", "fish"})
# Options of a carrier that take the next word as their value.
_SSH_VALUED = frozenset("bcDEeFIiJLlmOopQRSWw")
_EXEC_VALUED = frozenset(
    [
        "-e",
        "--env",
        "-w",
        "--workdir",
        "-u",
        "--user",
        "-n",
        "--namespace",
        "-c",
        "--container",
        "--context",
        "--kubeconfig",
        "--index",
        "--env-file",
        "-f",
        "--file",
        "-p",
        "--project-name",
        "--profile",
        "--name",
        "-v",
        "--volume",
        "--network",
        "--entrypoint",
        "-a",
        "--app",
        "-H",
        "--host",
        "-l",
        "--label",
        "--platform",
    ]
)


def list_carried(text: str, node: Node | None, depth: int = 0) -> Iterator[Simple]:
    """Every simple command of a statement, and those that they run in their turn."""
    for simple in list_simple(text, node):
        yield simple
        if depth >= _DEEPEST:
            continue
        words, script = _open(simple)
        if words:
            words = trim_prefixes(words)
        if words:
            inner = Simple(words[0].rsplit("/", 1)[-1], tuple(words[1:]), simple.background, simple.fed)
            yield inner
            deeper, further = _open(inner)
            if deeper:
                yield Simple(deeper[0].rsplit("/", 1)[-1], tuple(deeper[1:]), simple.background, simple.fed)
            script = script or further
        if script and len(script) <= LONGEST_LINE:
            yield from list_carried(script, None, depth + 1)


def find_remote(simple: Simple) -> list[str]:
    """The words that ``ssh`` hands to the other side; empty when it opens a shell there."""
    return _skip_ssh(simple.args)[1:]


def _open(simple: Simple) -> tuple[list[str], str]:
    """What a carrier runs: as words, or as a script of its own."""
    opener = _CARRIERS.get(simple.program)
    if opener is None:
        return [], ""
    return opener(simple.args)


def _skip_ssh(args: tuple[str, ...]) -> list[str]:
    at = 0
    while at < len(args) and args[at].startswith("-"):
        at += 2 if len(args[at]) == 2 and args[at][1] in _SSH_VALUED else 1
    return list(args[at:])


def _open_ssh(args: tuple[str, ...]) -> tuple[list[str], str]:
    return [], " ".join(_skip_ssh(args)[1:])


def _open_shell(args: tuple[str, ...]) -> tuple[list[str], str]:
    for at, arg in enumerate(args[:-1]):
        if arg.startswith("-") and not arg.startswith("--") and "c" in arg:
            return [], args[at + 1]
    return [], ""


def _open_exec(args: tuple[str, ...]) -> tuple[list[str], str]:
    """``docker exec web rm -rf x``, ``kubectl exec web -- rm``, ``docker compose run web rm``, ``fly ssh -C "…"``."""
    verbs = {"exec", "run", "debug", "rsh", "attach"}
    start = next((at for at, arg in enumerate(args[:6]) if arg in verbs), None)
    if start is None:
        return [], ""
    rest = list(args[start + 1 :])
    if "--" in rest:
        return rest[rest.index("--") + 1 :], ""
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in _EXEC_VALUED else rest[1:]
    return rest[1:], ""


def _open_find(args: tuple[str, ...]) -> tuple[list[str], str]:
    for at, arg in enumerate(args):
        if arg in ("-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch"):
            return [word for word in args[at + 1 :] if word not in ("\\;", ";", "+", "{}")], ""
    return [], ""


def _open_after(*leads: str) -> Callable[[tuple[str, ...]], tuple[list[str], str]]:
    def open_rest(args: tuple[str, ...]) -> tuple[list[str], str]:
        rest = list(args)
        while rest and (rest[0] in leads or rest[0].startswith("-")):
            rest = rest[1:]
        return rest, ""

    return open_rest


def _open_behind(*verbs: str) -> Callable[[tuple[str, ...]], tuple[list[str], str]]:
    """The words behind a subcommand such as ``poetry run``; nothing without it."""

    def open_rest(args: tuple[str, ...]) -> tuple[list[str], str]:
        if not args or args[0] not in verbs:
            return [], ""
        return _open_after("--")(args[1:])

    return open_rest


def _open_option(*options: str) -> Callable[[tuple[str, ...]], tuple[list[str], str]]:
    """The script given by an option such as ``--command``."""

    def open_script(args: tuple[str, ...]) -> tuple[list[str], str]:
        for at, arg in enumerate(args):
            if arg in options and at + 1 < len(args):
                return [], args[at + 1]
            name, _, value = arg.partition("=")
            if name in options and value:
                return [], value.strip("\"'")
        return [], ""

    return open_script


def _open_skipped(count: int) -> Callable[[tuple[str, ...]], tuple[list[str], str]]:
    def open_rest(args: tuple[str, ...]) -> tuple[list[str], str]:
        rest = [arg for arg in args if not arg.startswith("-")] if args[:1] and args[0].startswith("-") else list(args)
        return rest[count:], ""

    return open_rest


def _open_either(
    *openers: Callable[[tuple[str, ...]], tuple[list[str], str]],
) -> Callable[[tuple[str, ...]], tuple[list[str], str]]:
    def open_first(args: tuple[str, ...]) -> tuple[list[str], str]:
        return next((found for opener in openers if any(found := opener(args))), ([], ""))

    return open_first


def _open_eval(args: tuple[str, ...]) -> tuple[list[str], str]:
    return [], " ".join(args)


_CARRIERS: dict[str, Callable[[tuple[str, ...]], tuple[list[str], str]]] = {
    "ssh": _open_ssh,
    "mosh": _open_ssh,
    "autossh": _open_ssh,
    **dict.fromkeys(_SHELLS, _open_shell),
    **dict.fromkeys(("docker", "podman", "nerdctl", "docker-compose", "podman-compose", "kubectl", "oc"), _open_exec),
    **dict.fromkeys(("lxc", "incus"), _open_exec),
    "find": _open_find,
    "fd": _open_find,
    "npx": _open_after("--"),
    "bunx": _open_after("--"),
    "uvx": _open_after("--"),
    "pnpm": _open_either(_open_behind("exec", "dlx"), _open_after()),
    "yarn": _open_either(_open_behind("exec", "dlx", "run"), _open_after()),
    "npm": _open_behind("exec"),
    "bun": _open_behind("x"),
    "bundle": _open_behind("exec"),
    "poetry": _open_behind("run"),
    "pipenv": _open_behind("run"),
    "pdm": _open_behind("run"),
    "hatch": _open_behind("run"),
    "uv": _open_behind("run"),
    "conda": _open_behind("run"),
    "rye": _open_behind("run"),
    "direnv": _open_behind("exec"),
    "doppler": _open_behind("run"),
    "op": _open_behind("run"),
    "dotenv": _open_after("--", "run"),
    "heroku": _open_either(_open_behind("run"), _open_behind("run:detached")),
    "dokku": _open_behind("run", "enter"),
    "railway": _open_behind("run"),
    "fly": _open_option("-C", "--command"),
    "flyctl": _open_option("-C", "--command"),
    "gcloud": _open_option("--command"),
    "vagrant": _open_option("-c", "--command"),
    "cf": _open_option("-c", "--command"),
    "su": _open_option("-c", "--command"),
    "runuser": _open_option("-c", "--command"),
    "ansible": _open_option("-a", "--args"),
    "aws": _open_option("--command"),
    "eval": _open_eval,
    "watch": _open_eval,
    "chroot": _open_skipped(1),
    "flock": _open_either(_open_option("-c"), _open_skipped(1)),
    "parallel": _open_eval,
    "nsenter": _open_after("--"),
    "unshare": _open_after("--"),
    "strace": _open_after(),
    "setarch": _open_skipped(1),
    "retry": _open_after("--"),
    "trap": lambda args: ([], args[0] if args else ""),
}
