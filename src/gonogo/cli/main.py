"""Where ``gonogo`` begins. It loads next to nothing, so that help comes at once."""

from __future__ import annotations

import sys

from gonogo.cli.commands import list_commands


def main() -> int:
    """Run the command that the arguments name; gives the exit code."""
    arguments = sys.argv[1:]
    if arguments in ([], ["--help"], ["-h"], ["help"]):
        from gonogo.cli.overview import show_overview

        return show_overview()
    if arguments == ["--version"]:
        arguments = ["version"]
    if all(command.name != arguments[0] for command in list_commands()):
        from gonogo.cli.overview import refuse_name

        return refuse_name(arguments[0])
    from gonogo.cli.app import run_command

    return run_command(arguments)
