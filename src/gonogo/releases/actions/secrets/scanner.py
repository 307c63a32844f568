"""The scan itself, by the library detect-secrets, in a process of its own: its settings are global and it takes memory.

``python -m gonogo.releases.actions.secrets.scanner`` reads paths from standard input, one a line, and writes one JSON
object for each finding. Values are never written, only their hashes.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator

import msgspec


class Found(msgspec.Struct, frozen=True):
    """One credential in a file. ``sha256`` is of its value, so that an allow-list knows it again when it moves."""

    file: str
    line: int
    kind: str
    sha256: str


def scan_paths(paths: list[str]) -> Iterator[Found]:
    """Every credential in these files; one that several rules see is told once."""
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    with default_settings():
        for path in paths:
            seen: set[tuple[int, str]] = set()
            for secret in scan_file(path):
                digest = hashlib.sha256((secret.secret_value or "").encode()).hexdigest()
                if (secret.line_number, digest) not in seen:
                    seen.add((secret.line_number, digest))
                    yield Found(path, secret.line_number, secret.type, digest)


def main() -> None:
    """Scan what is named on standard input."""
    for found in scan_paths(sys.stdin.read().splitlines()):
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
