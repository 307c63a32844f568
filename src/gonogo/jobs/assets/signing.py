"""The key that signs statements: Ed25519, made on first use, in a file of the data folder for its owner alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gonogo.kernel.auth.secrets import write_secret
from gonogo.kernel.config import ConfigError

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, Key

FILE = "assets.key"


def load_signer(folder: Path) -> CryptoSigner:
    """The signer with the key kept in ``folder``. Raises ``ConfigError`` for a file that holds no such key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    path = folder / FILE
    try:
        pem = path.read_bytes()
    except FileNotFoundError:
        signer = CryptoSigner.generate_ed25519()
        write_secret(path, signer.private_bytes.decode())
        return signer
    try:
        key = load_pem_private_key(pem, password=None)
    except ValueError as error:
        raise ConfigError(f"{path} holds no whole private key. Restore it, or move it away to begin anew.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{path} holds a key of another kind; statements are signed with Ed25519.")
    return CryptoSigner(key)


def write_public(signer: CryptoSigner) -> str:
    """The public half in PEM: what whoever verifies needs to have."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = bytes.fromhex(signer.public_key.keyval["public"])
    return (
        Ed25519PublicKey.from_public_bytes(raw).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    )


def read_public(pem: str) -> Key:
    """A public key that ``write_public`` wrote. Raises ``ValueError``."""
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    return SSlibKey.from_crypto(load_pem_public_key(pem.encode()))
