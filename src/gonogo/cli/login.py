"""``gonogo login``, ``logout`` and ``whoami``: which Gonogo this machine talks to, and as whom."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Annotated

from cyclopts import Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json
from gonogo.client.discovery import find_target
from gonogo.client.logins import Login, LoginStore

Url = Annotated[str | None, Parameter(help="Its address; GONOGO_URL or the server of the data folder when absent.")]
Email = Annotated[str | None, Parameter(help="Who you are; asked for when absent.")]


def login(url: Url = None, /, *, email: Email = None) -> None:
    """Sign in to a Gonogo elsewhere and keep the login in a file that only you can read.

    The password is asked for, and the code where two factors are set up. Without a terminal the first line of standard
    input is the password and the second the code.

    Example: gonogo login https://gonogo.example.org --email ada@example.org
    """
    url = url or find_url()
    email = email or ask_line("E-mail: ")
    store = LoginStore()
    store.save(_sign_in(url, email, ask_password()))
    say(f"Signed in at {url} as {email}. The login is kept in {store.path}; `gonogo logout` forgets it.")


def _sign_in(url: str, email: str, password: str) -> Login:
    from gonogo.client.errors import ApiError
    from gonogo.client.sign_in import sign_in

    try:
        return sign_in(url, email, password)
    except ApiError as error:
        if error.type != "two-factor-required":
            raise
    return sign_in(url, email, password, ask_password("Code of your authenticator app: "))


def logout() -> None:
    """End the saved login, here and at its server.

    Example: gonogo logout
    """
    from gonogo.client.errors import ApiError, ServerUnreachable
    from gonogo.client.sign_in import sign_out

    store = LoginStore()
    login = store.find()
    if not store.forget():
        say("No login was saved.")
        return
    try:
        if login is not None:
            sign_out(login)
    except (ApiError, ServerUnreachable) as error:
        raise CannotRun(
            f"The login is forgotten here, but {login.url if login else 'its server'} could not be asked to end it "
            f"({error}). End it there under People, or let it expire."
        ) from error
    say("Signed out.")


def whoami(*, json: AsJson = False) -> None:
    """Say which Gonogo this is, and who you are there.

    Example: gonogo whoami
    """
    with open_gonogo() as gonogo:
        actor, target = gonogo.whoami(), gonogo.target
    if json:
        show_json({"actor": actor, "url": target.url, "origin": target.origin})
    else:
        say(f"{actor['name']} ({actor['role']}) at {target.url}, known from: {target.origin}")


def find_url() -> str:
    """The address that is meant when none is given. Raises ``CannotRun``."""
    target = find_target()
    if target is None:
        raise CannotRun("Say where to sign in: gonogo login https://gonogo.example.org")
    return target.url


def ask_line(question: str) -> str:
    """One line from the terminal. Raises ``CannotRun`` when there is nobody to ask."""
    if not sys.stdin.isatty():
        raise CannotRun("There is no terminal to ask for the e-mail. Give it with --email.")
    return input(question).strip()


def ask_password(question: str = "Password: ") -> str:
    """A password, from the terminal without showing it, or the first line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(question)
    return sys.stdin.readline().rstrip(os.linesep)
