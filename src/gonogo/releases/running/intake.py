"""From a file or a text to a plan that can run."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.releases.deciding.course import Course
from gonogo.releases.errors import ChecklistNotFound, PlanBlocked, PlanChanged
from gonogo.releases.plan import Plan
from gonogo.releases.reading import read_checklist
from gonogo.releases.reading.bindings import Bindings, bind_tables
from gonogo.releases.running.units import check_plan_units
from gonogo.releases.shell.hosts import Hosts

_MOST_BYTES = 4 * 1024 * 1024


def read_bindings(kernel: Kernel) -> Bindings:
    """``[signals]`` and ``[roles]`` of gonogo.toml."""
    return bind_tables(kernel.config.tables)


def read_hosts(kernel: Kernel) -> Hosts:
    """``[hosts.NAME]`` of gonogo.toml."""
    tables = kernel.config.tables.get("hosts", {})
    return Hosts({name: tuple(table.get("command", ())) for name, table in tables.items()})


def find_path(path: str) -> str:
    """A path as it is kept: absolute, with ``~`` written out."""
    return str(Path(path).expanduser().absolute())


def read_file(path: str) -> bytes:
    """The bytes of a checklist on this server. Raises ChecklistNotFound."""
    file = Path(path).expanduser()
    if not file.is_file():
        raise ChecklistNotFound(f"There is no file '{path}' on the server.", field="path")
    if file.stat().st_size > _MOST_BYTES:
        raise BadInput(f"'{path}' is larger than 4 MB; that is no checklist.", field="path")
    return file.read_bytes()


def read_plan(kernel: Kernel, data: bytes, path: str) -> Plan:
    """What is understood of a checklist, its thresholds held against the signals there are."""
    return check_plan_units(read_checklist(data, path, read_bindings(kernel)), kernel.signals)


def hash_bytes(data: bytes) -> str:
    """What pins a checklist: SHA-256 of its bytes."""
    return hashlib.sha256(data).hexdigest()


def check_approved(plan: Plan, sha256: str | None) -> None:
    """Raises PlanChanged unless the plan is the one that was approved."""
    if sha256 is not None and plan.source.sha256 != sha256:
        raise PlanChanged(
            f"'{plan.source.path}' was approved as {sha256[:12]}… and is {plan.source.sha256[:12]}… now. "
            "Look at its plan and approve it again.",
            field="sha256",
            approved=sha256,
            current=plan.source.sha256,
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
