"""Which socket of a SO_REUSEPORT group gets the next connection, decided by a few lines of classic BPF.

The kernel asks the program for an index at every new connection (Linux ≥ 4.5, no privileges needed; socket(7),
SO_ATTACH_REUSEPORT_CBPF). A connection from 127.71.0.N goes to socket N, so that each can be asked for its health;
every other one to one of the ready sockets by chance.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Sequence

SO_ATTACH_REUSEPORT_CBPF = 51
SO_DETACH_REUSEPORT_BPF = 68
MOST = 256
"""Sockets of a group that can be told apart."""
_NETWORK, _EXTRA = -0x100000 & 0xFFFFFFFF, -0x1000 & 0xFFFFFFFF
_SOURCE, _CHANCE = _NETWORK + 12, _EXTRA + 56
_LOAD, _AND, _MODULO, _JUMP_EQUAL, _RETURN, _RETURN_A = 0x20, 0x54, 0x94, 0x15, 0x06, 0x16
_PROBES = 0x7F470000
_QUEUE_AT = 24

_Line = tuple[int, int, int, int]


def steer(group: socket.socket, ready: Sequence[int]) -> None:
    """Send new connections to the sockets with these indexes; ``group`` is any socket of the group."""
    program = _write_program(ready)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    head = struct.pack("HL", len(program), ctypes.addressof(code))
    group.setsockopt(socket.SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, head)


def name_source(index: int) -> str:
    """The address to connect from so that the socket with this index answers."""
    return f"127.71.0.{index}"


def count_waiting(listener: socket.socket) -> int:
    """Connections that this listening socket holds and nobody has accepted yet (``tcpi_unacked``)."""
    info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    waiting: int = struct.unpack_from("I", info, _QUEUE_AT)[0]
    return waiting


def _write_program(ready: Sequence[int]) -> list[_Line]:
    lines: list[_Line] = [
        (_LOAD, 0, 0, _SOURCE),
        (_AND, 0, 0, 0xFFFFFF00),
        (_JUMP_EQUAL, 0, 3, _PROBES),
        (_LOAD, 0, 0, _SOURCE),
        (_AND, 0, 0, 0xFF),
        (_RETURN_A, 0, 0, 0),
        (_LOAD, 0, 0, _CHANCE),
        (_MODULO, 0, 0, len(ready)),
    ]
    for place, index in enumerate(ready[:-1]):
        lines += [(_JUMP_EQUAL, 0, 1, place), (_RETURN, 0, 0, index)]
    return [*lines, (_RETURN, 0, 0, ready[-1])]
