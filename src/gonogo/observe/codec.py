"""Columns of whole numbers, packed: delta, zigzag, byte planes, then one zlib stream for each column.

A block is a header (version, slots, columns), a directory of offsets, and the streams; one column is read without
touching the others. A slot without a value is a gap and stays one. Within a stream: bytes of the widest number (one
byte), whether there are gaps (one byte), then a bitmap of the slots that hold something, then the planes, lowest byte
of every number first. An empty stream is a column of gaps only.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

Column = list[int | None]

VERSION = 1
LEVEL = 6
_HEADER = struct.Struct("<BHH")
_WORD = 8


class BadBlock(ValueError):
    """The bytes are no block of a version that is known here."""


def encode_block(columns: Sequence[Sequence[int | None]]) -> bytes:
    """Pack columns of the same length; numbers may use 62 bits."""
    streams = [_encode_column(column) for column in columns]
    slots = len(columns[0]) if columns else 0
    ends = accumulate(len(stream) for stream in streams)
    directory = struct.pack(f"<{len(streams)}I", *ends)
    return b"".join((_HEADER.pack(VERSION, slots, len(streams)), directory, *streams))


def decode_column(block: bytes, place: int) -> Column:
    """One column of a block. Raises ``BadBlock``."""
    slots, streams = _open_block(block)
    return _decode_column(streams[place], slots)


def find_slots(block: bytes, place: int) -> Sequence[int]:
    """The slots of one column that hold something; cheaper than its numbers. Raises ``BadBlock``."""
    slots, streams = _open_block(block)
    if not streams[place]:
        return ()
    body = zlib.decompress(streams[place])
    bitmap, gaps = body[2 : 2 + (slots + 7) // 8], body[1]
    return [slot for slot in range(slots) if bitmap[slot >> 3] >> (slot & 7) & 1] if gaps else range(slots)


def decode_block(block: bytes) -> list[Column]:
    """Every column of a block. Raises ``BadBlock``."""
    slots, streams = _open_block(block)
    return [_decode_column(stream, slots) for stream in streams]


def _open_block(block: bytes) -> tuple[int, list[memoryview]]:
    try:
        version, slots, count = _HEADER.unpack_from(block)
        ends = struct.unpack_from(f"<{count}I", block, _HEADER.size)
    except struct.error as error:
        raise BadBlock(f"{len(block)} bytes are too few for a block") from error
    base = _HEADER.size + 4 * count
    if version != VERSION or (ends and base + ends[-1] != len(block)):
        raise BadBlock(f"a block of version {version} with {len(block)} bytes can't be read")
    view = memoryview(block)
    return slots, [view[base + start : base + end] for start, end in pairwise((0, *ends))]


def _encode_column(values: Sequence[int | None]) -> bytes:
    present = [value for value in values if value is not None]
    if not present:
        return b""
    steps = (after - before for before, after in pairwise([0, *present]))
    folded = [step << 1 if step >= 0 else ~(step << 1) for step in steps]
    width = max(1, (max(folded).bit_length() + 7) // 8)
    gaps = len(present) < len(values)
    bitmap = _write_bitmap(values) if gaps else b""
    return zlib.compress(b"".join((bytes((width, gaps)), bitmap, *_split_planes(folded, width))), LEVEL)


def _decode_column(stream: memoryview, slots: int) -> Column:
    if not stream:
        return [None] * slots
    body = zlib.decompress(stream)
    width, gaps = body[0], body[1]
    start = 2 + (slots + 7) // 8 if gaps else 2
    folded = _join_planes(body[start:], width)
    present = list(accumulate((value >> 1) ^ -(value & 1) for value in folded))
    return _spread(present, body[2:start], slots) if gaps else list(present)


def _split_planes(folded: list[int], width: int) -> Iterator[bytes]:
    words = array("Q", folded)
    if sys.byteorder == "big":
        words.byteswap()
    flat = words.tobytes()
    return (flat[plane::_WORD] for plane in range(width))


def _join_planes(planes: bytes, width: int) -> array[int]:
    count = len(planes) // width
    flat = bytearray(count * _WORD)
    for plane in range(width):
        flat[plane::_WORD] = planes[plane * count : (plane + 1) * count]
    words = array("Q", bytes(flat))
    if sys.byteorder == "big":
        words.byteswap()
    return words


def _write_bitmap(values: Sequence[int | None]) -> bytes:
    bits = sum(1 << slot for slot, value in enumerate(values) if value is not None)
    return bits.to_bytes((len(values) + 7) // 8, "little")


def _spread(present: list[int], bitmap: bytes, slots: int) -> Column:
    left = iter(present)
    return [next(left) if bitmap[slot >> 3] >> (slot & 7) & 1 else None for slot in range(slots)]
