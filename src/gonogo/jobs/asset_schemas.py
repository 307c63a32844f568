"""What is told of an asset."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hexadecimal: the asset's name in the store."""


class Input(msgspec.Struct, frozen=True):
    """Something that an asset was made from."""

    name: Annotated[str, msgspec.Meta(max_length=300)]
    sha256: Digest


class Origin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an asset came to be, as its worker tells it."""

    job: str = ""
    type: str = ""
    connector: str = ""
    worker: str = ""
    model: str = ""
    inputs: tuple[Input, ...] = ()
    details: dict[str, Any] = {}


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One kept file. ``sha256`` names its bytes; the same bytes made twice are two assets over one file."""

    id: str
    name: str
    sha256: str
    size: int
    media_type: str
    made_at: str
    made_by: str
    origin: Origin
