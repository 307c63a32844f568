"""``gonogo people``: who may sign in, and as what."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import CannotRun
from gonogo.cli.login import ask_password
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table
from gonogo.client.gonogo import Gonogo

Role = Literal["viewer", "member", "operator", "approver", "admin"]
Permission = Literal["commands:run"]
Name = Annotated[str | None, Parameter(help="What others see.")]
NewRole = Annotated[Role | None, Parameter(help="viewer, member, operator, approver or admin.")]
Granted = Annotated[
    list[Permission] | None,
    Parameter(name="--grant", negative="", help="A permission beside their role: commands:run, to bring new commands."),
]
Withdrawn = Annotated[
    list[Permission] | None, Parameter(name="--withdraw", negative="", help="A permission to withdraw.")
]
Password = Annotated[str | None, Parameter(help="A new password; ends their sessions.")]
Disabled = Annotated[bool | None, Parameter(name="--disabled", negative="--enabled", help="Whether they are shut out.")]
app = App(name="people", help="Who may sign in: list, add, change.")


@app.command(name="list")
def list_people(*, json: AsJson = False) -> None:
    """List everybody who may sign in.

    Example: gonogo people list
    """
    with open_gonogo() as gonogo:
        people = gonogo.people.list()
    if json:
        show_json(people)
        return
    rows = [
        (p["email"], p["name"], p["role"], " ".join(p["permissions"]), "disabled" if p["disabled_at"] else "")
        for p in people
    ]
    show_table(
        ("e-mail", "name", "role", "permissions", ""), rows, empty="Nobody yet: gonogo people add ada@example.org"
    )


@app.command
def add(
    email: str,
    /,
    *,
    name: str = "",
    role: Role = "viewer",
    password: str = "",
    grant: Granted = None,
    json: AsJson = False,
) -> None:
    """Add a person. Without --password one is generated and shown, this once.

    Example: gonogo people add ada@example.org --role operator
    """
    with open_gonogo() as gonogo:
        person = gonogo.people.add(email, name, role, password, grant or ())
    if json:
        show_json(person)
        return
    say(f"{person['email']} is now {person['role']}.")
    if person["generated_password"]:
        say(f"Their password, shown this once: {person['generated_password']}")


@app.command
def change(
    email: str,
    /,
    *,
    name: Name = None,
    role: NewRole = None,
    password: Password = None,
    disabled: Disabled = None,
    grant: Granted = None,
    withdraw: Withdrawn = None,
    json: AsJson = False,
) -> None:
    """Change what is given of a person; the rest stays.

    Example: gonogo people change ada@example.org --role approver
    """
    if all(value is None for value in (name, role, password, disabled, grant, withdraw)):
        raise CannotRun("Say what to change: --name, --role, --password, --disabled, --enabled, --grant or --withdraw.")
    with open_gonogo() as gonogo:
        whose = find_id(gonogo, email)
        own = password is not None and whose == gonogo.whoami()["id"]
        old = ask_password("Your current password: ") if own else None
        permissions = None
        if grant is not None or withdraw is not None:
            held = {*get_person(gonogo, email)["permissions"], *(grant or ())}
            permissions = sorted(held - {*(withdraw or ())})
        person = gonogo.people.change(whose, name, role, password, disabled, old, permissions)
    if json:
        show_json(person)
    else:
        say(f"{person['email']} is {person['role']}{', disabled' if person['disabled_at'] else ''}.")


def find_id(gonogo: Gonogo, email: str) -> str:
    """The id of the person with this e-mail: your own without the list, which only administrators may read."""
    me = gonogo.whoami()
    return str(me["id"] if me["name"] == email.lower() else get_person(gonogo, email)["id"])


def get_person(gonogo: Gonogo, email: str) -> Any:
    """The person with this e-mail or id. Raises ``CannotRun``."""
    for person in gonogo.people.list():
        if email.lower() in (person["email"], person["id"]):
            return person
    raise CannotRun(f"There is nobody with the e-mail {email}. `gonogo people list` shows everybody.")
