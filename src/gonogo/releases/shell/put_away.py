"""The variables of a run that is over: gone, or sealed while it can still be rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from gonogo.kernel.vault import Vault
from gonogo.releases.shell.private import write_private

PURPOSE = "gonogo releases"
_SEALED = "sealed-session"


def wipe_state(folder: Path) -> None:
    """Remove what the commands of a run were given and left behind: none of it is needed any more."""
    (folder / _SEALED).unlink(missing_ok=True)
    for path in _list_files(folder):
        path.unlink(missing_ok=True)


def seal_state(folder: Path, vault: Vault) -> None:
    """The same, but keep it encrypted: a rollback would go on with it."""
    files = {path.name: path.read_bytes() for path in _list_files(folder)}
    if files:
        text = msgspec.json.encode(files).decode()  # bytes travel as base64
        write_private(folder / _SEALED, vault.seal(_name(folder), text))
    for name in files:
        (folder / name).unlink(missing_ok=True)


def unseal_state(folder: Path, vault: Vault) -> None:
    """Take it out again, if it was sealed. Raises ``SealBroken``."""
    sealed = folder / _SEALED
    if not sealed.exists():
        return
    text = vault.unseal(_name(folder), sealed.read_text(encoding="utf-8"))
    for name, data in msgspec.json.decode(text, type=dict[str, bytes]).items():
        write_private(folder / name, data.decode("utf-8", "surrogateescape"))
    sealed.unlink()


def _list_files(folder: Path) -> Iterator[Path]:
    yield from sorted((*folder.glob("session.*"), *folder.glob("session@*")))


def _name(folder: Path) -> str:
    return f"run {folder.name}"
