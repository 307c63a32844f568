"""Signatures (Ed25519) of journals: who has only the database can't make them."""

from __future__ import annotations

import base64
import binascii
import os
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gonogo.kernel.auth.secrets import write_secret
from gonogo.kernel.clock import Clock, format_instant, parse_instant
from gonogo.kernel.config import ConfigError
from gonogo.releases.journal import Entry, write_canonical

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE = "release-signing.key"
_SEED_BYTES = 32


class SigningKey(msgspec.Struct, frozen=True):
    """The public key, as everybody may have it. ``since`` is when it was made: later runs are signed."""

    algorithm: str
    key: str
    pem: str
    since: str


class _Stored(msgspec.Struct, frozen=True):
    seed: str
    since: str


class Signer:
    """Signs entries of journals with the key of the data folder."""

    def __init__(self, seed: bytes, since: str) -> None:
        self._seed = seed
        self.since: datetime = parse_instant(since)

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        # Many megabytes of library, for those who run releases.
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._seed)

    @cached_property
    def public(self) -> SigningKey:
        """The key that proves the signatures."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        key = self._private.public_key()
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        raw = base64.b64encode(key.public_bytes_raw()).decode()
        return SigningKey("Ed25519", raw, pem, format_instant(self.since))

    def sign(self, entry: Entry) -> Entry:
        """The entry with its signature and the public key it was made for."""
        signature = base64.b64encode(self._private.sign(write_message(entry.run, entry.seq, entry.hash))).decode()
        return msgspec.structs.replace(entry, signature=signature, signed_with=self.public.key)


def write_message(run: str, seq: int, digest: str) -> bytes:
    """What is signed: run, place and hash of an entry as canonical JSON. The hash vouches for all before it."""
    return write_canonical({"hash": digest, "run": run, "seq": seq})


def is_signed_by(key: str, entry: Entry, digest: str) -> bool:
    """Whether the entry's signature is of this public key (Base64) and over this digest."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        signature = base64.b64decode(entry.signature or "", validate=True)
        public.verify(signature, write_message(entry.run, entry.seq, digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def open_signer(folder: Path, clock: Clock) -> Signer:
    """The signer with the key kept in the data folder (mode 0600), made at the first start.

    Raises ``ConfigError`` when the file holds no key: a new one in its place would disown every signature so far.
    """
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        made = _Stored(base64.b64encode(os.urandom(_SEED_BYTES)).decode(), format_instant(clock.now()))
        text = msgspec.json.encode(made).decode()
        write_secret(path, text)
    try:
        stored = msgspec.json.decode(text, type=_Stored)
        seed = base64.b64decode(stored.seed, validate=True)
        if len(seed) == _SEED_BYTES:
            return Signer(seed, stored.since)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        pass
    raise ConfigError(f"{path} does not hold a signing key. Restore it from a backup, or move it away for a new one.")
