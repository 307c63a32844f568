"""``gonogo keys``: how programs sign in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

Role = Literal["viewer", "operator", "approver", "admin"]
Days = Annotated[int | None, Parameter(help="Days until it runs out; never when absent.")]
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
    rows = [(k["id"], k["name"], f"{k['hint']}…", k["role"], k["created_by"], describe_life(k)) for k in keys]
    headings = ("id", "name", "begins", "role", "made by", "life")
    show_table(headings, rows, empty="There are no keys: gonogo keys create ci")


@app.command
def create(name: str, /, *, role: Role = "operator", days: Days = None, json: AsJson = False) -> None:
    """Make an API key for a program; its token is shown, this once.

    Example: gonogo keys create ci --role operator --days 90
    """
    with open_gonogo() as gonogo:
        key = gonogo.keys.create(name, role, days)
    if json:
        show_json(key)
        return
    say(f"The key '{key['name']}' ({key['role']}) is made. Its token, shown this once:")
    say(key["token"])


@app.command
def revoke(id: str, /) -> None:
    """Make a key useless from now on.

    Example: gonogo keys revoke 0198c9a4-…
    """
    with open_gonogo() as gonogo:
        gonogo.keys.revoke(id)
    say("The key is revoked.")


def describe_life(key: Any) -> str:
    """Until when a key works."""
    if key["revoked_at"]:
        return "revoked"
    return f"until {key['expires_at'][:10]}" if key["expires_at"] else ""
