"""What the releases room takes and gives over HTTP."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from gonogo.releases.adoption.entries import AnswerKind, Entry
from gonogo.releases.deciding.state import Asked, Failure, FinalVerdict, ItemState, Options, Policy, Rollback, RunStatus
from gonogo.releases.plan import Doubt, Finding, PhaseRole


class PlanRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"variables": "vars"}):
    """A checklist to read: its text with the answers to its doubts (TOML), or the path of a file on the server.

    ``vars`` are the variables that its run will be started with.
    """

    markdown: str | None = None
    adoption: str | None = None
    path: str | None = None
    variables: dict[str, str] = {}


class ChecklistRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checklist to keep: a file on the server by its path, or a text with a name and the answers to its doubts."""

    path: str | None = None
    name: str | None = None
    markdown: str | None = None
    adoption: str | None = None


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
    """The plan that was looked at, by its hash: of the document and, where there are any, of its answers."""

    sha256: str


class GivenAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer to the item with this key. ``out`` takes ``why``; host, rule, signal and role take their own field."""

    key: str
    answer: AnswerKind
    why: str = ""
    host: str = ""
    rule: str = ""
    signal: str = ""
    role: str = ""


class AdoptionRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers to keep, and the keys of items whose answers are taken back. Who answers is who asks."""

    answers: tuple[GivenAnswer, ...] = ()
    remove: tuple[str, ...] = ()


class QuestionView(msgspec.Struct, frozen=True, kw_only=True):
    """One item that asks first: its doubt, the proposed answer and those that can be given."""

    key: str
    item: str
    line: int
    kind: str
    text: str
    under: tuple[str, ...]
    doubt: Doubt | None
    why: str
    proposal: AnswerKind
    answers: tuple[AnswerKind, ...]


class AdoptionView(msgspec.Struct, frozen=True, kw_only=True):
    """The answers of a checklist, what still asks, and what is wrong with the answers. ``sha256`` is the plan's."""

    sha256: str
    entries: tuple[Entry, ...]
    questions: tuple[QuestionView, ...]
    findings: tuple[Finding, ...]
    toml: str


class RunAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """What people answered to a run's doubts on the way; ``toml`` is the file that keeps it for the next run."""

    entries: tuple[Entry, ...]
    toml: str


class ReleaseRequest(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"as_name": "as", "variables": "vars"},
):
    """A release to start: exactly one of ``path``, ``checklist`` and ``markdown``.

    ``sha256`` is of the plan that the caller looked at; it never approves. ``adoption`` goes with ``markdown``.
    ``on_no_go`` is "rollback" when nobody attends, else "ask".
    ``as`` and ``accept_humans`` say for whom a key or the command line starts the run and ticks: they stay in the
    record beside who it really was. ``target`` names the service that is locked; without it, the checklist is.
    """

    path: str | None = None
    checklist: str | None = None
    markdown: str | None = None
    adoption: str | None = None
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


class Ticks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several items to tick with one note; ``name`` says for whom a key or the command line does it."""

    items: tuple[str, ...]
    note: str = ""
    name: str | None = None


class RollbackRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The level to roll back to (without one, the quickest), and why, for the record."""

    level: int | None = None
    reason: str = ""


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
    """One item of the plan with where it stands. ``need`` is what settles it: command, check, gate, wait, tick, …

    ``for_later`` says that it becomes a follow-up task when the release is GO.
    """

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
    for_later: bool
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
    """A run with everything in it. ``alone`` says that no second person has signed or decided; else it is empty."""

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
    alone: str
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
    """Whether a run's record is whole. ``first_bad_seq`` is the first entry that does not hold.

    ``signed`` says whether the journal carries signatures, ``signature_ok`` whether they hold (None without any), for
    the public ``key``. ``head`` is the hash of the last entry, ``signed_seq`` the last one that is signed.
    """

    ok: bool
    entries: int
    first_bad_seq: int | None
    evidence_files: int
    changed_evidence: tuple[str, ...]
    signed: bool
    signature_ok: bool | None
    signed_seq: int
    head: str
    head_seq: int
    key: str
    why: str
