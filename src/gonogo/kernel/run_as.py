"""Running a program as somebody else: the same for releases, jobs and services.

Nothing here imports more than the standard library: the process that keeps a service up uses it, too.
"""

from __future__ import annotations

import os
import pwd
import shutil
from typing import Any, NamedTuple


class CantRunAs(Exception):
    """This process can't start anything as that user; the message says why, and the way out."""


class UserNotFound(CantRunAs):
    """There is no such user on this machine."""


class Account(NamedTuple):
    """A user of this machine."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str


def find_account(name: str) -> Account:
    """The account of a user. Raises ``UserNotFound``."""
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        raise UserNotFound(f"there is no user '{name}' on this machine") from None
    return Account(found.pw_name, found.pw_uid, found.pw_gid, found.pw_dir, found.pw_shell)


def check_can_become(name: str, *, sudo: bool = False) -> Account:
    """The account, when this process can start programs as it: as root, or by ``sudo`` where that will do.

    Raises ``CantRunAs``.
    """
    account = find_account(name)
    if os.geteuid() in (0, account.uid):
        return account
    if sudo and shutil.which("sudo"):
        return account
    ways = "Start Gonogo as root, or allow it sudo" if sudo else "Start Gonogo as root"
    raise CantRunAs(f"only root can start a program as '{name}', and Gonogo is not root. {ways}, or unset it.")


def describe_account(account: Account) -> dict[str, str]:
    """The variables that say who runs a program."""
    return {"USER": account.name, "LOGNAME": account.name, "HOME": account.home, "SHELL": account.shell}


def build_options(account: Account | None) -> dict[str, Any]:
    """What ``subprocess`` needs to start a program as this account, with the account's own groups only."""
    if account is None or os.geteuid() != 0:
        return {}
    groups = os.getgrouplist(account.name, account.gid)
    return {"user": account.uid, "group": account.gid, "extra_groups": groups}


def build_prefix(account: Account) -> tuple[str, ...]:
    """What to put before a command to run it as this account, where the command is not started by Python."""
    if os.geteuid() == 0:
        return ("setpriv", f"--reuid={account.name}", f"--regid={account.gid}", "--init-groups", "--")
    return ("sudo", "-n", "-u", account.name, "--")
