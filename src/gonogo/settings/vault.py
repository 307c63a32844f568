"""The vault of secret settings."""

from __future__ import annotations

from pathlib import Path

from gonogo.kernel import vault

PURPOSE = "gonogo settings"


def open_vault(passphrase: str, folder: Path) -> vault.Vault:
    """The vault with the configured passphrase, or with the one kept in the data folder."""
    return vault.open_vault(passphrase, folder, PURPOSE)
