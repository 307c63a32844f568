"""What auth takes and gives over HTTP."""

from __future__ import annotations

import msgspec

from gonogo.kernel.auth.actor import Role


class SignIn(msgspec.Struct, frozen=True):
    """E-mail and password of a person."""

    email: str
    password: str


class Refresh(msgspec.Struct, frozen=True):
    """A refresh token; it works once."""

    refresh_token: str


class Tokens(msgspec.Struct, frozen=True):
    """An access token (``expires_in`` seconds) and the refresh token that follows it."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "bearer"


class NewPerson(msgspec.Struct, frozen=True):
    """A person to add. An empty password generates one, which is shown once."""

    email: str
    name: str = ""
    role: Role = "viewer"
    password: str = ""


class PersonChange(msgspec.Struct, frozen=True):
    """What to change of a person; what is absent stays."""

    name: str | None = None
    role: Role | None = None
    password: str | None = None
    disabled: bool | None = None


class Person(msgspec.Struct, frozen=True):
    """A person as others may see them."""

    id: str
    email: str
    name: str
    role: Role
    created_at: str
    disabled_at: str | None = None


class NewKey(msgspec.Struct, frozen=True):
    """An API key to make. ``expires_days`` empty means it does not run out."""

    name: str
    role: Role = "operator"
    expires_days: int | None = None


class Key(msgspec.Struct, frozen=True):
    """An API key as others may see it: ``hint`` is its beginning, never the whole."""

    id: str
    name: str
    hint: str
    role: Role
    created_by: str
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
