"""``gonogo people``: who may sign in, and as what."""

from __future__ import annotations

import os
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import CannotRun
from gonogo.cli.login import ask_password as ask_secret
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
Password = Annotated[str | None, Parameter(help="Refused: whoever lists processes would read it. Use --ask-password.")]
AskPassword = Annotated[
    bool, Parameter(negative=(), help="Ask for the password, or read it from standard input or GONOGO_NEW_PASSWORD.")
]
Revoked = Annotated[str | None, Parameter(help="Id of a link to revoke.")]
Disabled = Annotated[bool | None, Parameter(name="--disabled", negative="--enabled", help="Whether they are shut out.")]
app = App(name="people", help="Who may sign in: list, invite, add, change.")


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
    ask_password: AskPassword = False,
    password: Password = None,
    grant: Granted = None,
    json: AsJson = False,
) -> None:
    """Add a person. Without --ask-password a password is generated and shown, this once.

    `gonogo people invite` lets them choose their own.

    Example: gonogo people add ada@example.org --role operator
    """
    refuse_password(password)
    chosen = read_new_password() if ask_password else ""
    with open_gonogo() as gonogo:
        person = gonogo.people.add(email, name, role, chosen, grant or ())
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
    ask_password: AskPassword = False,
    password: Password = None,
    disabled: Disabled = None,
    grant: Granted = None,
    withdraw: Withdrawn = None,
    json: AsJson = False,
) -> None:
    """Change what is given of a person; the rest stays.

    Example: gonogo people change ada@example.org --role approver
    """
    refuse_password(password)
    if not ask_password and all(value is None for value in (name, role, disabled, grant, withdraw)):
        raise CannotRun(
            "Say what to change: --name, --role, --ask-password, --disabled, --enabled, --grant or --withdraw."
        )
    with open_gonogo() as gonogo:
        whose = find_id(gonogo, email)
        own = ask_password and whose == gonogo.whoami()["id"]
        old = ask_secret("Your current password: ") if own else None
        new = read_new_password() if ask_password else None
        permissions = None
        if grant is not None or withdraw is not None:
            held = {*get_person(gonogo, email)["permissions"], *(grant or ())}
            permissions = sorted(held - {*(withdraw or ())})
        person = gonogo.people.change(whose, name, role, new, disabled, old, permissions)
    if json:
        show_json(person)
    else:
        say(f"{person['email']} is {person['role']}{', disabled' if person['disabled_at'] else ''}.")


@app.command
def invite(email: str, /, *, name: str = "", role: Role = "viewer", json: AsJson = False) -> None:
    """Make a link with which somebody joins and chooses a password; it works once, for 24 hours.

    Example: gonogo people invite ada@example.org --role operator
    """
    with open_gonogo() as gonogo:
        link = gonogo.people.invite(email, name, role)
    if json:
        show_json(link)
        return
    say(f"{link['email']} is invited as {link['role']}. Send them this link, shown this once:")
    say(link["link"])


@app.command
def reset_link(email: str, /, *, json: AsJson = False) -> None:
    """Make a link with which somebody sets a new password; it works once, for 24 hours.

    Example: gonogo people reset-link ada@example.org
    """
    with open_gonogo() as gonogo:
        link = gonogo.people.make_reset_link(get_person(gonogo, email)["id"])
    if json:
        show_json(link)
        return
    say(f"With this link, shown this once, {link['email']} sets a new password:")
    say(link["link"])


@app.command
def links(*, revoke: Revoked = None, json: AsJson = False) -> None:
    """List invitations and reset links that still work, or revoke one.

    Example: gonogo people links
    """
    with open_gonogo() as gonogo:
        if revoke is not None:
            gonogo.people.revoke_link(revoke)
            say("The link is revoked.")
            return
        found = gonogo.people.list_links()
    if json:
        show_json(found)
        return
    rows = [(k["id"], k["kind"], k["email"], k["role"], k["created_by"], k["expires_at"]) for k in found]
    show_table(("id", "kind", "e-mail", "role", "made by", "expires"), rows, empty="No open links.")


@app.command
def remove_two_factor(email: str, /) -> None:
    """Turn two-factor sign-in off for somebody whose phone and recovery codes are gone.

    Example: gonogo people remove-two-factor ada@example.org
    """
    with open_gonogo() as gonogo:
        gonogo.people.remove_second_factor(get_person(gonogo, email)["id"])
    say(f"{email} signs in with the password alone again, until they set two factors up anew.")


def refuse_password(password: str | None) -> None:
    """A password on the command line is in the list of processes and in the shell's history."""
    if password is not None:
        raise CannotRun(
            "A password on the command line can be read by whoever lists processes. Use --ask-password: it is asked "
            "for, or read from standard input or GONOGO_NEW_PASSWORD."
        )


def read_new_password() -> str:
    """The new password from ``GONOGO_NEW_PASSWORD``, the terminal, or the next line of standard input."""
    return os.environ.get("GONOGO_NEW_PASSWORD") or ask_secret("New password: ")


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
