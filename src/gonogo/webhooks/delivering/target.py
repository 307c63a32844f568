"""What sending to one endpoint takes: its address, its headers, its keys."""

from __future__ import annotations

from datetime import datetime

import msgspec

from gonogo import __version__
from gonogo.kernel.clock import format_instant
from gonogo.kernel.vault import Vault
from gonogo.webhooks.schemas import Endpoint
from gonogo.webhooks.sealing import unseal_headers, unseal_keys
from gonogo.webhooks.signatures import Sign, SigningKey, make_signer
from gonogo.webhooks.store.endpoints import Sealed

USER_AGENT = f"Gonogo/{__version__} (webhooks)"
MASK = "••••"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """``fixed`` are the headers that every request has; ``shown`` is what the attempt log may tell of them."""

    url: str
    fixed: dict[str, str]
    shown: dict[str, str]
    sign: Sign
    until: str | None
    """When a key runs out and the target has to be made anew."""


def make_target(endpoint: Endpoint, sealed: Sealed, vault: Vault, now: datetime) -> Target:
    """The target of an endpoint at a moment. Raises ``SealBroken``."""
    keys = [key for key in unseal_keys(vault, endpoint.id, sealed.keys) if _counts(key, now)]
    own = unseal_headers(vault, endpoint.id, sealed.headers)
    common = {"content-type": "application/json", "user-agent": USER_AGENT, "accept-encoding": "identity"}
    return Target(
        url=endpoint.url,
        fixed=common | own,
        shown=common | dict.fromkeys(own, MASK),
        sign=make_signer(keys),
        until=min((key.until for key in keys if key.until is not None), default=None),
    )


def _counts(key: SigningKey, now: datetime) -> bool:
    return key.until is None or key.until > format_instant(now)
