"""What lies sealed of endpoints and sources, each bound to its owner."""

from __future__ import annotations

import msgspec

from gonogo.kernel.vault import Vault
from gonogo.webhooks.signatures import SigningKey

PURPOSE = "gonogo webhooks"


def seal_keys(vault: Vault, endpoint_id: str, keys: list[SigningKey]) -> str:
    """Keys as they may lie in the database, the one in force first."""
    return vault.seal(f"{endpoint_id} keys", msgspec.json.encode(keys).decode())


def unseal_keys(vault: Vault, endpoint_id: str, sealed: str) -> list[SigningKey]:
    """The keys again. Raises ``SealBroken``."""
    return msgspec.json.decode(vault.unseal(f"{endpoint_id} keys", sealed), type=list[SigningKey])


def seal_headers(vault: Vault, endpoint_id: str, headers: dict[str, str]) -> str:
    """Headers as they may lie in the database."""
    return vault.seal(f"{endpoint_id} headers", msgspec.json.encode(headers).decode())


def unseal_headers(vault: Vault, endpoint_id: str, sealed: str) -> dict[str, str]:
    """The headers again. Raises ``SealBroken``."""
    return msgspec.json.decode(vault.unseal(f"{endpoint_id} headers", sealed), type=dict[str, str])


def seal_secret(vault: Vault, source: str, secret: str) -> str:
    """A source's secret as it may lie in the database."""
    return vault.seal(f"source {source}", secret)


def unseal_secret(vault: Vault, source: str, sealed: str) -> str:
    """The secret again. Raises ``SealBroken``."""
    return vault.unseal(f"source {source}", sealed)
