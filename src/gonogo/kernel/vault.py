"""Secrets at rest: AES-GCM, each value bound to its purpose and name, so that none can be moved to another."""

from __future__ import annotations

import base64
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gonogo.kernel.auth.secrets import load_secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PREFIX = "sealed:1:"
_NONCE_BYTES = 12


class SealBroken(ValueError):
    """The text was sealed with another key, or under another name, or was changed since."""


class Vault:
    """Seals texts with a key derived from ``passphrase`` (at least 32 random characters) for one ``purpose``."""

    def __init__(self, passphrase: str, purpose: str) -> None:
        self._passphrase = passphrase
        self._purpose = purpose

    @cached_property
    def _cipher(self) -> AESGCM:
        # Eleven megabytes of library, for those who keep secrets here.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derive = HKDF(SHA256(), length=32, salt=None, info=self._purpose.encode()).derive
        return AESGCM(derive(self._passphrase.encode()))

    def seal(self, name: str, text: str) -> str:
        """``text`` as it may lie in the database under ``name``."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), name.encode())
        return PREFIX + base64.urlsafe_b64encode(sealed).decode()

    def unseal(self, name: str, sealed: str) -> str:
        """The text that ``seal`` was given. Raises ``SealBroken``."""
        from cryptography.exceptions import InvalidTag

        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(PREFIX))
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], name.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                f"'{name}' was encrypted with another key. Put the old one into GONOGO_SETTINGS_KEY, or set it anew."
            ) from error


def open_vault(passphrase: str, folder: Path, purpose: str) -> Vault:
    """The vault with the configured passphrase, or with the one kept in the data folder (mode 0600)."""
    return Vault(passphrase or load_secret(folder / "settings.key"), purpose)
