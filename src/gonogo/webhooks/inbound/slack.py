"""Slack: ``X-Slack-Signature`` is ``v0=<hex>`` of ``v0:timestamp:body``.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import msgspec

from gonogo.webhooks.inbound.request import (
    HookRequest,
    Verified,
    check_signature,
    check_time,
    make_verified,
    read_hex,
    sign_bytes,
)


def verify_slack(request: HookRequest, secret: str) -> Verified:
    """Raises ``SignatureMismatch``. Slack's question whether the address is ours is answered with its challenge."""
    at = request.get_header("X-Slack-Request-Timestamp")
    check_time(at, request.now)
    expected = sign_bytes(secret.encode(), f"v0:{at}:".encode() + request.body)
    given = request.get_header("X-Slack-Signature")
    check_signature(expected, [read_hex(given.removeprefix("v0="))])
    told = request.read_json()
    event = told.get("event")
    kind = event.get("type") if isinstance(event, dict) else told.get("type")
    verified = make_verified(told.get("event_id"), kind, request)
    if told.get("type") == "url_verification":
        return msgspec.structs.replace(verified, answer=str(told.get("challenge", "")))
    return verified
