"""Arguments to a command, and whatever goes wrong to one clear line and an exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable

from cyclopts import App, CycloptsError, Parameter

from gonogo.cli.commands import CALLED, list_commands
from gonogo.cli.exits import CANNOT_RUN, GO, INTERRUPTED, NO_GO, CannotRun
from gonogo.client.errors import ApiError, ServerNotFound, ServerUnreachable


def run_command(arguments: list[str]) -> int:
    """Call the command; gives its exit code. No error of ours or the user's reaches the terminal as a traceback."""
    CALLED.set(tuple(arguments))
    try:
        return call_command(arguments)
    except CycloptsError as error:
        return complain(describe_usage(error), CANNOT_RUN)
    except (CannotRun, ServerNotFound, ServerUnreachable) as error:
        return complain(str(error), CANNOT_RUN)
    except ApiError as error:
        return complain(describe_refusal(error), CANNOT_RUN if error.status < 500 else NO_GO)
    except KeyboardInterrupt:
        return complain("Stopped.", INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has left (`gonogo plan … | head`); Python would complain once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_GO


def call_command(arguments: list[str]) -> int:
    """Call the command and flush what it printed."""
    code: Callable[[], int] | int | None = build_app()(
        arguments, exit_on_error=False, print_error=False, result_action="return_value"
    )
    sys.stdout.flush()
    return code if isinstance(code, int) else GO


def build_app() -> App:
    """Every command by name; the code of one is loaded when it is called."""
    manner = Parameter(negative="", show_default=False)
    app = App(name="gonogo", version_flags=[], help_format="plaintext", default_parameter=manner)
    for command in list_commands():
        app.command(f"gonogo.cli.{command.target}", name=command.name)
    return app


_CONVERT = re.compile(r'unable to convert (".*") into (int|float)\b')
_NUMBERS = {"int": "whole number", "float": "number"}


def describe_usage(error: CycloptsError) -> str:
    """What is wrong with the arguments, in one line, and where to read what is right."""
    chain = [word for word in error.command_chain or () if word != "gonogo"]
    told = _CONVERT.sub(lambda match: f"{match[1]} is no {_NUMBERS[match[2]]}", " ".join(str(error).split()))
    return f"{told} Try `{' '.join(['gonogo', *chain, '--help'])}`."


def describe_refusal(error: ApiError) -> str:
    """The server's own sentence; for a missing login also the way in."""
    if error.type == "not-signed-in":
        return f"{error.detail} `gonogo login URL`, or set GONOGO_API_KEY."
    return error.detail


def complain(message: str, code: int) -> int:
    """Print one line on standard error and give ``code`` back."""
    sys.stdout.flush()
    print(f"gonogo: {message}", file=sys.stderr)  # noqa: T201
    return code
