"""Versions as values: what is started under which name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from gonogo.services.definition import Definition
from gonogo.services.reading import VersionTable
from gonogo.services.schemas import SwapRequest, Version, VersionView
from gonogo.services.spec import Launch

_NUMBERED = re.compile(r"v(\d{1,9})\Z")


def write_launch(launch: Launch) -> str:
    """What is started as JSON, its name left out: two versions that start the same are written alike."""
    return msgspec.json.encode(msgspec.structs.replace(launch, version="")).decode()


def read_launch(version: Version) -> Launch:
    """What a recorded version starts."""
    launch = msgspec.json.decode(version.launch, type=Launch)
    return msgspec.structs.replace(launch, version=version.version)


def describe_version(version: Version) -> VersionView:
    """The version without the values of its environment, which may be secret."""
    launch = read_launch(version)
    return VersionView(
        version=version.version,
        command=launch.command,
        cwd=launch.cwd,
        env=tuple(sorted(launch.env)),
        env_file=launch.env_file,
        created_at=version.created_at,
        created_by=version.created_by,
    )


def name_next(versions: Iterable[Version]) -> str:
    """The next free of ``v1``, ``v2``, …"""
    numbers = [int(match[1]) for version in versions if (match := _NUMBERED.match(version.version))]
    return f"v{max(numbers, default=0) + 1}"


def has_overrides(request: SwapRequest) -> bool:
    """Whether the request says what to start, and not only its name."""
    return request.command is not None or request.cwd is not None or request.env is not None


def make_launch(definition: Definition, name: str, request: SwapRequest) -> Launch:
    """The service's command under this name, with what ``versions.NAME`` of gonogo.toml and the request change."""
    launch = _apply(definition.spec.launch, definition.versions.get(name, VersionTable()))
    asked = VersionTable(command=request.command, cwd=request.cwd, env=request.env or {})
    return msgspec.structs.replace(_apply(launch, asked), version=name)


def _apply(launch: Launch, change: VersionTable) -> Launch:
    return msgspec.structs.replace(
        launch,
        command=launch.command if change.command is None else tuple(change.command),
        cwd=launch.cwd if change.cwd is None else str(Path(launch.cwd) / change.cwd),
        env=launch.env | change.env,
        env_file=launch.env_file if change.env_file is None else change.env_file,
    )
