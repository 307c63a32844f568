"""What a rollback will need, noted before the first change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tree_sitter import Node

from gonogo.releases.shell.syntax import parse_bash

_GIT_TIME_S = 10.0


async def read_git(workdir: Path) -> dict[str, str]:
    """Commit and branch checked out in ``workdir``; empty where there is no repository or no git."""
    commit = await _ask_git(workdir, "rev-parse", "HEAD")
    branch = await _ask_git(workdir, "symbolic-ref", "--short", "-q", "HEAD")
    found = {"commit": commit, "branch": branch}
    return {name: value for name, value in found.items() if value}


async def _ask_git(workdir: Path, *arguments: str) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            "git", "-C", str(workdir), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except FileNotFoundError:
        return ""
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _GIT_TIME_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        return ""
    return output.decode().strip() if process.returncode == 0 else ""


def find_variables(commands: Iterable[str]) -> frozenset[str]:
    """The names of every variable that these commands read."""
    return frozenset(name for command in commands for name in _find_names(parse_bash(command.encode())))


def pick_variables(commands: Iterable[str], values: Mapping[str, str]) -> dict[str, str]:
    """The values that these commands would find now."""
    return {name: values[name] for name in sorted(find_variables(commands)) if name in values}


def _find_names(node: Node) -> Iterator[str]:
    if node.type == "variable_name" and (node.parent is None or node.parent.type != "variable_assignment"):
        yield (node.text or b"").decode()
    for child in node.children:
        yield from _find_names(child)
