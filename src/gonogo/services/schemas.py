"""What requests carry and what the store keeps."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from gonogo.kernel.phrasing import in_words

_VERSION = in_words(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$", "letters, digits, dots, - and _, at most 80, such as v2 or 2026-03-02"
)
VersionName = Annotated[str, msgspec.Meta(pattern=_VERSION, description="Name of a version.")]
Replicas = Annotated[int, msgspec.Meta(ge=1, le=100, description="How many processes.")]
SwapKind = Literal["swap", "rollback"]


class SwapRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which version to put in place. What is left out is as gonogo.toml says; a new name is recorded with it."""

    version: VersionName | None = None
    command: list[str] | None = None
    cwd: str | None = None
    env: dict[str, str] | None = None
    warm: bool | None = None


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which services; none for all."""

    names: list[str] = []


class ScaleRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many processes the active version is to have."""

    replicas: Replicas


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of a service; see ``models.services``."""

    name: str
    wanted: Literal["up", "down"]
    active: str | None
    previous: str | None
    base: str
    replicas: int | None
    seen: int
    updated_at: str


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded version; ``launch`` is the JSON of what is started."""

    service: str
    version: str
    launch: str
    created_at: str
    created_by: str


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """A version as people see it: values of its environment stay hidden."""

    version: str
    command: tuple[str, ...]
    cwd: str
    env: tuple[str, ...]
    env_file: str | None
    created_at: str
    created_by: str


class Swap(msgspec.Struct, frozen=True, kw_only=True):
    """One swap or rollback: seconds until the new version was ready, and until traffic had moved.

    One that was ``failed`` was tried, and the old version stayed; of one that was ``refused`` nothing was tried.
    """

    id: str
    service: str
    kind: SwapKind
    from_version: str
    to_version: str
    driver: str
    status: Literal["running", "done", "failed", "refused"]
    why: str
    ready_s: float | None
    duration_s: float | None
    started_at: str
    finished_at: str | None
    actor: str
    actor_name: str
