"""Finding the Gonogo that is meant, and a key that opens it.

Arguments win over ``GONOGO_URL`` and ``GONOGO_API_KEY``, those over the data folder that ``GONOGO_HOME`` names, that
over the saved login, that over the ``.gonogo`` of this folder or the nearest one above it. (A command inside a run must
reach the server that runs it, whatever login is saved on the machine.)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from gonogo.client.logins import Login, LoginStore

_NAME = ".gonogo"
_MARKS = ("gonogo.db", "server.lock")


class Target(msgspec.Struct, frozen=True):
    """A server's address and what to show at its door. ``origin`` says where the address came from.

    ``pid`` is the process that serves it, when it was found by its data folder; ``brief``: only while a command runs.
    """

    url: str
    origin: str
    key: str | None = None
    login: Login | None = None
    pid: int | None = None
    brief: bool = False


class Owner(msgspec.Struct, frozen=True):
    """The process that serves a data folder, as its ``server.json`` has it."""

    pid: int
    url: str
    brief: bool = False


def find_target(
    url: str | None = None,
    key: str | None = None,
    home: str | Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Target | None:
    """The server to talk to; None when nothing names one and no process serves the data folder."""
    environ = os.environ if environ is None else environ
    login = LoginStore(environ).find()
    home = home or environ.get("GONOGO_HOME") or None
    folder = Path(home).expanduser().absolute() if home else find_folder(Path.cwd())
    key = key or environ.get("GONOGO_API_KEY") or None
    if named := url or environ.get("GONOGO_URL"):
        origin = "argument" if url else "environment GONOGO_URL"
        return _find_credentials(Target(named.rstrip("/"), origin, key), login, folder)
    if home is None and login is not None:
        return Target(login.url, "saved login", key, None if key else login)
    owner = find_owner(folder)
    if owner is None:
        return None
    return Target(owner.url, f"data folder {folder}", key or _find_local_key(folder), pid=owner.pid, brief=owner.brief)


def find_folder(start: Path) -> Path:
    """The data folder of ``start`` or of the nearest folder above it; the one that would be here when there is none.

    One that lies above and belongs to another user is passed over.
    """
    owners = (os.geteuid(), int(os.environ.get("SUDO_UID") or -1))
    for folder in (start / _NAME, *(above / _NAME for above in start.parents)):
        is_used = any((folder / mark).exists() for mark in _MARKS)
        if is_used and (folder.parent == start or folder.stat().st_uid in owners):
            return folder
    return start / _NAME


def find_owner(folder: Path) -> Owner | None:
    """The living process that serves ``folder``; None when there is none."""
    try:
        owner = msgspec.json.decode((folder / "server.json").read_bytes(), type=Owner)
        os.kill(owner.pid, 0)
    except PermissionError:
        return owner
    except (OSError, msgspec.MsgspecError):
        return None
    return owner


def _find_credentials(target: Target, login: Login | None, folder: Path) -> Target:
    if target.key is not None:
        return target
    if login is not None and login.url == target.url:
        return msgspec.structs.replace(target, login=login)
    owner = find_owner(folder)
    # The local key of a folder opens only the server of that folder; it is not shown to any other.
    if owner is not None and owner.url == target.url:
        return msgspec.structs.replace(target, key=_find_local_key(folder))
    return target


def _find_local_key(folder: Path) -> str | None:
    try:
        return (folder / "local.key").read_text(encoding="utf-8").strip()
    except OSError:
        return None
