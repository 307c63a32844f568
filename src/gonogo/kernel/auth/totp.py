"""Time-based one-time passwords (RFC 6238), as authenticator apps make them: six digits every 30 seconds."""

from __future__ import annotations

import base64
import os
from datetime import datetime
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
DRIFT = 1
"""Steps by which a phone's clock may differ."""
_SECRET_BYTES = 20


def generate_secret() -> str:
    """A new secret, in the letters that apps take."""
    return base64.b32encode(os.urandom(_SECRET_BYTES)).decode()


def make_uri(secret: str, email: str, issuer: str) -> str:
    """The address that a QR code holds; apps show ``issuer`` and ``email``."""
    label = f"{quote(issuer, safe='')}:{quote(email, safe='')}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}"


def make_code(secret: str, step: int) -> str:
    """The code of one step."""
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    totp = TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_S)  # noqa: S303 — what RFC 6238 and every app have
    return totp.generate(step * STEP_S).decode()


def find_step(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The step whose code this is, later than the step ``after``; None when it is wrong, too old, or used before."""
    import hmac

    current = int(now.timestamp()) // STEP_S
    digits = "".join(code.split())
    for step in range(current - DRIFT, current + DRIFT + 1):
        if step > after and hmac.compare_digest(make_code(secret, step).encode(), digits.encode()):
            return step
    return None
