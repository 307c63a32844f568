"""Access tokens: JWT signed with HS256, short-lived, of one generation: what ends a person's sessions begins the next.

PyJWT brings all of cryptography along (11 MB): it is loaded by the first token, not by every start.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.errors import NotSignedIn

ISSUER = "gonogo"
TICKET_ISSUER = "gonogo second step"
TICKET_LIFE = timedelta(minutes=5)


class Claim(NamedTuple):
    """Whom a token speaks of, and of which generation it is."""

    user_id: str
    generation: int
    login_id: str = ""


def issue_access_token(
    actor: Actor, generation: int, key: str, now: datetime, life: timedelta, login_id: str = ""
) -> str:
    """A token that says who ``actor`` is until ``now + life``."""
    import jwt

    who = {"sub": actor.id, "name": actor.name, "role": actor.role, "gen": generation, "sid": login_id}
    claims = {"iss": ISSUER, **who, "iat": now, "exp": now + life}
    return jwt.encode(claims, key, algorithm="HS256")


def read_access_token(token: str, key: str, now: datetime) -> Claim:
    """What a token says. Raises ``NotSignedIn`` when it is forged, garbled or over."""
    import jwt

    options = {"require": ["exp", "sub", "role"], "verify_exp": False, "verify_iat": False}
    try:
        claims = jwt.decode(token, key, algorithms=["HS256"], issuer=ISSUER, options=options)  # type: ignore[arg-type]
    except jwt.InvalidTokenError as error:
        raise NotSignedIn("The access token is not one of ours. Sign in again.") from error
    if claims["exp"] <= now.timestamp():
        raise NotSignedIn("The access token has run out. Sign in again, or use the refresh token.")
    return Claim(claims["sub"], claims.get("gen", 0), claims.get("sid", ""))


def issue_ticket(user_id: str, key: str, now: datetime) -> str:
    """What says, for a few minutes, that a person's password was right and only the code is missing."""
    import jwt

    claims = {"iss": TICKET_ISSUER, "sub": user_id, "exp": now + TICKET_LIFE}
    return jwt.encode(claims, key, algorithm="HS256")


def read_ticket(ticket: str, key: str, now: datetime) -> str:
    """The person whose password was right. Raises ``NotSignedIn``."""
    import jwt

    options = {"require": ["exp", "sub"], "verify_exp": False}
    try:
        claims = jwt.decode(ticket, key, algorithms=["HS256"], issuer=TICKET_ISSUER, options=options)  # type: ignore[arg-type]
    except jwt.InvalidTokenError as error:
        raise NotSignedIn("Sign in with your password again.") from error
    if claims["exp"] <= now.timestamp():
        raise NotSignedIn("That took too long. Sign in with your password again.")
    return str(claims["sub"])
