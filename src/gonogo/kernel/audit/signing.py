"""Signatures (Ed25519) over places of the event log: whoever has only the database can't make them."""

from __future__ import annotations

import base64
import binascii
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from gonogo.kernel.auth.secrets import write_secret
from gonogo.kernel.config import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FILE = "audit-signing.key"
_SEED_BYTES = 32
_encode = msgspec.json.Encoder(order="sorted").encode


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed: that entry ``seq`` has this ``hash``, which vouches for all before it.

    ``head`` is the newest entry at that time, ``pruned`` the last of those that retention removed, and ``export`` the
    last of those handed out, with the first and how many there are.
    """

    kind: Literal["head", "pruned", "export"]
    seq: int
    hash: str
    at: str
    first_seq: int = 0
    entries: int = 0
    since: str = ""
    until: str = ""


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A statement with its signature and the public key (Base64) that proves it."""

    statement: Statement
    signature: str
    signed_with: str


class AuditKey:
    """The key pair of one data folder, read when it is first needed and made when there is none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    @cached_property
    def public(self) -> str:
        """The public key, Base64."""
        return base64.b64encode(self._private.public_key().public_bytes_raw()).decode()

    def sign(self, statement: Statement) -> Signed:
        """The statement with this key's signature."""
        signature = base64.b64encode(self._private.sign(_encode(statement))).decode()
        return Signed(statement=statement, signature=signature, signed_with=self.public)

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._load_seed())

    def _load_seed(self) -> bytes:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            text = base64.b64encode(os.urandom(_SEED_BYTES)).decode()
            write_secret(self._path, text)
        try:
            seed = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError):
            seed = b""
        if len(seed) != _SEED_BYTES:
            raise ConfigError(
                f"{self._path} does not hold a signing key. Restore it from a backup, or move it away for a new one; "
                "what was signed so far is then proved with the old public key."
            )
        return seed


def is_signed_by(key: str, signed: Signed) -> bool:
    """Whether the signature is of this public key (Base64) and over this statement."""
    from cryptography.exceptions import InvalidSignature

    try:
        _load_public(key).verify(base64.b64decode(signed.signature, validate=True), _encode(signed.statement))
    except (InvalidSignature, ValueError):
        return False
    return True


def read_public_key(text: str) -> str:
    """A public key given as Base64 or as PEM, in Base64. Raises ``ValueError``."""
    text = text.strip()
    if text.startswith("-----BEGIN"):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        public = load_pem_public_key(text.encode())
        if not isinstance(public, Ed25519PublicKey):
            raise ValueError("not an Ed25519 key")
        return base64.b64encode(public.public_bytes_raw()).decode()
    _load_public(text)
    return text


def write_pem(key: str) -> str:
    """The public key as PEM."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _load_public(key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _load_public(key: str) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
