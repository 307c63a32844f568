"""Every command in one table: its name, where its code is, and what it does in a few words."""

from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple


class Command(NamedTuple):
    """``target`` is loaded when the command is called, not before."""

    name: str
    target: str
    summary: str


COMMANDS: dict[str, tuple[Command, ...]] = {
    "Checklists": (
        Command("lint", "reading:lint", "Say what is wrong with a checklist, line by line"),
        Command("plan", "reading:plan", "Show what Gonogo understands of a checklist"),
        Command("adopt", "adopt:adopt", "Answer a checklist's doubts once, for every run"),
        Command("run", "run:run", "Run a checklist"),
        Command("resume", "run:resume", "Go on with a run that was held or cut off"),
        Command("rollback", "run:rollback", "Roll a run back"),
        Command("report", "record:report", "Print the record of a run"),
        Command("verify", "record:verify", "Prove that a run's record is as it was written"),
        Command("releases", "releases:app", "List runs; tick, sign, decide, skip, retry, stop"),
    ),
    "Around a release": (
        Command("backup", "backup:app", "Copy databases, files, the working tree; list backups"),
        Command("restore", "backup:restore", "Put a backup back, proved before and after"),
        Command("env", "env:app", "Hold an environment against the rules of production"),
        Command("secrets", "secrets:app", "Look for credentials written into files"),
        Command("contract", "contract:app", "Write down what an API answers, and hold it to that"),
        Command("database", "database:app", "Look whether a database is whole"),
        Command("load", "load:load", "Send a bounded load to a service of yours"),
        Command("incident", "incident:app", "What went wrong: open, list, show, change, close"),
        Command("follow-ups", "incident:follow_ups", "What is left to do on day 1, in week 1, in month 1"),
    ),
    "Control room": (
        Command("up", "serving:up", "Start everything in one process"),
        Command("serve", "serving:serve", "Start the server alone"),
        Command("settings", "settings:app", "Typed values: get, set, search, presets, history, watch"),
        Command("jobs", "jobs:app", "The durable queue: enqueue, list, cancel, retry, dead letters, schedules"),
        Command("observe", "observe:app", "Hosts and their history: hosts, history, cleanup, aggregate, verify"),
        Command("checks", "checks:app", "Addresses asked again and again: list, add, run, show, remove"),
        Command("alerts", "alerts:app", "Alerts: list, ack, silence, rules, ledger, test, dry-run"),
        Command("agents", "agents:app", "Supervised workers: list, spawn, stop, restart, show, logs"),
        Command("assets", "assets:app", "Files that jobs made: list, get, verify their statements"),
        Command("services", "services:app", "Processes kept up: up, down, status, swap, rollback, scale, logs"),
        Command("webhooks", "webhooks:app", "Webhooks: endpoints, send, deliveries, replay, test, sources, deliver"),
        Command("signals", "signals:app", "Live numbers: list, show, watch, record"),
        Command("events", "events:app", "What happened: list, watch"),
        Command("audit", "audit:app", "Who did what, and the proof of it: list, verify, export, key"),
        Command("service-accounts", "service_accounts:app", "Owners of keys: list, create, disable"),
        Command("sessions", "sessions:app", "Where you are signed in: list, end"),
        Command("people", "people:app", "Who may sign in: list, invite, add, change"),
        Command("keys", "keys:app", "API keys: list, create, revoke"),
    ),
    "This machine": (
        Command("worker", "worker:worker", "Do jobs here for the queue of a Gonogo"),
        Command("agent", "agent:agent", "Observe this machine for a Gonogo elsewhere"),
        Command("login", "login:login", "Sign in to a Gonogo elsewhere"),
        Command("logout", "login:logout", "Forget the saved login"),
        Command("whoami", "login:whoami", "Which Gonogo this is, and who you are there"),
        Command("config", "config:app", "Every setting and where it comes from"),
        Command("doctor", "doctor:doctor", "Examine this installation: settings, data, machine"),
        Command("loadtest", "loadtest.command:app", "Measure this machine beside the targets"),
        Command("version", "version:version", "The version of Gonogo"),
    ),
}


MAKES_FOLDER = frozenset(
    {
        *("run", "backup", "restore", "up", "serve", "people add", "keys create"),
        *("releases run", "incident open", "follow-ups tick", "signals record"),
        *("settings set", "settings restore", "settings import", "settings apply", "settings declare"),
        *("jobs enqueue", "jobs schedules put", "jobs limit", "jobs pause", "jobs resume"),
        *("observe targets add", "checks add", "agents spawn"),
        *("alerts silence", "alerts save-rule"),
        *("webhooks add", "webhooks add-source", "webhooks declare", "webhooks send"),
        *("services up", "services swap"),
    }
)
"""Commands that begin something, and make a data folder where there is none. No other command does."""

NEEDS_NO_FOLDER = frozenset(
    {"env verify", "secrets scan", "contract record", "contract verify", "database check", "load"}
)
"""Commands that look at something else than Gonogo's data: without a data folder they use one that is gone after."""


CALLED: ContextVar[tuple[str, ...]] = ContextVar("called", default=("up",))
"""The arguments of the command that is being carried out."""


class FolderNeed(NamedTuple):
    """What a command does where there is no data folder."""

    makes: bool
    borrows: bool


def find_folder_need() -> FolderNeed:
    """Of the command that is being carried out."""
    arguments = CALLED.get()
    names = [" ".join(arguments[:words]) for words in (1, 2, 3)]
    makes = any(name in MAKES_FOLDER for name in names) and names[1] != "backup list"
    return FolderNeed(makes, any(name in NEEDS_NO_FOLDER for name in names))


def list_commands() -> list[Command]:
    """All commands, groups aside."""
    return [command for commands in COMMANDS.values() for command in commands]
