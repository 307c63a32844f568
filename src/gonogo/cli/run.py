"""``gonogo run``, ``resume`` and ``rollback``: a checklist from the terminal to its verdict."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from gonogo.cli.asking import ask_approval
from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import CannotRun
from gonogo.cli.following import follow_run
from gonogo.cli.keeping import offer_to_keep
from gonogo.cli.options import RunName, Variables, read_variables
from gonogo.cli.output import show
from gonogo.cli.reading import exit_code, read_plan
from gonogo.cli.runs import find_run
from gonogo.client.errors import ApiError
from gonogo.client.gonogo import Gonogo
from gonogo.client.transport import is_loopback
from gonogo.releases.plan import Plan
from gonogo.releases.running.sidecar import read_sidecar

Policy = Literal["rollback", "ask", "stop"]
File = Annotated[Path, Parameter(help="A checklist in Markdown.")]
Env = Annotated[str | None, Parameter(help="Name of the environment, such as staging.")]
As = Annotated[
    str | None,
    Parameter(name="--as", help="For whom the run is started and ticked, beside who it was."),
]
Yes = Annotated[bool, Parameter(help="Approve the plan, ask nothing: people's items stay open.")]
Accept = Annotated[
    str | None, Parameter(help="For whom people's items are ticked in advance; signed only while alone.")
]
OnNoGo = Annotated[Policy | None, Parameter(help="On NO-GO: rollback (with --yes), ask (in a terminal), or stop.")]
Target = Annotated[str | None, Parameter(help="The service that is locked meanwhile; the checklist when absent.")]
Level = Annotated[int | None, Parameter(help="How far back; the quickest level when absent.")]


def run(
    file: File,
    /,
    *,
    var: Variables = (),
    env: Env = None,
    as_: As = None,
    yes: Yes = False,
    accept_humans: Accept = None,
    on_no_go: OnNoGo = None,
    target: Target = None,
) -> int:
    """Run a checklist. Exit code 0 is GO, 1 NO-GO, 2 can't be run, 3 held for a person.

    Example: gonogo run RELEASE.md --var VERSION=1.4.2 --env staging
    """
    from gonogo.cli.findings_view import draw_findings

    variables = read_variables(var)
    plan = read_plan(file, variables=variables)
    if exit_code(plan):
        show(draw_findings(plan.findings))
        raise CannotRun(f"{file} can't be run until its errors are mended.")
    if not yes:
        ask_approval(plan)
    attended = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    with open_gonogo() as gonogo:
        options = {
            "vars": variables,
            "env": env,
            "as_name": as_,
            "attended": attended,
            "accept_humans": accept_humans,
            "on_no_go": on_no_go,
            "target": target,
        }
        started = start_run(gonogo, plan, file, options, approved=not yes)
        code = follow_run(gonogo, started["id"], attended=attended, name=as_)
        if attended:
            offer_to_keep(gonogo, started["id"], file, plan)
        return code


def resume(run: RunName, /, *, as_: As = None, yes: Yes = False) -> int:
    """Go on with a run that was held or cut off. What is settled is never done again.

    Example: gonogo resume last
    """
    attended = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    with open_gonogo() as gonogo:
        found = find_run(gonogo, run)
        seen = gonogo.releases.show(found["id"])["head_seq"]
        if found["status"] != "finished":
            gonogo.releases.resume(found["id"])
        return follow_run(gonogo, found["id"], attended=attended, name=as_, since=seen)


def rollback(run: RunName, /, *, level: Level = None) -> int:
    """Roll a run back now. Exit code 1: a run that was rolled back is NO-GO.

    Example: gonogo rollback last --level 1
    """
    with open_gonogo() as gonogo:
        found = find_run(gonogo, run)
        seen = gonogo.releases.show(found["id"])["head_seq"]
        gonogo.releases.rollback(found["id"], level)
        return follow_run(gonogo, found["id"], attended=False, name=None, since=seen)


def start_run(gonogo: Gonogo, plan: Plan, file: Path, options: dict[str, Any], *, approved: bool = False) -> Any:
    """Start the run of exactly this plan: a server here reads the file itself, one elsewhere is sent its text.

    Where an earlier plan was approved, the yes of an approver at the terminal approves this one.
    """
    source: dict[str, Any] = {"sha256": plan.source.sha256}
    if is_loopback(gonogo.target.url):
        # Not resolved: a link stays a link, and commands start from its folder.
        source["path"] = os.path.abspath(file)  # noqa: PTH100
    else:
        adoption = read_sidecar(file)
        source["markdown"] = read_text(file)
        source["adoption"] = adoption.decode() if adoption is not None else None
    try:
        return gonogo.releases.start(**source, **options)
    except ApiError as error:
        checklist = error.extra.get("checklist")
        if not approved or error.type != "plan-changed" or checklist is None:
            raise
        gonogo.releases.approve(checklist, plan.source.sha256)
        return gonogo.releases.start(**source, **options)


def read_text(file: Path) -> str:
    """The text of a checklist. Raises ``CannotRun`` when it is not UTF-8, for then its hash could not be checked."""
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise CannotRun(f"{file} is not UTF-8; a server elsewhere can't be sent it. Convert it first.") from error
