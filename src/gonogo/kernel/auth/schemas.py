"""What auth takes and gives over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from gonogo.kernel.auth.actor import Permission, Role
from gonogo.kernel.auth.bounds import Bound

Name = Annotated[str, msgspec.Meta(max_length=200)]
Password = Annotated[str, msgspec.Meta(max_length=1000)]
Code = Annotated[str, msgspec.Meta(max_length=40)]
Days = Annotated[int, msgspec.Meta(ge=1, le=3650)]
DEFAULT_DAYS = 90
"""How long a key lasts unless said otherwise."""


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """E-mail and password of a person, and the ``code`` of their second factor if they have one."""

    email: Name
    password: Password
    code: Code = ""


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
    permissions: tuple[Permission, ...] = ()


class PersonChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a person; what is absent stays. Your own ``password`` takes the ``old_password``."""

    name: Name | None = None
    role: Role | None = None
    password: Password | None = None
    old_password: Password | None = None
    disabled: bool | None = None
    permissions: tuple[Permission, ...] | None = None


class Person(msgspec.Struct, frozen=True):
    """A person as others may see them."""

    id: str
    email: str
    name: str
    role: Role
    created_at: str
    disabled_at: str | None = None
    permissions: tuple[Permission, ...] = ()


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An API key to create. It belongs to whoever creates it, or to a service account; ``never`` or null as
    ``expires_days`` makes one that does not expire. ``role`` is refused: keys had one once.
    """

    name: Name
    scopes: Annotated[tuple[Name, ...], msgspec.Meta(max_length=50)] = ()
    bound: Bound = Bound()
    service_account: Name | None = None
    expires_days: Days | Literal["never"] | None = DEFAULT_DAYS
    role: Name | None = None


class Key(msgspec.Struct, frozen=True):
    """An API key as others may see it: ``hint`` is its beginning, never the whole.

    ``owner`` is an e-mail or a service account's name. ``live`` is false once the key was revoked, expired or has
    lost its owner.
    """

    id: str
    name: str
    hint: str
    scopes: tuple[str, ...]
    bound: Bound
    owner: str
    owner_kind: Literal["person", "service account"]
    created_by: str
    created_at: str
    live: bool = True
    expires_at: str | None = None
    revoked_at: str | None = None
    last_used_at: str | None = None


class NewServiceAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service account to create: what owns the keys of one program or host."""

    name: Name
    description: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class ServiceAccountChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a service account is disabled: all its keys stop working with it."""

    disabled: bool


class ServiceAccount(msgspec.Struct, frozen=True):
    """A service account as others may see it."""

    id: str
    name: str
    description: str
    created_by: str
    created_at: str
    disabled_at: str | None = None


class Session(msgspec.Struct, frozen=True):
    """One login of a person: a browser's, or a program's with its tokens. ``current`` is the one that asks."""

    id: str
    person: str
    kind: str
    device: str
    address: str
    opened_at: str
    last_seen_at: str | None
    expires_at: str
    current: bool = False


class TwoFactorCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code of the authenticator app, or a recovery code."""

    code: Code


class TwoFactorState(msgspec.Struct, frozen=True):
    """Whether two-factor sign-in is on, and how many recovery codes are left."""

    on: bool
    since: str | None
    recovery_codes_left: int
    required: bool


class Enrollment(msgspec.Struct, frozen=True):
    """What an authenticator app needs: the ``secret`` to type, or the ``uri`` as a QR code."""

    secret: str
    uri: str


class NewInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite, and as what."""

    email: Name
    name: Name = ""
    role: Role = "viewer"


class AccessLink(msgspec.Struct, frozen=True):
    """An invitation or a reset link that still works; its address is shown once, when it is made."""

    id: str
    kind: str
    email: str
    name: str
    role: Role
    user_id: str | None
    created_by: str
    created_at: str
    expires_at: str
