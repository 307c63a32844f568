"""What ``gonogo --help`` prints, from the table of commands and without the library that reads arguments."""

from __future__ import annotations

import sys

from gonogo.cli.commands import COMMANDS, list_commands
from gonogo.cli.exits import CANNOT_RUN, GO

INTRODUCTION = """\
Gonogo runs your own Markdown deployment checklist: commands with evidence, people's
ticks and signatures, gates on live numbers, soaks, and the way back.

Usage: gonogo COMMAND …
"""
CLOSING = """\
Begin with:   gonogo plan RELEASE.md      what it understands; runs nothing
              gonogo run RELEASE.md       run it here
              gonogo up                   the control room in the browser

Exit codes:   0 GO   1 NO-GO   2 can't be run   3 held for a person
More:         gonogo COMMAND --help
"""


def show_overview() -> int:
    """Print the introduction and every command by group."""
    lines = [INTRODUCTION]
    for group, commands in COMMANDS.items():
        lines.append(f"{group}:")
        lines.extend(f"  {command.name:<10} {command.summary}" for command in commands)
        lines.append("")
    sys.stdout.write("\n".join([*lines, CLOSING]))
    return GO


def refuse_name(name: str) -> int:
    """Say that there is no such command, and which was perhaps meant."""
    import difflib

    near = difflib.get_close_matches(name, [command.name for command in list_commands()], n=1)
    hint = f"Did you mean `gonogo {near[0]}`?" if near else "`gonogo --help` lists them."
    sys.stderr.write(f"gonogo: There is no command '{name}'. {hint}\n")
    return CANNOT_RUN
