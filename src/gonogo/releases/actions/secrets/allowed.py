"""The allow-list: findings that somebody looked at and let stand, with the reason. Pure but for its file."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from gonogo.kernel.errors import BadInput
from gonogo.kernel.phrasing import phrase_error
from gonogo.releases.actions.secrets.scanner import Found

ALLOW_LIST = ".gonogo-secrets.toml"


class Allowed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Lets pass what lies at ``path`` (a pattern), is of this ``kind``, and has this ``sha256``; each may be open."""

    path: str
    why: str
    kind: str | None = None
    sha256: str | None = None

    def covers(self, found: Found) -> bool:
        """Whether this finding is meant."""
        return (
            fnmatchcase(found.file, self.path)
            and self.kind in (None, found.kind)
            and self.sha256 in (None, found.sha256)
        )


def read_allowed(path: Path) -> list[Allowed]:
    """The entries of an allow-list; none where there is no file. Raises BadInput."""
    if not path.is_file():
        return []
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(table.get("allowed", []), list[Allowed])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        told = phrase_error(error) if isinstance(error, msgspec.ValidationError) else error
        raise BadInput(
            f"{path}: {told}. An entry is [[allowed]] with path, why, and kind or sha256.", field="allow"
        ) from error


def write_allowed(path: Path, entries: Sequence[Allowed], fresh: Sequence[Found]) -> None:
    """Add findings to the list, each by its own hash."""
    import tomli_w

    added = [
        Allowed(path=each.file, kind=each.kind, sha256=each.sha256, why="Say why this may stay.") for each in fresh
    ]
    table = {"allowed": [msgspec.to_builtins(entry) for entry in (*entries, *dict.fromkeys(added))]}
    path.write_text(tomli_w.dumps(table), encoding="utf-8")
