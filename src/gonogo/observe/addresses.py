"""Addresses that Gonogo is told to ask."""

from __future__ import annotations

from urllib.parse import urlsplit


def find_fault(url: str) -> str:
    """What keeps an http(s) address from being asked, as the end of a sentence; empty when nothing does."""
    try:
        parts = urlsplit(url)
        found = parts.hostname and parts.port != 0
    except ValueError as error:
        return f"is no address: {error}"
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        return "holds a blank; write it as %20"
    if parts.scheme not in ("http", "https"):
        return "must begin with http:// or https://"
    return "" if found else "names no host; write it as https://host/path"
