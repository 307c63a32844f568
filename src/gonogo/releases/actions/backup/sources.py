"""What is to be backed up: the action's words over ``[backup]`` of gonogo.toml over Gonogo's own database."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from gonogo.kernel.actions import ActionCall
from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.backup.git import RefKind, is_repository
from gonogo.releases.actions.options import check_known, find_file, read_flag, read_list, read_whole
from gonogo.releases.substitution import VariableNotSet, fill_text

OPTIONS = ("name", "keep", "to", "sqlite", "postgres", "files", "git", "processes")
_OWN = "gonogo"


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one backup takes. ``keep`` is how many of this name stay; 0 keeps all."""

    name: str
    to: str
    keep: int
    sqlite: tuple[Path, ...]
    postgres: tuple[str, ...]
    files: tuple[Path, ...]
    git: RefKind | None
    processes: bool


def read_sources(call: ActionCall) -> Sources:
    """What this call means. Raises BadInput."""
    check_known(call, *OPTIONS)
    call = _add_table(call)
    named = any(call.options.get(name) for name in ("sqlite", "postgres", "files", "git"))
    own = call.kernel.config.database_path
    sqlite = tuple(own if path == _OWN else find_file(call, path) for path in read_list(call, "sqlite"))
    return Sources(
        name=read_name(call),
        to=read_place(call),
        keep=read_whole(call, "keep", 0),
        sqlite=sqlite if named else (own,),
        postgres=read_list(call, "postgres"),
        files=tuple(find_file(call, path) for path in read_list(call, "files")),
        git=_read_git(call, named=named),
        processes=read_flag(call, "processes", default=not named),
    )


def read_name(call: ActionCall) -> str:
    """Backups of one name are one series: the newest N of it are kept."""
    name = call.options.get("name") or _get_table(call).get("name") or "backup"
    if not all(char.isalnum() or char in "-_" for char in name):
        raise BadInput(f"'name' is letters, digits, - and _, not '{name}'.", field="name")
    return str(name)


def read_place(call: ActionCall) -> str:
    """The folder or bucket: beside the checklist unless told otherwise."""
    return str(call.options.get("to") or _get_table(call).get("to") or "backups")


def _get_table(call: ActionCall) -> dict[str, Any]:
    return call.kernel.config.tables.get("backup", {})


def _add_table(call: ActionCall) -> ActionCall:
    written = {name: _write(value) for name, value in _get_table(call).items()}
    try:
        filled = {name: fill_text(value, call.variables) for name, value in written.items()}
    except VariableNotSet as error:
        raise BadInput(f"[backup] of gonogo.toml: {error}", field="backup") from error
    merged = ActionCall(call.kernel, call.actor, {**filled, **call.options}, call.folder, call.say)
    check_known(merged, *OPTIONS)
    return merged


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _read_git(call: ActionCall, *, named: bool) -> RefKind | None:
    kinds: dict[str, Literal["branch", "tag"]] = {"branch": "branch", "tag": "tag"}
    word = call.options.get("git", "")
    if not word and not named and is_repository(call.folder):
        return "tag"
    if word not in {*kinds, "", "no"}:
        raise BadInput(f"'git' is branch, tag or no, not '{word}'.", field="git")
    return kinds.get(word)
