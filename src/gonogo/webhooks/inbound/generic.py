"""Anybody else who signs with an HMAC: which header, which digest, with or without a timestamp."""

from __future__ import annotations

import hashlib

from gonogo.webhooks.inbound.request import (
    HookRequest,
    Verified,
    check_signature,
    check_time,
    make_verified,
    read_base64,
    read_hex,
    sign_bytes,
)
from gonogo.webhooks.schemas import GenericOptions


def verify_generic(request: HookRequest, secret: str, options: GenericOptions) -> Verified:
    """Raises ``SignatureMismatch``. Without an id of the sender the very same request counts once."""
    given = request.get_header(options.header).removeprefix(options.prefix)
    signed = request.body
    if options.timestamp_header:
        at = request.get_header(options.timestamp_header)
        check_time(at, request.now)
        signed = f"{at}.".encode() + signed
    read = read_hex if options.encoding == "hex" else read_base64
    check_signature(sign_bytes(secret.encode(), signed, options.algorithm), [read(given)])
    known = request.get_header(options.id_header) if options.id_header else hashlib.sha256(signed).hexdigest()
    # With a signed time the same content is the same hook; without one, equal bodies may be two events.
    digest = hashlib.sha256(signed).hexdigest() if options.timestamp_header else None
    return make_verified(known, request.headers.get(options.type_header.lower()), request, digest)
