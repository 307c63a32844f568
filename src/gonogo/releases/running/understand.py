"""A checklist's bytes and its answers to the plan they make together. No I/O; the same in a terminal and a server."""

from __future__ import annotations

import hashlib

import msgspec

from gonogo.releases.adoption import adopt_plan, parse_adoption
from gonogo.releases.plan import Plan
from gonogo.releases.reading import read_checklist
from gonogo.releases.reading.bindings import Bindings
from gonogo.releases.running.sidecar import SUFFIX, pin_plan


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a plan depends on."""

    document: bytes
    path: str
    adoption: bytes | None = None
    bindings: Bindings = Bindings()
    hosts: tuple[str, ...] = ()

    def hash_all(self) -> bytes:
        """Equal readings have equal hashes, and give equal plans."""
        return hashlib.sha256(msgspec.msgpack.encode(self)).digest()


def understand(reading: Reading) -> Plan:
    """The plan of a checklist with the answers given to its doubts, pinned by both."""
    plan = read_checklist(reading.document, reading.path, reading.bindings)
    if reading.adoption is None:
        return plan
    adopted = adopt_plan(plan, parse_adoption(reading.adoption, f"{reading.path}{SUFFIX}"), reading.hosts)
    sha256 = pin_plan(reading.document, reading.adoption)
    return msgspec.structs.replace(adopted, source=msgspec.structs.replace(plan.source, sha256=sha256))
