"""``gonogo agents``: supervised workers. (``gonogo agent``, in the singular, observes this machine.)"""

from __future__ import annotations

import time
from typing import Annotated, Any

from cyclopts import App, Parameter

from gonogo.cli.connection import is_brief, open_gonogo
from gonogo.cli.exits import GO, NO_GO
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

LOOK_S = 0.5
Name = Annotated[str | None, Parameter(help="Its name; one is made from the template when absent.")]
Role = Annotated[str | None, Parameter(help="What it is for; jobs may need role=….")]
Prompt = Annotated[str | None, Parameter(help="The system message of an ollama agent's jobs that bring none.")]
Connectors = Annotated[str | None, Parameter(help="What it can do, separated by commas.")]
Modules = Annotated[str | None, Parameter(help="Python modules with @job functions, separated by commas.")]
Concurrency = Annotated[int | None, Parameter(help="Jobs at once.")]
Capability = Annotated[list[str] | None, Parameter(help="What jobs may need of it, as NAME=VALUE; may be repeated.")]
Follow = Annotated[bool, Parameter(name=["--follow", "-f"], help="Go on printing what comes.")]
app = App(name="agents", help="Agents, which are supervised workers: list, spawn, stop, restart, show, logs, forget.")


@app.command(name="list")
def list_agents(*, json: AsJson = False) -> None:
    """List agents, oldest first.

    Example: gonogo agents list
    """
    with open_gonogo() as gonogo:
        found = gonogo.agents.list()
    if json:
        show_json(found)
        return
    rows = [
        (
            each["agent"]["name"],
            each["phase"].replace("_", " "),
            each["agent"]["template"],
            each["agent"]["role"],
            str(each["pid"] or ""),
            f"{len(each['jobs'])}/{each['agent']['concurrency']}",
            str(each["jobs_per_minute"]),
        )
        for each in found
    ]
    columns = ("agent", "state", "template", "role", "pid", "jobs", "a minute")
    show_table(columns, rows, empty="No agent has been spawned.")


@app.command
def templates(*, json: AsJson = False) -> None:
    """List what agents can be made from.

    Example: gonogo agents templates
    """
    with open_gonogo() as gonogo:
        found = gonogo.agents.templates()
    if json:
        show_json(found)
        return
    rows = [
        (name, ", ".join(each["connectors"]), str(each["concurrency"]), each["summary"]) for name, each in found.items()
    ]
    show_table(("template", "connectors", "jobs at once", "what it does"), rows, empty="There is none.")


@app.command
def spawn(
    template: str,
    /,
    *,
    name: Name = None,
    role: Role = None,
    prompt: Prompt = None,
    connectors: Connectors = None,
    capability: Capability = None,
    modules: Modules = None,
    concurrency: Concurrency = None,
    json: AsJson = False,
) -> None:
    """Make an agent from a template and keep it up.

    Example: gonogo agents spawn ollama --name poet --role writer --prompt 'Answer in verse.'
    """
    named = [word.strip() for word in connectors.split(",") if word.strip()] if connectors is not None else None
    with open_gonogo() as gonogo:
        made = gonogo.agents.spawn(
            template,
            name,
            role=role,
            prompt=prompt,
            connectors=named,
            capabilities=capability,
            modules=modules,
            concurrency=concurrency,
        )
        waits = is_brief(gonogo)
    _tell(made, json, waits=waits)


@app.command
def stop(id: str, /) -> None:
    """End an agent's process; jobs that do not end in time go back to the queue.

    Example: gonogo agents stop poet
    """
    with open_gonogo() as gonogo:
        _tell(gonogo.agents.stop(id), False)


@app.command
def restart(id: str, /) -> None:
    """End an agent's process if it has one, and start a new one.

    Example: gonogo agents restart poet
    """
    with open_gonogo() as gonogo:
        _tell(gonogo.agents.restart(id), False, waits=is_brief(gonogo))


@app.command
def forget(id: str, /) -> None:
    """Take a stopped agent off the list.

    Example: gonogo agents forget poet
    """
    with open_gonogo() as gonogo:
        say(f"{gonogo.agents.forget(id)['forgotten']} is forgotten.")


@app.command
def show(id: str, /, *, json: AsJson = False) -> int:
    """Show one agent and the jobs it does now. Exit code 1 when it should run and does not.

    Example: gonogo agents show poet
    """
    with open_gonogo() as gonogo:
        found = gonogo.agents.show(id)
    if json:
        show_json(found)
    else:
        facts = found["agent"] | {name: found[name] for name in ("phase", "pid", "crashes", "why", "jobs")}
        for name, value in facts.items():
            if value not in (None, "", [], 0):
                say(f"{name:>12}  {', '.join(value) if isinstance(value, list) else value}")
    return GO if found["phase"] in ("working", "stopped") else NO_GO


@app.command
def logs(id: str, /, *, follow: Follow = False) -> None:
    """Print what an agent's process printed.

    Example: gonogo agents logs poet --follow
    """
    with open_gonogo() as gonogo:
        part = gonogo.agents.log(id)
        while part["text"] or follow:
            if part["text"]:
                say(part["text"].rstrip("\n"))
            if part["complete"]:
                if not follow:
                    return
                time.sleep(LOOK_S)
            part = gonogo.agents.log(id, part["next_offset"])


def _tell(found: Any, json: bool, *, waits: bool = False) -> None:
    if json:
        show_json(found)
    elif waits:
        say(f"{found['agent']['name']} starts with the next server: gonogo up.")
    else:
        say(f"{found['agent']['name']} is {found['phase'].replace('_', ' ')}{_tell_why(found)}.")


def _tell_why(found: Any) -> str:
    return f": {found['why'].rstrip('.')}" if found["why"] else ""
