"""Entries to the text of an adoption file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

import msgspec
import tomli_w

from gonogo.releases.adoption.entries import Entry

_HEAD = (
    "# What people answered to the doubts of this checklist. Written by `gonogo adopt`; commit it with the document.\n"
    "# A line that changes is asked about again.\n"
)


def write_adoption(entries: Iterable[Entry]) -> str:
    """The text of an adoption file; equal entries give equal text."""
    items = [msgspec.json.decode(msgspec.json.encode(entry)) for entry in entries]
    if not items:
        return _HEAD
    text = tomli_w.dumps({"item": items}, multiline_strings=True)
    # A carriage return does not survive in a string of several lines.
    lossless = tomllib.loads(text) == {"item": items}
    return f"{_HEAD}\n{text if lossless else tomli_w.dumps({'item': items})}"
