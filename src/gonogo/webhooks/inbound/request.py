"""A hook as it came in, and what verifying it gives."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from gonogo.webhooks.errors import SignatureMismatch

TOLERANCE_S = 300
"""How far a hook's time may be from ours, either way."""
LONGEST_ID = 300
LONGEST_TYPE = 200
Algorithm = Literal["sha256", "sha1", "sha512"]


class HookRequest(msgspec.Struct, frozen=True):
    """Headers by lower-case name, the raw body, and when it came."""

    headers: Mapping[str, str]
    body: bytes
    now: datetime

    def get_header(self, name: str) -> str:
        """A header that must be there. Raises ``SignatureMismatch``."""
        value = self.headers.get(name.lower())
        if not value:
            raise SignatureMismatch(f"The header {name} is missing. Is this the sender that the source is meant for?")
        return value

    def read_json(self) -> dict[str, Any]:
        """The body's members, none when it is no JSON object."""
        try:
            found = msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            return {}
        return found if isinstance(found, dict) else {}


class Verified(msgspec.Struct, frozen=True):
    """A hook that is genuine: its id at the sender, and its type. ``answer`` is told back instead of keeping it.

    ``digest`` is set where the sender does not sign the id: the same signed content under another id is a replay.
    """

    id: str
    type: str
    answer: str | None = None
    digest: str | None = None


def make_verified(id: Any, type: Any, request: HookRequest, digest: str | None = None) -> Verified:
    """Names as they can be kept; a hook without an id is known by the digest of what was sent."""
    known = str(id) if id else hashlib.sha256(request.body).hexdigest()
    if len(known) > LONGEST_ID:
        known = hashlib.sha256(known.encode()).hexdigest()
    return Verified(known, str(type or "")[:LONGEST_TYPE], digest=digest)


def sign_bytes(secret: bytes, data: bytes, algorithm: Algorithm = "sha256") -> bytes:
    """The HMAC of ``data``."""
    return hmac.new(secret, data, algorithm).digest()


def check_signature(expected: bytes, given: Iterable[bytes]) -> None:
    """Raise ``SignatureMismatch`` unless one of the signatures fits; each is compared in constant time."""
    fits = [hmac.compare_digest(expected, one) for one in given]
    if not any(fits):
        raise SignatureMismatch("The signature does not fit. Compare the secret here with the sender's.")


def check_time(text: str, now: datetime) -> None:
    """Raise ``SignatureMismatch`` for a time that is too far from ours."""
    try:
        seconds = float(text)
    except ValueError as error:
        raise SignatureMismatch(f"The time {text[:40]!r} is no number of seconds.") from error
    if not abs(now.timestamp() - seconds) <= TOLERANCE_S:
        raise SignatureMismatch(f"The hook's time is more than {TOLERANCE_S // 60} minutes from ours.")


def read_hex(text: str) -> bytes:
    """Bytes written as hexadecimal digits; none when they are not."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def read_base64(text: str) -> bytes:
    """Bytes written as base64; none when they are not."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
