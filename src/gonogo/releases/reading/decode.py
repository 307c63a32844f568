"""Bytes to lines: any bytes at all, and line numbers that stay those of the file."""

from __future__ import annotations

import codecs
import re

import msgspec

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_FOREIGN = re.compile(r"[^\x00-\x7f]{2,}")
_CUT_SHORT = re.compile(rb"\xf0\x9f|\xef\xb8|\xe2[\x80-\xbf]")
# UTF-8 that was read as Windows-1252, Latin-1 or Mac Roman; ftfy registers the first, which also maps its unused bytes.
_MISREADINGS = ("sloppy-windows-1252", "latin-1", "mac_roman")


class Text(msgspec.Struct, frozen=True):
    """The lines of a file without their ends. ``replaced`` says that the bytes were no valid UTF-8."""

    lines: tuple[str, ...]
    replaced: bool


def decode_text(data: bytes) -> Text:
    """Read bytes as text: BOM, CRLF and lone CR understood; bytes that are no UTF-8 read as Windows-1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            return Text(_split(text), "\ufffd" in text)
    try:
        return Text(_split(data.decode()), False)
    except UnicodeDecodeError:
        import ftfy.bad_codecs  # noqa: F401  registers the sloppy codecs; only damaged files pay for it

        return Text(_split(data.decode("sloppy-windows-1252")), True)


def repair_text(text: str) -> str:
    """Undo mojibake ("âœ…" becomes "✅"); text that was never damaged comes back as it is."""
    if text.isascii():
        return text
    import ftfy.bad_codecs  # noqa: F401  registers the sloppy codecs; plain files never pay for it

    return _FOREIGN.sub(_repair_run, text)


def _split(text: str) -> tuple[str, ...]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").split("\n")
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def _repair_run(match: re.Match[str]) -> str:
    run = match.group()
    for encoding in _MISREADINGS:
        try:
            data = run.encode(encoding)
        except UnicodeEncodeError:
            continue
        try:
            return _keep_line(data.decode(), run)
        except UnicodeDecodeError:
            if encoding == _MISREADINGS[0] and _CUT_SHORT.match(data):
                return _keep_line(data.decode(errors="ignore"), run)
    return run


def _keep_line(repaired: str, damaged: str) -> str:
    return repaired if repaired.isprintable() or "\u200d" in repaired or "\ufe0f" in repaired else damaged
