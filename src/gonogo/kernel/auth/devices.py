"""Known browsers: one in which a person signed in before carries a signed token of theirs.

It proves nothing but that; who holds it is throttled by the token instead of by the address, so strangers who guess
passwords can't keep the person out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

PREFIX = "gnb"
LIFE = timedelta(days=365)


def issue_device(email: str, key: str, now: datetime) -> str:
    """A token for a browser in which the person with this e-mail has just signed in."""
    body = f"{secrets.token_urlsafe(12)}.{int((now + LIFE).timestamp())}"
    return f"{PREFIX}_{body}.{_sign(body, email, key)}"


def find_device(token: str, email: str, key: str, now: datetime) -> str | None:
    """The id of the known browser; None when the token is somebody else's, forged or out of date."""
    body, _, signature = token.removeprefix(f"{PREFIX}_").rpartition(".")
    device, _, expires = body.partition(".")
    if not hmac.compare_digest(signature.encode(), _sign(body, email, key).encode()):
        return None
    return device if int(expires) > now.timestamp() else None


def _sign(body: str, email: str, key: str) -> str:
    message = f"gonogo known browser\0{body}\0{email}"
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()
