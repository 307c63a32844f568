"""The Gonogo that a command talks to: the one that is meant, or the data folder opened in this process."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from gonogo.cli.commands import find_folder_need
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
        folder = None
        while find_target() is None:
            folder = embed_server(stack)
            if folder is not None:
                break
            if time.monotonic() > deadline:
                raise CannotRun("Another process holds the data folder, but serves nothing. Stop it and try again.")
            time.sleep(0.1)  # the other process has the folder and is about to say where it listens
        yield stack.enter_context(Gonogo() if folder is None else Gonogo(key=read_local_key(folder), home=folder))


def is_embedded(gonogo: Gonogo) -> bool:
    """Whether the server is this very process, and ends with this command."""
    return gonogo.target.pid == os.getpid()


def is_brief(gonogo: Gonogo) -> bool:
    """Whether the server ends with a command, this one or another (``gonogo run``): nobody does jobs meanwhile."""
    return gonogo.target.brief


def embed_server(stack: ExitStack) -> Path | None:
    """Serve the data folder until ``stack`` ends, and say which it is; None when another process has it."""
    from gonogo.cli.embedded import EmbeddedServer
    from gonogo.kernel.config import ConfigError, load_config
    from gonogo.kernel.http.server import FolderInUse
    from gonogo.kernel.secrets.own import hide_own_secrets

    try:
        config = load_config(host="127.0.0.1", port=0, log_level="warning")
        config = msgspec.structs.replace(config, home=str(choose_folder(stack, config.folder)), embedded=True)
        hide_own_secrets()
        stack.enter_context(EmbeddedServer(config))
    except ConfigError as error:
        raise CannotRun(str(error)) from error
    except OSError as error:
        raise CannotRun(f"The data folder can't be opened: {error}.") from error
    except FolderInUse:
        return None
    return config.folder


def choose_folder(stack: ExitStack, folder: Path) -> Path:
    """The configured data folder, or one for this command alone. Raises ``CannotRun``: not every command makes one."""
    from gonogo.kernel.data_folder import is_data_folder

    need = find_folder_need()
    if need.makes or is_data_folder(folder):
        return folder
    if need.borrows:
        return Path(stack.enter_context(TemporaryDirectory(prefix="gonogo-")))
    raise CannotRun(
        f"There is no data folder {folder}, nor one above it, and no server is named. Start one with `gonogo up`, "
        "go to where it was started, or set GONOGO_HOME, or GONOGO_URL for a server elsewhere."
    )


def read_local_key(folder: Path) -> str:
    """The key of this machine's own user for the server of a data folder."""
    return (folder / "local.key").read_text(encoding="utf-8").strip()
