"""``gonogo keys``: how programs sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

Scopes = Annotated[
    list[str],
    Parameter(name="--scope", negative="", help="What the key may do; repeatable. Choose the smallest that works."),
]
Host = Annotated[str, Parameter(help="The host that observe:write reports for; * for every host.")]
Prefix = Annotated[str, Parameter(help="What the names of signals start with, for signals:write; * for all.")]
Types = Annotated[
    list[str] | None,
    Parameter(name="--type", negative="", help="A job type for jobs:enqueue and queue:work; repeatable."),
]
Connectors = Annotated[
    list[str] | None,
    Parameter(name="--connector", negative="", help="A connector for queue:work; repeatable."),
]
ServiceAccount = Annotated[str | None, Parameter(help="The service account that owns it; you do otherwise.")]
Days = Annotated[str, Parameter(help="Days until it expires, or never.")]
app = App(name="keys", help="API keys: list, create, revoke.")


@app.command(name="list")
def list_keys(*, json: AsJson = False) -> None:
    """List API keys, newest first; never their tokens.

    Example: gonogo keys list
    """
    with open_gonogo() as gonogo:
        keys = gonogo.keys.list()
    if json:
        show_json(keys)
        return
    rows = [
        (
            key["name"],
            key["hint"],
            ", ".join((*key["scopes"], *filter(None, [describe_bound(key["bound"])]))),
            key["owner"],
            (key["last_used_at"] or "never")[:10],
            describe_life(key),
        )
        for key in keys
    ]
    headings = ("name", "begins", "scopes", "owner", "last used", "life")
    show_table(headings, rows, empty="There are no keys: gonogo keys create ci --scope releases:run")


@app.command
def create(
    name: str,
    /,
    *,
    scope: Scopes,
    host: Host = "",
    prefix: Prefix = "",
    type: Types = None,
    connector: Connectors = None,
    service_account: ServiceAccount = None,
    days: Days = "90",
    json: AsJson = False,
) -> None:
    """Create an API key for a program; its token is shown, this once.

    Example: gonogo keys create web-1 --scope observe:write --host web-1
    """
    if days != "never" and not days.isdecimal():
        raise CannotRun("--days is a number of days, or never.")
    bound = {"host": host, "prefix": prefix, "types": type or [], "connectors": connector or []}
    with open_gonogo() as gonogo:
        key = gonogo.keys.create(
            name,
            scope,
            {part: value for part, value in bound.items() if value},
            service_account,
            days if days == "never" else int(days),
        )
    if json:
        show_json(key)
        return
    until = f"until {key['expires_at'][:10]}" if key["expires_at"] else "without an end"
    say(f"The key '{key['name']}' ({', '.join(key['scopes'])}) belongs to {key['owner']} and works {until}.")
    say("Its token, shown this once:")
    say(key["token"])


@app.command
def revoke(key: str, /) -> None:
    """Make a key useless from now on: the one with this name, this beginning or this id.

    Example: gonogo keys revoke web-1
    """
    with open_gonogo() as gonogo:
        found = find_key(gonogo.keys.list(), key)
        gonogo.keys.revoke(found["id"])
    say(f"The key '{found['name']}' ({found['hint']}…) is revoked.")


def find_key(keys: Sequence[Any], word: str) -> Any:
    """The one key that is meant. Raises ``CannotRun`` when it is none, or when several live ones have that name."""
    exact = [key for key in keys if word in (key["id"], key["hint"])]
    named = [key for key in keys if key["name"] == word and not key["revoked_at"]]
    found = exact or named
    if not found:
        raise CannotRun(f"There is no live key '{word}'. `gonogo keys list` shows names and beginnings.")
    if len(found) > 1:
        raise CannotRun(f"{len(found)} keys are called '{word}'. Say which by its beginning: `gonogo keys list`.")
    return found[0]


def describe_bound(bound: Any) -> str:
    """``host web-1`` and the like."""
    parts = [(name, value if isinstance(value, str) else " ".join(value)) for name, value in bound.items()]
    return ", ".join(f"{name} {value}" for name, value in parts if value)


def describe_life(key: Any) -> str:
    """Until when a key works."""
    if key["revoked_at"]:
        return "revoked"
    if not key["live"]:
        return "no longer valid"
    return f"until {key['expires_at'][:10]}" if key["expires_at"] else "never expires"
