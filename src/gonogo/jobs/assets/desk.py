"""What keeping assets needs at hand: the store of their bytes and the key of their statements."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from gonogo.jobs.assets.signing import load_signer
from gonogo.jobs.assets.stores import ByteStore, open_store
from gonogo.kernel.config import Config

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner


class AssetDesk:
    """Made with the room; store and key are opened when the first asset asks for them."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @cached_property
    def store(self) -> ByteStore:
        """Where the bytes lie."""
        return open_store(self._config)

    @cached_property
    def signer(self) -> CryptoSigner:
        """Who signs."""
        return load_signer(self._config.folder)
