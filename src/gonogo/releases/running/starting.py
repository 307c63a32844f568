"""Starting a run: read, check what was approved, lock the target, write the first entry."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise, authorise_command_text
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.secrets.masking import is_secret_name
from gonogo.releases import store
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.people import (
    Team,
    describe_act,
    list_accepted,
    list_not_held,
    name_starters,
)
from gonogo.releases.deciding.state import Options, RunState
from gonogo.releases.journal import GENESIS, Fact, hash_text
from gonogo.releases.plan import Source as PlanSource
from gonogo.releases.record.files import find_folder
from gonogo.releases.record.ledger import Ledger, Run
from gonogo.releases.record.team import load_team
from gonogo.releases.running.intake import (
    UNSAVED,
    Source,
    check_approved,
    check_runnable,
    find_source,
    read_hosts,
    read_plan,
)
from gonogo.releases.running.locks import check_left_behind, lock_target
from gonogo.releases.running.runners import Runners
from gonogo.releases.schemas import ReleaseRequest
from gonogo.releases.shell.environment import build_environment
from gonogo.releases.shell.loading import loads_code
from gonogo.releases.shell.session import Session

_MASKED = "***"
_LONGEST_NAME = 200
_LONGEST_TARGET = 1000


async def start_run(kernel: Kernel, actor: Actor, request: ReleaseRequest) -> Run:
    """Start a release; it goes on by itself from here.

    Raises PlanChanged, PlanBlocked, HostNotFound, TargetLocked, ChecklistNotFound, BadInput.
    """
    authorise(actor, "operator")
    permission = _authorise_text(actor, request)
    source = await find_source(kernel, request)
    if source.checklist is None:
        permission = permission or authorise_command_text(actor, UNSAVED)
    by = describe_act(actor, request.as_name)
    describe_act(actor, request.accept_humans)
    plan = await read_plan(kernel, source.document, workdir=request.workdir, variables=request.variables)
    check_approved(plan, source, request.sha256)
    course = Course(plan)
    check_runnable(kernel, course)
    workdir = _find_workdir(request, source)
    team = await kernel.db.read(lambda tx: load_team(tx, kernel.config))
    options = build_options(course, request, actor, by.get("for", ""), team)
    row = _build_row(kernel, source, course, request, actor, by["name"], workdir)
    facts = {**by, "options": msgspec.to_builtins(options), "sha256": plan.source.sha256, "title": row["title"]}
    facts |= {"permission": permission} if permission else {}
    facts |= {"environment": request.env, "workdir": str(workdir), "vars": _hide_secrets(request.variables)}
    return await launch_run(kernel, actor, Run(row, course, RunState()), facts, request.variables)


def _authorise_text(actor: Actor, request: ReleaseRequest) -> str | None:
    """The permission by which the request brings commands of its own, if it does. Raises Forbidden."""
    if request.markdown is not None:
        return authorise_command_text(actor, "A checklist given as text")
    if request.workdir is not None:
        # `./deploy.sh` is another command in another folder.
        return authorise_command_text(actor, "A folder of your choice")
    loading = next((name for name in request.variables if loads_code(name)), None)
    return authorise_command_text(actor, f"The variable {loading}") if loading else None


async def launch_run(
    kernel: Kernel, actor: Actor, run: Run, facts: dict[str, Any], variables: Mapping[str, str]
) -> Run:
    """Prepare the run's folder, write its first entry and let it go."""
    folder = find_folder(kernel.config, run.id)
    session = Session(folder, read_hosts(kernel), run=run.id)
    session.open(build_environment(kernel.config, os.environ), Path(run.row["workdir"]), variables)
    session.export({"GONOGO_HOME": str(kernel.config.folder), "GONOGO_RUN": run.id})
    ledger = kernel.get_part(Ledger)
    pins = {f"{name}_sha256": hash_text(run.row[name]) for name in ("plan", "markdown")}

    def change(tx: Tx) -> Run:
        lock_target(tx, run.row["target"], run.id)
        check_left_behind(tx, kernel.config, ledger, run.row["target"], run.id)
        store.insert_run(tx, run.row)
        return ledger.append(tx, run, [Fact(name="started", data=facts | pins)], actor)

    try:
        started = await kernel.db.write(change)
    except BaseException:
        shutil.rmtree(folder)
        raise
    kernel.get_part(Runners).wake(started.id)
    return started


def build_options(course: Course, request: ReleaseRequest, actor: Actor, started_for: str, team: Team) -> Options:
    """How the run goes. Without a person there to ask, NO-GO rolls back by itself.

    ``accept_humans`` gives ticks in advance, of roles that the caller holds; signatures and decisions only while
    whoever starts may give them as well.
    """
    options = Options(
        attended=request.attended,
        on_no_go=request.on_no_go or ("ask" if request.attended else "rollback"),
        accept_humans=request.accept_humans or None,
        alone=team.alone,
        started_by=actor.id,
        started_by_name=actor.name,
        started_for=started_for,
        starters=name_starters(actor, started_for, team),
    )
    if not request.accept_humans:
        return options
    items = list(course.items.values())
    given = [item for item in items if course.need(item) in ("sign", "decide")]
    ticked = [item for item in items if course.need(item) == "tick"]
    return msgspec.structs.replace(
        options,
        accepted=list_accepted(actor, given, options, team),
        not_accepted=list_not_held(actor, ticked, team),
    )


def _build_row(
    kernel: Kernel,
    source: Source,
    course: Course,
    request: ReleaseRequest,
    actor: Actor,
    name: str,
    workdir: Path,
) -> dict[str, Any]:
    plan = course.plan
    return {
        "id": new_id(),
        "checklist_id": source.checklist.id if source.checklist else None,
        "title": plan.source.title or Path(source.document.path).name,
        "path": source.document.path,
        "sha256": plan.source.sha256,
        "markdown": source.document.text.decode("utf-8", "replace"),
        "plan": msgspec.json.encode(plan).decode(),
        "environment": request.env,
        "target": _name_target(request, plan.source),
        "workdir": str(workdir),
        "started_by": actor.id,
        "started_by_name": name[:_LONGEST_NAME],
        "started_at": format_instant(kernel.clock.now()),
        "finished_at": None,
        "status": "new",
        "verdict": None,
        "rollback_seconds": None,
        "head_seq": 0,
        "head_hash": GENESIS,
    }


def _name_target(request: ReleaseRequest, source: PlanSource) -> str:
    """What is locked: a service in an environment. Without a name, the checklist stands for the service."""
    known = source.path if Path(source.path).is_absolute() else f"{source.path} {source.title}".strip()
    service = (request.target or "").strip() or known
    return (f"{request.env}:{service}" if request.env else service)[:_LONGEST_TARGET]


def _find_workdir(request: ReleaseRequest, source: Source) -> Path:
    beside = Path(source.document.path).parent if Path(source.document.path).is_absolute() else Path.cwd()
    workdir = Path(request.workdir).expanduser().absolute() if request.workdir else beside
    if not workdir.is_dir():
        raise BadInput(f"'{workdir}' is not a folder on the server.", field="workdir")
    return workdir


def _hide_secrets(variables: Mapping[str, str]) -> dict[str, str]:
    wrong = [name for name in variables if not name.isidentifier()]
    if wrong:
        raise BadInput(f"'{wrong[0]}' is no name for a variable; use letters, digits and _.", field="vars")
    return {name: _MASKED if is_secret_name(name) else value for name, value in variables.items()}
