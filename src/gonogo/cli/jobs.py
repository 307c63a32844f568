"""``gonogo jobs``: enqueue, look, cancel, retry, replay."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import App, Parameter

from gonogo.cli.connection import is_brief, open_gonogo
from gonogo.cli.exits import GO, NO_GO, CannotRun
from gonogo.cli.jobs_details import JobDetails
from gonogo.cli.jobs_payload import read_payload
from gonogo.cli.jobs_queue import limit, limits, pause, resume, workers
from gonogo.cli.jobs_schedules import app as schedules
from gonogo.cli.options import AsJson
from gonogo.cli.output import count, say, show_json, show_table, warn
from gonogo.client.gonogo import Gonogo

POLL_S = 0.2
ENDED = ("done", "dead", "cancelled")
Payload = Annotated[str, Parameter(help="The payload as JSON; for `shell` jobs the command itself will do.")]
Due = Annotated[str | None, Parameter(help="Not before this instant (ISO 8601).")]
Id = Annotated[str | None, Parameter(help="A UUID of your own: said twice, it is taken in once.")]
Wait = Annotated[bool, Parameter(help="Stay until it has ended; the exit code is 1 unless it is done.")]
State = Annotated[
    Literal["scheduled", "ready", "running", "done", "failed", "dead", "cancelled"] | None,
    Parameter(help="Only jobs in this state."),
]
Type = Annotated[str | None, Parameter(help="Only jobs of this type.")]
Parent = Annotated[str | None, Parameter(help="Only those that belong to this job.")]
Limit = Annotated[int, Parameter(help="How many.")]
Why = Annotated[str, Parameter(help="Why, for the record.")]
Replay = Annotated[bool, Parameter(help="Make them ready again.")]
Tasks = Annotated[bool, Parameter(help="The house's own tasks instead of people's jobs.")]
PLAIN = JobDetails()
app = App(name="jobs", help="The durable queue: jobs, workers, schedules, dead letters.")
app.command(schedules)
for _command in (workers, pause, resume, limits, limit):
    app.command(_command)


@app.command
def enqueue(
    type: str,
    payload: Payload = "{}",
    /,
    *,
    details: JobDetails = PLAIN,
    due: Due = None,
    id: Id = None,
    wait: Wait = False,
    json: AsJson = False,
) -> int:
    """Take in one job.

    Example: gonogo jobs enqueue shell 'make backup' --max-attempts 1 --wait
    """
    told = details.describe()
    told |= {name: value for name, value in (("due", due), ("id", id)) if value is not None}
    with open_gonogo() as gonogo:
        if wait and is_brief(gonogo):
            raise CannotRun("--wait needs a server, which does the job: start `gonogo up`, or leave --wait out.")
        job = gonogo.jobs.enqueue(type, read_payload(type, payload), **told)
        job = wait_for_end(gonogo, job) if wait else job
        lines = gonogo.jobs.log(job["id"]) if wait else []
    if json:
        show_json(job)
    else:
        for line in lines:
            say(line)
        say(f"{job['id']}  {job['state']}{_tell_error(job)}")
    return GO if not wait or job["state"] == "done" else NO_GO


@app.command(name="list")
def list_(
    *,
    state: State = None,
    type: Type = None,
    parent: Parent = None,
    limit: Limit = 50,
    tasks: Tasks = False,
    json: AsJson = False,
) -> None:
    """List jobs, newest first.

    Example: gonogo jobs list --state running
    """
    with open_gonogo() as gonogo:
        page = gonogo.jobs.list(state, type, parent=parent, limit=limit, family=name_family(tasks))
    if json:
        show_json(page.items)
        return
    rows = [
        (job["id"], job["type"], job["state"], f"{job['attempt']}/{job['max_attempts']}", job["at"][:19], _tell(job))
        for job in page.items
    ]
    show_table(("id", "type", "state", "attempt", "since", "what"), rows, empty="No such job.")


@app.command
def show(id: str, /, *, tasks: Tasks = False, json: AsJson = False) -> None:
    """Show one job, with its log and result.

    Example: gonogo jobs show 01890a5d-ac96-774b-bcce-b302099a8057
    """
    with open_gonogo() as gonogo:
        job = gonogo.jobs.show(id, name_family(tasks))
        lines = read_log(gonogo, id, name_family(tasks))
    if json:
        show_json(job | {"log": lines})
        return
    for name, value in job.items():
        if value not in (None, "", [], {}):
            say(f"{name:>13}  {value if isinstance(value, str) else msgspec.json.encode(value).decode()}")
    for line in lines:
        say(f"{'log':>13}  {line}")


@app.command
def cancel(id: str, /, *, why: Why = "") -> None:
    """Cancel a job, also one that runs.

    Example: gonogo jobs cancel 01890a5d-ac96-774b-bcce-b302099a8057 --why 'not needed'
    """
    with open_gonogo() as gonogo:
        gonogo.jobs.cancel(id, why)
    say(f"{id} is cancelled.")


@app.command
def retry(id: str, /, *, tasks: Tasks = False) -> None:
    """Make a dead, cancelled or waiting job ready now, with all its attempts.

    Example: gonogo jobs retry 01890a5d-ac96-774b-bcce-b302099a8057
    """
    with open_gonogo() as gonogo:
        gonogo.jobs.retry(id, name_family(tasks))
    say(f"{id} is ready.")


@app.command
def dead(
    *, type: Type = None, replay: Replay = False, limit: Limit = 50, tasks: Tasks = False, json: AsJson = False
) -> None:
    """List the dead letters, or make them all ready again.

    Example: gonogo jobs dead --type mail.send --replay
    """
    if not replay:
        list_(state="dead", type=type, limit=limit, tasks=tasks, json=json)
        return
    with open_gonogo() as gonogo:
        replayed = gonogo.jobs.replay(type, name_family(tasks))["replayed"]
    say(f"{count(replayed, 'job is', 'jobs are')} ready again.")


def wait_for_end(gonogo: Gonogo, job: Any) -> Any:
    """The job once it has ended. Whatever keeps it from starting is told on standard error, once."""
    told = ""
    while job["state"] not in ENDED:
        time.sleep(POLL_S)
        job, before = gonogo.jobs.show(job["id"]), job.get("waits_for")
        if job["waits_for"] not in ("", told) and job["waits_for"] == before:
            told = job["waits_for"]
            warn(f"{job['id']} is ready. {told}")
    return job


def read_log(gonogo: Gonogo, id: str, family: Any) -> Any:
    """A job's log; of a queue that does not answer, nothing but a word on standard error."""
    from gonogo.client.errors import ApiError

    try:
        return gonogo.jobs.log(id, family)
    except ApiError as problem:
        if problem.type != "queue-unavailable":
            raise
        warn(f"gonogo: Its log can't be read now. {problem.detail}")
        return []


def name_family(tasks: bool) -> Any:
    """What ``--tasks`` means to the server."""
    return "tasks" if tasks else "jobs"


def _tell(job: Any) -> str:
    if job["state"] == "running" and job["fraction"] is not None:
        return f"{job['fraction']:.0%} {job['message']}"
    return str(job["error"] or job["message"])


def _tell_error(job: Any) -> str:
    return f": {job['error']}" if job["error"] else ""
