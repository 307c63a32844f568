"""What ``gonogo login`` keeps: one server's address and tokens, in a file that only its owner can read."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec


class Login(msgspec.Struct, frozen=True):
    """Where somebody is signed in, as whom, and the tokens that prove it."""

    url: str
    email: str
    access_token: str
    refresh_token: str


class LoginStore:
    """The saved login of this machine's user: ``$XDG_CONFIG_HOME/gonogo/login.json``, or below ``~/.config``."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        base = environ.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser()
        self.path = Path(base) / "gonogo" / "login.json"

    def find(self) -> Login | None:
        """The saved login; None when there is none, or its file is damaged."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Login)
        except (OSError, msgspec.MsgspecError):
            return None

    def save(self, login: Login) -> None:
        """Keep ``login``, whole or not at all, readable by its owner only."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self.path.with_name(f".login.{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(login))
        temporary.replace(self.path)

    def forget(self) -> bool:
        """Remove the saved login; False when there was none."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        return True

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held while tokens are exchanged: a refresh token works once, so two processes must not both use it."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.with_name("login.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
