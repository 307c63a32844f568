"""``gonogo lint`` and ``gonogo plan``: what a checklist says. No server, no data folder, nothing runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from gonogo.cli.exits import CANNOT_RUN, GO, CannotRun
from gonogo.cli.options import AsJson, Variables, read_variables
from gonogo.cli.output import count, say, show, show_json
from gonogo.kernel.clock import SystemClock
from gonogo.kernel.config import ConfigError, load_config
from gonogo.kernel.signals import SignalRegistry
from gonogo.releases.adoption.questions import list_questions
from gonogo.releases.plan import Plan
from gonogo.releases.reading.bindings import bind_tables
from gonogo.releases.running.sidecar import find_sidecar, read_sidecar
from gonogo.releases.running.understand import Reading, understand
from gonogo.releases.running.units import check_plan_units

MOST_BYTES = 4 * 1024 * 1024
TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b\x08")
Check = Annotated[bool, Parameter(help="Only say which lines still ask first; exit code 2 when there is one.")]
File = Annotated[Path, Parameter(help="A checklist in Markdown.")]


def lint(file: File, /, *, var: Variables = (), json: AsJson = False) -> int:
    """Say what is wrong with a checklist, line by line. Exit code 2 when something blocks it.

    Example: gonogo lint RELEASE.md
    """
    plan = read_plan(file, looks=False, variables=read_variables(var))
    if json:
        show_json(plan.findings)
    else:
        show_findings(plan)
    return exit_code(plan)


def plan(file: File, /, *, var: Variables = (), check: Check = False, json: AsJson = False) -> int:
    """Show everything that Gonogo understands of a checklist. Nothing runs.

    With --check, exit code 2 when a line still asks first: `gonogo adopt` answers it once for all runs. What this
    machine lacks does not count then, so that CI can hold a checklist to it. Variables that a run is given with --var
    are given here as well.

    Example: gonogo plan RELEASE.md --check --var VERSION=1.4.2
    """
    from gonogo.cli.plan_view import draw_plan

    found = read_plan(file, looks=not check, variables=read_variables(var))
    if json:
        show_json(found)
    elif check:
        show_unadopted(found)
    else:
        show(draw_plan(found))
    return max(exit_code(found), CANNOT_RUN if check and list_questions(found) else GO)


def show_unadopted(found: Plan) -> None:
    """One line for every item that still asks, and for every finding that blocks or is about the adoption."""
    from gonogo.cli.findings_view import write_finding

    path = found.source.path
    for finding in found.findings:
        if finding.severity == "error" or finding.rule == "adoption":
            say(write_finding(finding, path))
    questions = list_questions(found)
    for question in questions:
        text = (question.item.command or question.item.text).partition("\n")[0]
        say(f"{path}:{question.item.line}: asks first: {text} ({question.item.why}) [{question.doubt or 'asks'}]")
    if questions:
        say(f"{count(len(questions), 'line is', 'lines are')} not adopted. Answer with: gonogo adopt {path}")
    else:
        say("Every line is adopted or certain.")


def show_findings(plan: Plan) -> None:
    """The findings: a table for people, one line each for other programs."""
    from gonogo.cli.findings_view import draw_findings, write_finding

    if sys.stdout.isatty():
        show(draw_findings(plan.findings))
        return
    for finding in plan.findings:
        say(write_finding(finding, plan.source.path))


def read_plan(file: Path, *, looks: bool = True, variables: Iterable[str] = ()) -> Plan:
    """The plan of a checklist with its answers and this folder's ``gonogo.toml``. Raises ``CannotRun``.

    With ``looks`` programs and files count that are on this machine; without, those that a release usually has.
    """
    found = understand(gather_reading(file, looks=looks, variables=variables))
    compares = any(item.expression for phase in found.phases for item in phase.items)
    return check_plan_units(found, list_own_signals()) if compares else found


def gather_reading(file: Path, *, looks: bool = True, variables: Iterable[str] = ()) -> Reading:
    """Everything that the plan of a checklist depends on here. Raises ``CannotRun``."""
    data = read_bytes(file)
    try:
        config = load_config()
        bindings = bind_tables(config.tables)
    except (ConfigError, msgspec.ValidationError) as error:
        raise CannotRun(str(error)) from error
    try:
        adoption = read_sidecar(file)
    except OSError as error:
        raise CannotRun(f"{find_sidecar(file)} can't be read: {error.strerror}.") from error
    hosts = tuple(sorted(config.tables.get("hosts", {})))
    return Reading(
        document=data,
        path=str(file),
        adoption=adoption,
        bindings=bindings,
        hosts=hosts,
        variables=tuple(variables),
        looks=looks,
        folder=str(file.absolute().parent),
    )


def list_own_signals() -> SignalRegistry:
    """The signals every Gonogo has, as far as they are known without a server."""
    from gonogo.kernel.signals.process import declare_process_signals
    from gonogo.kernel.telemetry.metrics import RequestMetrics

    registry = SignalRegistry()
    declare_process_signals(registry)
    RequestMetrics(SystemClock(), registry)
    return registry


def read_bytes(file: Path) -> bytes:
    """The bytes of a checklist. Raises ``CannotRun`` for what is no text file."""
    try:
        if file.is_dir():
            raise CannotRun(f"{file} is a folder. Name the checklist in it.")
        if file.exists() and not file.is_file():
            raise CannotRun(f"{file} is no ordinary file.")
        if file.stat().st_size > MOST_BYTES:
            raise CannotRun(f"{file} is larger than 4 MB; that is no checklist.")
        data = file.read_bytes()
    except FileNotFoundError as error:
        raise CannotRun(f"There is no file {file} here ({Path.cwd()}).") from error
    except OSError as error:
        raise CannotRun(f"{file} can't be read: {error.strerror}.") from error
    if is_binary(data):
        raise CannotRun(f"{file} is a binary file, not a checklist in Markdown.")
    return data


def is_binary(data: bytes) -> bool:
    """Whether the bytes can't be text in any encoding that checklists come in (UTF-16 has its byte order mark)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = data[:8192]
    controls = sum(byte < 32 and byte not in TEXT_CONTROLS for byte in sample)
    return b"\0" in sample or controls * 20 > len(sample)


def exit_code(found: Plan) -> int:
    """2 when a finding blocks the checklist, else 0."""
    return CANNOT_RUN if any(finding.severity == "error" for finding in found.findings) else GO
