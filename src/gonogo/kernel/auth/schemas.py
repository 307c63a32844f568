"""What auth takes and gives over HTTP."""

from __future__ import annotations

from typing import Annotated

import msgspec

from gonogo.kernel.auth.actor import Role

Name = Annotated[str, msgspec.Meta(max_length=200)]
Password = Annotated[str, msgspec.Meta(max_length=1000)]
Days = Annotated[int, msgspec.Meta(ge=1, le=3650)]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """E-mail and password of a person."""

    email: Name
    password: Password


class Refresh(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A refresh token; it works once."""

    refresh_token: str


class Tokens(msgspec.Struct, frozen=True):
    """An access token (``expires_in`` seconds) and the refresh token that follows it."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "bearer"


class NewPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person to add. An empty password generates one, which is shown once."""

    email: Name
    name: Name = ""
    role: Role = "viewer"
    password: Password = ""


class PersonChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a person; what is absent stays. Your own ``password`` takes the ``old_password``."""

    name: Name | None = None
    role: Role | None = None
    password: Password | None = None
    old_password: Password | None = None
    disabled: bool | None = None


class Person(msgspec.Struct, frozen=True):
    """A person as others may see them."""

    id: str
    email: str
    name: str
    role: Role
    created_at: str
    disabled_at: str | None = None


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An API key to make. ``expires_days`` empty means it does not run out."""

    name: Name
    role: Role = "operator"
    expires_days: Days | None = None


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
