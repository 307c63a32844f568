"""Arguments of a command: which are flags, which are what it works on."""

from __future__ import annotations

import re


def has_flag(args: tuple[str, ...], *flags: str) -> bool:
    short = "".join(flag[1:] for flag in flags if len(flag) == 2)
    for arg in args:
        if arg in flags or any(arg.startswith(flag + "=") for flag in flags if flag.startswith("--")):
            return True
        if short and re.match(rf"^-[A-Za-z]*[{short}][A-Za-z]*$", arg):
            return True
    return False


def list_operands(args: tuple[str, ...]) -> list[str]:
    return [arg for arg in args if not arg.startswith("-")]
