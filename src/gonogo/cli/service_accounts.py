"""``gonogo service-accounts``: who owns the keys of programs and hosts."""

from __future__ import annotations

from cyclopts import App

from gonogo.cli.connection import open_gonogo
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

app = App(name="service-accounts", help="Owners of keys: list, create, disable, enable.")


@app.command(name="list")
def list_service_accounts(*, json: AsJson = False) -> None:
    """List service accounts by name.

    Example: gonogo service-accounts list
    """
    with open_gonogo() as gonogo:
        accounts = gonogo.service_accounts.list()
    if json:
        show_json(accounts)
        return
    rows = [(a["name"], a["description"], a["created_by"], "disabled" if a["disabled_at"] else "") for a in accounts]
    empty = "There are no service accounts: gonogo service-accounts create web-1"
    show_table(("name", "description", "created by", ""), rows, empty=empty)


@app.command
def create(name: str, /, *, description: str = "", json: AsJson = False) -> None:
    """Create a service account for one program or host.

    Example: gonogo service-accounts create web-1 --description "host agent"
    """
    with open_gonogo() as gonogo:
        account = gonogo.service_accounts.create(name, description)
    if json:
        show_json(account)
        return
    say(f"The service account '{account['name']}' can own keys now: gonogo keys create … --service-account {name}")


@app.command
def disable(name: str, /) -> None:
    """Disable a service account; all its keys stop working at once.

    Example: gonogo service-accounts disable web-1
    """
    _change(name, disabled=True)


@app.command
def enable(name: str, /) -> None:
    """Enable a service account again, and with it the keys that have not expired.

    Example: gonogo service-accounts enable web-1
    """
    _change(name, disabled=False)


def _change(name: str, *, disabled: bool) -> None:
    with open_gonogo() as gonogo:
        account = gonogo.service_accounts.change(name, disabled=disabled)
    say(f"The service account '{account['name']}' is {'disabled, and its keys with it' if disabled else 'enabled'}.")
