"""Statements of how an asset came to be: in-toto's form (``https://in-toto.io/Statement/v1``) in a DSSE envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gonogo.jobs.asset_errors import AssetDamaged
from gonogo.jobs.asset_schemas import Asset

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, Key

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:gonogo:made-by:v1"
PAYLOAD = "application/vnd.in-toto+json"


def describe_asset(asset: Asset) -> dict[str, Any]:
    """The statement, unsigned."""
    origin = asset.origin
    return {
        "_type": STATEMENT,
        "subject": [{"name": asset.name, "digest": {"sha256": asset.sha256}}],
        "predicateType": PREDICATE,
        "predicate": {
            "madeAt": asset.made_at,
            "madeBy": asset.made_by,
            "job": origin.job,
            "type": origin.type,
            "connector": origin.connector,
            "worker": origin.worker,
            "model": origin.model,
            "inputs": [{"name": one.name, "digest": {"sha256": one.sha256}} for one in origin.inputs],
            "details": origin.details,
        },
    }


def sign_asset(asset: Asset, signer: CryptoSigner) -> dict[str, Any]:
    """The statement in its signed envelope, ready for JSON."""
    from securesystemslib.dsse import Envelope

    envelope = Envelope(msgspec.json.encode(describe_asset(asset)), PAYLOAD, {})
    envelope.sign(signer)
    signed: dict[str, Any] = envelope.to_dict()
    return signed


def verify_statement(signed: dict[str, Any], key: Key, sha256: str) -> dict[str, Any]:
    """What the envelope states of the bytes with this SHA-256.

    Raises ``AssetDamaged`` with the reason when the envelope is malformed, signed by another key, or about other bytes.
    """
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError

    try:
        envelope = Envelope.from_dict(msgspec.json.decode(msgspec.json.encode(signed)))
        envelope.verify([key], 1)
        statement: dict[str, Any] = msgspec.json.decode(envelope.payload, type=dict[str, Any])
        named = [subject["digest"]["sha256"] for subject in statement["subject"]]
    except VerificationError as error:
        raise AssetDamaged("The statement is not signed by this key.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise AssetDamaged(f"This is no signed statement: {error}.") from error
    if sha256 not in named:
        raise AssetDamaged(f"The statement is about {', '.join(named)}; these bytes are {sha256}.")
    return statement
