"""Stripe: ``Stripe-Signature`` is ``t=<seconds>,v1=<hex>[,v1=…]`` of ``t.body``.

https://docs.stripe.com/webhooks#verify-manually
"""

from __future__ import annotations

from gonogo.webhooks.inbound.request import (
    HookRequest,
    Verified,
    check_signature,
    check_time,
    make_verified,
    read_hex,
    sign_bytes,
)


def verify_stripe(request: HookRequest, secret: str) -> Verified:
    """Raises ``SignatureMismatch``."""
    parts = [part.strip().partition("=") for part in request.get_header("Stripe-Signature").split(",")]
    at = next((value for name, _, value in parts if name == "t"), "")
    check_time(at, request.now)
    expected = sign_bytes(secret.encode(), at.encode() + b"." + request.body)
    check_signature(expected, [read_hex(value) for name, _, value in parts if name == "v1"])
    told = request.read_json()
    return make_verified(told.get("id"), told.get("type"), request)
