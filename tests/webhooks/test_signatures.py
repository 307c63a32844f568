"""Signatures are what the standard says: its library verifies them, and so does its published example."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from gonogo.webhooks.signatures import Scheme, SigningKey, make_key, make_signer, tell_key

BODY = '{"test": 2432232314}'
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"


def make_headers(signature: str, at: datetime) -> dict[str, str]:
    return {"webhook-id": ID, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def verify_v1a(public: str, signature: str, at: datetime, body: str) -> None:
    version, _, encoded = signature.partition(",")
    assert version == "v1a"
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    key.verify(base64.b64decode(encoded), f"{ID}.{int(at.timestamp())}.{body}".encode())


def test_the_published_example() -> None:
    sign = make_signer([SigningKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")])
    at = datetime.fromtimestamp(1614265330, UTC)
    assert sign(ID, at, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_standard_library_verifies() -> None:
    key, at = make_key("v1"), datetime.now(UTC)
    signature = make_signer([key])(ID, at, BODY)
    assert Webhook(tell_key(key)).verify(BODY, make_headers(signature, at)) == {"test": 2432232314}
    with pytest.raises(WebhookVerificationError):
        Webhook(tell_key(key)).verify(BODY + " ", make_headers(signature, at))


def test_either_key_verifies_during_a_rotation() -> None:
    old, new, at = make_key("v1"), make_key("v1"), datetime.now(UTC)
    signature = make_signer([new, old])(ID, at, BODY)
    for key in (old, new):
        Webhook(key.secret).verify(BODY, make_headers(signature, at))
    with pytest.raises(WebhookVerificationError):
        Webhook(make_key("v1").secret).verify(BODY, make_headers(signature, at))


def test_ed25519_is_verified_with_the_public_key() -> None:
    key, at = make_key("v1a"), datetime.now(UTC)
    public = tell_key(key)
    assert public.startswith("whpk_")
    signature = make_signer([key])(ID, at, BODY)
    verify_v1a(public, signature, at, BODY)
    with pytest.raises(InvalidSignature):
        verify_v1a(public, signature, at, BODY + " ")


@pytest.mark.parametrize(("scheme", "prefix"), [("v1", "whsec_"), ("v1a", "whsk_")])
def test_a_key_tells_its_scheme(scheme: Scheme, prefix: str) -> None:
    key = make_key(scheme)
    assert key.secret.startswith(prefix)
    assert key.scheme == scheme
    assert key != make_key(scheme)


def test_the_private_key_is_not_what_is_told() -> None:
    key = make_key("v1a")
    assert key.secret.partition("_")[2] not in tell_key(key)
