"""What can be wrong with an asset."""

from __future__ import annotations

from gonogo.kernel.errors import BadInput, Conflict, NotFound


class AssetNotFound(NotFound):
    """No asset of this id, or its bytes are gone."""

    type, title = "asset-not-found", "No such asset"


class AssetTooLarge(BadInput):
    """The file is larger than may be kept."""

    status, type, title = 413, "asset-too-large", "The file is too large"


class AssetDamaged(Conflict):
    """The bytes are not those that the statement names, or the statement is not by a trusted key."""

    type, title = "asset-damaged", "The asset does not match its statement"
