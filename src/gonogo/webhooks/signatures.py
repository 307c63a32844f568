"""Standard Webhooks signatures: ``v1`` (HMAC-SHA256, by the standard's library) and ``v1a`` (ed25519).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

Scheme = Literal["v1", "v1a"]
SECRET_BYTES = 32
Sign = Callable[[str, datetime, str], str]


class SigningKey(msgspec.Struct, frozen=True):
    """One key of an endpoint: ``whsec_…`` for v1, ``whsk_…`` (private) for v1a. Without ``until`` it is in force."""

    secret: str
    until: str | None = None

    @property
    def scheme(self) -> Scheme:
        return "v1a" if self.secret.startswith("whsk_") else "v1"


def make_key(scheme: Scheme) -> SigningKey:
    """A fresh random key."""
    prefix = "whsk_" if scheme == "v1a" else "whsec_"
    return SigningKey(prefix + base64.b64encode(os.urandom(SECRET_BYTES)).decode())


def tell_key(key: SigningKey) -> str:
    """What the receiver needs to verify: the shared secret, or the public key (``whpk_…``)."""
    if key.scheme == "v1":
        return key.secret
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = Ed25519PrivateKey.from_private_bytes(_read_secret(key)).public_key().public_bytes_raw()
    return "whpk_" + base64.b64encode(public).decode()


def make_signer(keys: Sequence[SigningKey]) -> Sign:
    """``sign(id, at, body)`` gives the header: one signature for each key, so that either verifies it."""
    signers = [_make_one(key) for key in keys]

    def sign(id: str, at: datetime, body: str) -> str:
        return " ".join(one(id, at, body) for one in signers)

    return sign


def _make_one(key: SigningKey) -> Sign:
    if key.scheme == "v1":
        from standardwebhooks import Webhook

        return Webhook(key.secret).sign
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(_read_secret(key))

    def sign(id: str, at: datetime, body: str) -> str:
        signature = private.sign(f"{id}.{int(at.timestamp())}.{body}".encode())
        return f"v1a,{base64.b64encode(signature).decode()}"

    return sign


def _read_secret(key: SigningKey) -> bytes:
    return base64.b64decode(key.secret.partition("_")[2])
