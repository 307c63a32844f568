"""The Gonogo that a command talks to: the one that is meant, or the data folder opened in this process."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec

from gonogo.cli.exits import CannotRun
from gonogo.client.discovery import find_target
from gonogo.client.gonogo import Gonogo

START_LIMIT_S = 15.0


@contextmanager
def open_gonogo() -> Iterator[Gonogo]:
    """A client of the server that is meant. Without a server the data folder is served from here meanwhile.

    Raises ``CannotRun`` when the folder's owner does not get ready.
    """
    with ExitStack() as stack:
        deadline = time.monotonic() + START_LIMIT_S
        while find_target() is None:
            if embed_server(stack):
                break
            if time.monotonic() > deadline:
                raise CannotRun("Another process holds the data folder, but serves nothing. Stop it and try again.")
            time.sleep(0.1)  # the other process has the folder and is about to say where it listens
        yield stack.enter_context(Gonogo())


def is_embedded(gonogo: Gonogo) -> bool:
    """Whether the server is this very process, and ends with this command."""
    return gonogo.target.pid == os.getpid()


def is_brief(gonogo: Gonogo) -> bool:
    """Whether the server ends with a command, this one or another (``gonogo run``): nobody does jobs meanwhile."""
    return gonogo.target.brief


def embed_server(stack: ExitStack) -> bool:
    """Serve the data folder until ``stack`` ends; False when another process has it."""
    from gonogo.cli.embedded import EmbeddedServer
    from gonogo.kernel.config import ConfigError, load_config
    from gonogo.kernel.http.server import FolderInUse
    from gonogo.kernel.secrets.own import hide_own_secrets

    try:
        config = load_config(host="127.0.0.1", port=0, log_level="warning")
        hide_own_secrets()
        stack.enter_context(EmbeddedServer(msgspec.structs.replace(config, embedded=True)))
    except ConfigError as error:
        raise CannotRun(str(error)) from error
    except OSError as error:
        raise CannotRun(f"The data folder can't be opened: {error}.") from error
    except FolderInUse:
        return False
    return True
