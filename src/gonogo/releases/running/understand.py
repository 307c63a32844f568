"""A checklist's bytes and its answers to the plan they make together; the same in a terminal and a server."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from gonogo.releases.adoption import adopt_plan, parse_adoption
from gonogo.releases.deciding.way_back import doubt_way_back, note_words
from gonogo.releases.plan import Plan
from gonogo.releases.reading import read_checklist
from gonogo.releases.reading.bindings import Bindings
from gonogo.releases.reading.surroundings import Surroundings
from gonogo.releases.running.here import look_here
from gonogo.releases.running.sidecar import SUFFIX, pin_plan


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a plan depends on.

    ``looks`` is whether programs and, with a ``folder``, files are looked for on this machine; else the vocabulary
    decides. ``variables`` are the names that the run starts with.
    """

    document: bytes
    path: str
    adoption: bytes | None = None
    bindings: Bindings = Bindings()
    hosts: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    looks: bool = False
    folder: str | None = None

    def hash_all(self) -> bytes:
        """Equal readings have equal hashes, and give equal plans."""
        return hashlib.sha256(msgspec.msgpack.encode(self)).digest()


def understand(reading: Reading) -> Plan:
    """The plan of a checklist with the answers given to its doubts, pinned by both."""
    exists = look_here(Path(reading.folder) if reading.folder is not None else None) if reading.looks else None
    surroundings = Surroundings(exists=exists, variables=frozenset(reading.variables))
    plan = doubt_way_back(read_checklist(reading.document, reading.path, reading.bindings, surroundings))
    if reading.adoption is None:
        return note_words(plan)
    adopted = adopt_plan(plan, parse_adoption(reading.adoption, f"{reading.path}{SUFFIX}"), reading.hosts)
    sha256 = pin_plan(reading.document, reading.adoption)
    adopted = note_words(adopted)
    return msgspec.structs.replace(adopted, source=msgspec.structs.replace(plan.source, sha256=sha256))
