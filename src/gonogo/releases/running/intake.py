"""From a file or a text to a plan that can run."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

import msgspec

from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.deciding.course import Course
from gonogo.releases.errors import ChecklistNotFound, PlanBlocked, PlanChanged
from gonogo.releases.plan import Plan
from gonogo.releases.reading.bindings import Bindings, bind_tables
from gonogo.releases.running.reader import PlanReader
from gonogo.releases.running.sidecar import pin_plan, read_sidecar
from gonogo.releases.running.understand import Reading
from gonogo.releases.running.units import check_plan_units
from gonogo.releases.schemas import Checklist, ReleaseRequest
from gonogo.releases.shell.hosts import Hosts, read_host_tables

UNSAVED = "A checklist that has not been saved here"
"""What brings new commands: whoever may run commands saves it, and operators start it from then on."""
_MOST_BYTES = 4 * 1024 * 1024


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a checklist and of the answers to its doubts."""

    text: bytes
    path: str
    adoption: bytes | None = None
    is_text: bool = False

    @property
    def sha256(self) -> str:
        """What pins the plan of this document with these answers."""
        return pin_plan(self.text, self.adoption)


class Source(msgspec.Struct, frozen=True):
    """What is to run, and the checklist it belongs to if that is kept."""

    document: Document
    checklist: Checklist | None


def read_bindings(kernel: Kernel) -> Bindings:
    """``[signals]`` and ``[roles]`` of gonogo.toml."""
    return bind_tables(kernel.config.tables)


def read_hosts(kernel: Kernel) -> Hosts:
    """``[hosts.NAME]`` of gonogo.toml, and the user of commands here. Raises ConfigError."""
    return read_host_tables(kernel.config.tables.get("hosts", {}), kernel.config.releases_run_as)


def find_path(path: str) -> str:
    """A path as it is kept: absolute, with ``~`` written out."""
    return str(Path(path).expanduser().absolute())


async def read_document(path: str) -> Document:
    """A checklist on this server and the answers beside it. Raises ChecklistNotFound, BadInput."""
    return await asyncio.to_thread(_read_document, path)


def _read_document(path: str) -> Document:
    file = Path(path).expanduser()
    if not file.is_file():
        raise ChecklistNotFound(f"There is no file '{path}' on the server.", field="path")
    try:
        with file.open("rb") as opened:
            text = opened.read(_MOST_BYTES + 1)
        adoption = read_sidecar(file)
    except OSError as error:
        raise BadInput(f"'{path}' can't be read: {error.strerror}.", field="path") from error
    if len(text) > _MOST_BYTES:
        raise BadInput(f"'{path}' is larger than 4 MB; that is not a checklist.", field="path")
    return Document(text=text, path=path, adoption=adoption)


async def read_plan(
    kernel: Kernel, document: Document, *, workdir: str | None = None, variables: Collection[str] = ()
) -> Plan:
    """What is understood of a checklist with its answers; its thresholds checked against the signals there are.

    ``workdir`` and ``variables`` are those of a run: which files are there, and which variables are set.
    Raises PlanTooSlow. The reading happens in another process: no document can hold the server up.
    """
    reading = Reading(
        document=document.text,
        path=document.path,
        adoption=document.adoption,
        bindings=read_bindings(kernel),
        hosts=tuple(sorted(kernel.config.tables.get("hosts", {}))),
        variables=tuple(sorted(variables)),
        looks=True,
        folder=workdir if workdir is not None else _find_folder(document),
    )
    plan = await kernel.get_part(PlanReader).read(reading, is_text=document.is_text)
    return await asyncio.to_thread(check_plan_units, plan, kernel.signals)


def _find_folder(document: Document) -> str | None:
    # A text that anybody may send must not become a way to ask which files there are.
    return None if document.is_text else str(Path(document.path).parent)


async def find_source(kernel: Kernel, request: ReleaseRequest) -> Source:
    """What the request wants run. Raises BadInput unless it names exactly one thing."""
    given = [value for value in (request.path, request.checklist, request.markdown) if value is not None]
    if len(given) != 1:
        raise BadInput("Give exactly one of 'path', 'checklist' and 'markdown'.", field="path")
    if request.adoption is not None and request.markdown is None:
        raise BadInput("'adoption' goes with 'markdown'; a file has its answers beside it.", field="adoption")
    if request.markdown is not None:
        return Source(make_text(request.markdown, request.adoption), None)
    if request.path is not None:
        path = find_path(request.path)
        kept = await kernel.db.read(lambda tx: store.find_checklist(tx, path=path))
        return Source(await read_document(path), kept)
    kept = await kernel.db.read(lambda tx: store.find_checklist(tx, id=request.checklist))
    if kept is None:
        raise ChecklistNotFound(f"There is no checklist with the id {request.checklist}.", field="checklist")
    return Source(await read_kept(kernel, kept), kept)


async def read_kept(kernel: Kernel, kept: Checklist) -> Document:
    """A kept checklist's file as it is now, or its text, with its answers."""
    if kept.path is not None:
        return await read_document(kept.path)
    markdown, adoption = await kernel.db.read(lambda tx: store.find_text(tx, kept.id))
    return make_text(markdown, adoption, kept.name)


def make_text(markdown: str, adoption: str | None, name: str = "(text)") -> Document:
    """A checklist that was sent as text."""
    answers = adoption.encode() if adoption is not None else None
    return Document(text=markdown.encode(), path=name, adoption=answers, is_text=True)


def check_approved(plan: Plan, source: Source, seen: str | None) -> None:
    """Raises PlanChanged unless the plan is the one that was seen and, where one was approved, that one.

    ``seen`` only says what the caller looked at. It never stands in for an approval.
    """
    current = plan.source.sha256
    approved = source.checklist.approved_sha256 if source.checklist else None
    if approved is not None and approved != current:
        raise PlanChanged(
            f"'{plan.source.path}' or its answers changed since the plan was approved "
            f"({approved[:12]}… then, {current[:12]}… now). An approver has to look at the plan and approve it again.",
            field="sha256",
            approved=approved,
            current=current,
            checklist=source.checklist.id if source.checklist else None,
        )
    if seen is not None and seen != current:
        raise PlanChanged(
            f"'{plan.source.path}' or its answers changed since you looked at the plan "
            f"({seen[:12]}… then, {current[:12]}… now). Look at the plan again.",
            field="sha256",
            current=current,
        )


def check_runnable(kernel: Kernel, course: Course) -> None:
    """Raises PlanBlocked or HostNotFound for what would stop the run half-way."""
    blocking = [finding for finding in course.plan.findings if finding.severity == "error"]
    if blocking:
        told = "; ".join(f"line {finding.line}: {finding.message}" for finding in blocking)
        raise PlanBlocked(f"{len(blocking)} finding(s) block this checklist: {told}", findings=len(blocking))
    hosts = read_hosts(kernel)
    for host in sorted(course.hosts()):
        hosts.check_known(host)
    for item in course.items.values():
        if item.action is not None and item.runs != "never" and item.action not in kernel.actions:
            raise PlanBlocked(f"Line {item.line} names the action '{item.action}', and there is none of that name.")
