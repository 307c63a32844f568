"""Access tokens: JWT signed with HS256, short-lived, checked without a look-up.

PyJWT brings all of cryptography along (11 MB): it is loaded by the first token, not by every start.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.errors import NotSignedIn

ISSUER = "gonogo"


def issue_access_token(actor: Actor, key: str, now: datetime, life: timedelta) -> str:
    """A token that says who ``actor`` is until ``now + life``."""
    import jwt

    claims = {"iss": ISSUER, "sub": actor.id, "name": actor.name, "role": actor.role, "iat": now, "exp": now + life}
    return jwt.encode(claims, key, algorithm="HS256")


def read_access_token(token: str, key: str, now: datetime) -> Actor:
    """The actor a token speaks of. Raises ``NotSignedIn`` when it is forged, garbled or over."""
    import jwt

    options = {"require": ["exp", "sub", "role"], "verify_exp": False, "verify_iat": False}
    try:
        claims = jwt.decode(token, key, algorithms=["HS256"], issuer=ISSUER, options=options)  # type: ignore[arg-type]
    except jwt.InvalidTokenError as error:
        raise NotSignedIn("The access token is not one of ours. Sign in again.") from error
    if claims["exp"] <= now.timestamp():
        raise NotSignedIn("The access token has run out. Sign in again, or use the refresh token.")
    return Actor(id=claims["sub"], name=claims["name"], kind="user", role=claims["role"])
