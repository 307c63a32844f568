"""GitHub: ``X-Hub-Signature-256`` is ``sha256=<hex>`` of the body.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hashlib

from gonogo.webhooks.inbound.request import (
    HookRequest,
    Verified,
    check_signature,
    make_verified,
    read_hex,
    sign_bytes,
)


def verify_github(request: HookRequest, secret: str) -> Verified:
    """Raises ``SignatureMismatch``."""
    given = request.get_header("X-Hub-Signature-256")
    check_signature(sign_bytes(secret.encode(), request.body), [read_hex(given.removeprefix("sha256="))])
    # The signature does not cover the delivery's id, which whoever replays a hook may change.
    digest = hashlib.sha256(request.body).hexdigest()
    return make_verified(
        request.get_header("X-GitHub-Delivery"), request.headers.get("x-github-event"), request, digest
    )
