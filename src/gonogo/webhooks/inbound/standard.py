"""Standard Webhooks: ``webhook-signature`` holds one or more ``v1,<base64>`` of ``id.timestamp.body``.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from gonogo.webhooks.inbound.request import (
    HookRequest,
    Verified,
    check_signature,
    check_time,
    make_verified,
    read_base64,
    sign_bytes,
)


def verify_standard(request: HookRequest, secret: str) -> Verified:
    """Raises ``SignatureMismatch``. The standard's library would take the machine's clock, and text for the body."""
    known, at, given = (request.get_header(f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    check_time(at, request.now)
    key = read_base64(secret.removeprefix("whsec_"))
    expected = sign_bytes(key, f"{known}.{at}.".encode() + request.body)
    parts = (part.partition(",") for part in given.split())
    check_signature(expected, [read_base64(signature) for version, _, signature in parts if version == "v1"])
    return make_verified(known, request.read_json().get("type"), request)
