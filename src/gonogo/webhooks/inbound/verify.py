"""Verifying a hook by its source's kind."""

from __future__ import annotations

from gonogo.webhooks.inbound.generic import verify_generic
from gonogo.webhooks.inbound.github import verify_github
from gonogo.webhooks.inbound.request import HookRequest, Verified, read_base64
from gonogo.webhooks.inbound.slack import verify_slack
from gonogo.webhooks.inbound.standard import verify_standard
from gonogo.webhooks.inbound.stripe import verify_stripe
from gonogo.webhooks.schemas import GenericOptions, Kind

SHORTEST = 8
_SIMPLE = {
    "standard": verify_standard,
    "github": verify_github,
    "stripe": verify_stripe,
    "slack": verify_slack,
}


def verify_hook(kind: Kind, request: HookRequest, secret: str, options: GenericOptions) -> Verified:
    """What a genuine hook says of itself. Raises ``SignatureMismatch``."""
    if kind == "generic":
        return verify_generic(request, secret, options)
    return _SIMPLE[kind](request, secret)


def find_fault(kind: Kind, secret: str) -> str | None:
    """Why a secret can't be one of this kind; None when it can."""
    if kind == "standard" and (not secret.startswith("whsec_") or not read_base64(secret.removeprefix("whsec_"))):
        return "must be whsec_ and base64, as the sender shows it"
    if len(secret) < SHORTEST:
        return f"must have at least {SHORTEST} characters; copy it from the sender"
    return None
