"""What the releases room takes and gives over HTTP."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from gonogo.releases.deciding.state import Asked, Failure, FinalVerdict, ItemState, Options, Policy, Rollback, RunStatus
from gonogo.releases.plan import PhaseRole


class PlanRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checklist to read: its text, or the path of a file on the server."""

    markdown: str | None = None
    path: str | None = None


class ChecklistRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checklist to keep: a file on the server by its path, or a text with a name."""

    path: str | None = None
    name: str | None = None
    markdown: str | None = None


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """A checklist that is kept. It may run without a question only while ``sha256`` is the approved one."""

    id: str
    name: str
    path: str | None
    sha256: str
    approved_sha256: str | None
    approved_by: str | None
    approved_at: str | None
    created_at: str
    updated_at: str


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The plan that was looked at, by the hash of its file."""

    sha256: str


class ReleaseRequest(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"as_name": "as", "variables": "vars"},
):
    """A release to start: exactly one of ``path``, ``checklist`` and ``markdown``.

    ``sha256`` is of the file as it was approved. ``on_no_go`` is "rollback" when nobody attends, else "ask".
    ``as`` and ``accept_humans`` say for whom a key or the command line starts the run and ticks: they stay in the
    record beside who it really was. ``target`` names the service that is locked; without it, the checklist is.
    """

    path: str | None = None
    checklist: str | None = None
    markdown: str | None = None
    sha256: str | None = None
    variables: dict[str, str] = {}
    env: str | None = None
    as_name: str | None = None
    attended: bool = True
    accept_humans: str | None = None
    on_no_go: Policy | None = None
    workdir: str | None = None
    target: str | None = None


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person does to an item. ``name`` says for whom a key or the command line does it; people leave it out."""

    note: str = ""
    reason: str = ""
    name: str | None = None
    decision: Literal["go", "no_go", "hold"] | None = None


class RollbackRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The level to roll back to; without one, the quickest."""

    level: int | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One run in a list. ``exit_code``: 0 GO, 1 NO-GO, 3 held for a person, None while it goes on."""

    id: str
    title: str
    path: str
    sha256: str
    environment: str | None
    target: str
    status: RunStatus
    verdict: FinalVerdict | None
    exit_code: int | None
    started_by_name: str
    started_at: str
    finished_at: str | None
    rollback_seconds: float | None


class ItemReport(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the plan with where it stands. ``need`` is what settles it: command, check, gate, wait, tick, …"""

    id: str
    kind: str
    need: str
    line: int
    end_line: int
    text: str
    command: str | None
    judges: str | None
    runs: str | None
    why_not: str
    role: str | None
    host: str | None
    expression: str | None
    criteria: tuple[str, ...]
    level: int | None
    promise_s: float | None
    state: ItemState


class PhaseReport(msgspec.Struct, frozen=True, kw_only=True):
    """One heading and its items."""

    id: str
    title: str
    line: int
    role: PhaseRole
    path: tuple[str, ...]
    items: tuple[ItemReport, ...]


class Release(Summary, frozen=True, kw_only=True):
    """A run with everything in it."""

    why: str
    workdir: str
    checklist_id: str | None
    options: Options
    asked: Asked | None
    failure: Failure | None
    rollback: Rollback | None
    captured: dict[str, Any] | None
    changed: bool
    levels: tuple[int, ...]
    rollback_refusal: str | None
    head_seq: int
    head_hash: str
    phases: tuple[PhaseReport, ...]


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a command's output. Ask again from ``next_offset``; offsets and sizes are bytes."""

    item: str
    attempt: int
    stream: Literal["stdout", "stderr"]
    offset: int
    next_offset: int
    size: int
    complete: bool
    text: str


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a run's record is whole. ``first_bad_seq`` is the first entry that does not hold."""

    ok: bool
    entries: int
    first_bad_seq: int | None
    evidence_files: int
    changed_evidence: tuple[str, ...]
    why: str
