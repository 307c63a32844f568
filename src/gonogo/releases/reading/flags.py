"""Arguments of a command: which are flags, which are what it works on."""

from __future__ import annotations


def has_flag(args: tuple[str, ...], *flags: str) -> bool:
    """Whether one of ``flags`` is among the arguments: ``-f`` also within ``-rf``, ``--file`` also as ``--file=x``."""
    short = {flag[1] for flag in flags if len(flag) == 2}
    for arg in args:
        if not arg.startswith("-"):
            continue
        if arg in flags or (arg.startswith("--") and arg.partition("=")[0] in flags):
            return True
        if short and arg[1:].isalpha() and arg.isascii() and not short.isdisjoint(arg[1:]):
            return True
    return False


def list_operands(args: tuple[str, ...]) -> list[str]:
    return [arg for arg in args if not arg.startswith("-")]
