"""The process that reads checklists for a server: requests on standard input, plans on standard output.

A document that takes too long can't hold the server up, whatever is in it: this process is killed and started again.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
import sys
from typing import BinaryIO

import msgspec

from gonogo.releases.running.understand import Reading, understand

HEAD = struct.Struct(">I")
"""Every message is its length, then that many bytes."""
MOST_MEMORY = 2 * 1024**3
_ENOUGH = 2.0


def serve_readings(requests: BinaryIO, plans: BinaryIO, budget_s: float) -> None:
    """Answer one request after the other until the input ends."""
    decoder = msgspec.msgpack.Decoder(Reading)
    encoder = msgspec.msgpack.Encoder()
    while len(head := requests.read(HEAD.size)) == HEAD.size:
        reading = decoder.decode(requests.read(HEAD.unpack(head)[0]))
        # Should the server be gone, nothing else would end an expression that goes on for hours.
        signal.setitimer(signal.ITIMER_REAL, budget_s * _ENOUGH)
        answer = encoder.encode(understand(reading))
        signal.setitimer(signal.ITIMER_REAL, 0)
        plans.write(HEAD.pack(len(answer)) + answer)
        plans.flush()


def main() -> None:
    """Take over the standard streams; whatever prints by mistake goes to standard error."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    plans = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve_readings(sys.stdin.buffer, plans, float(sys.argv[1]))


if __name__ == "__main__":
    main()
