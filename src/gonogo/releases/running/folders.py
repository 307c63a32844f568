"""The folder that a command starts in, where that is not simply the one the last command left."""

from __future__ import annotations

from pathlib import Path

from gonogo.releases.plan import Item
from gonogo.releases.reading.directories import find_target
from gonogo.releases.shell.session import Session


class UnclearFolder(Exception):
    """A folder may be meant from two places, and both have one."""


def enter_start(session: Session, item: Item, workdir: Path) -> None:
    """Let the command start in the folder that its fence was written from. Raises UnclearFolder.

    Of two folders that a `cd` may be meant from, only one may have what it goes to. Where both do, a person says.
    """
    if item.starts_from is None or item.host is not None:
        return
    if item.starts_from == "run":
        session.enter(workdir)
        return
    here, there = session.find_folder(), session.find_start(item.starts_from)
    target = find_target(item.command or "")
    if target is None or here is None or there is None or here == there or not (there / target).is_dir():
        return
    if not (here / target).is_dir():
        session.enter(there)
    elif item.runs == "auto" and item.adopted is None:
        raise UnclearFolder(f"Both {here / target} and {there / target} exist: do this by hand, or adopt an answer.")
