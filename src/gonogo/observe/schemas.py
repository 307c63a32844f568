"""What agents send and what the room answers. Free of server code: the agent's process loads this file too."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from gonogo.kernel.phrasing import in_words

MOST_SAMPLES = 2000
MOST_SNAPSHOTS = 200
MOST_PROCESSES = 100
MOST_CORES = 1024
MOST_PARTS = 50
"""Disks, sensors or interfaces of one host that are told one by one; its numbers count all of them."""
_HOST = in_words(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", "at most 128 letters, digits and . _ - beginning with a letter or digit"
)
HostName = Annotated[str, msgspec.Meta(pattern=_HOST)]
Instant = Annotated[int, msgspec.Meta(ge=0, le=1 << 34)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]
_PREFIX = in_words(
    r"^([A-Za-z_][A-Za-z0-9_.]{0,79})?$", "at most 80 letters, digits and _ . beginning with a letter or _"
)
Prefix = Annotated[str, msgspec.Meta(pattern=_PREFIX)]
Text = Annotated[str, msgspec.Meta(max_length=200)]


class Sample(msgspec.Struct, frozen=True):
    """The numbers of ``METRICS``, in their order, at one moment (seconds since the epoch)."""

    at: int
    values: list[float | None]


class Disk(msgspec.Struct, frozen=True):
    """One mounted file system; sizes in bytes."""

    mount: Text
    device: Text
    percent: float
    used: Count
    free: Count
    total: Count


class SelfUse(msgspec.Struct, frozen=True):
    """What collecting itself costs: % of a core, bytes held, bytes sent or stored in a day at this pace."""

    cpu_percent: float
    rss_bytes: Count
    bytes_per_day: Count = 0


class Details(msgspec.Struct, frozen=True):
    """What a host is like right now, beyond its numbers."""

    boot_time: Instant
    cores: Annotated[list[float], msgspec.Meta(max_length=MOST_CORES)] = []
    disks: Annotated[list[Disk], msgspec.Meta(max_length=MOST_PARTS)] = []
    temperatures: Annotated[dict[str, float], msgspec.Meta(max_length=MOST_PARTS)] = {}
    interfaces: Annotated[dict[str, list[float]], msgspec.Meta(max_length=MOST_PARTS)] = {}
    collector: SelfUse | None = None


class Process(msgspec.Struct, frozen=True):
    """One process: % of a core, % of memory, bytes. ``service`` names the supervised service it belongs to."""

    pid: Count
    name: Text
    user: Text
    status: Text
    cpu_percent: float
    memory_percent: float
    rss_bytes: Count
    threads: Count
    service: Text = ""


class Snapshot(msgspec.Struct, frozen=True):
    """The processes that used most at one moment, and how many there were."""

    at: Instant
    total: Count
    processes: Annotated[list[Process], msgspec.Meta(max_length=MOST_PROCESSES)]


class Platform(msgspec.Struct, frozen=True):
    """What a host is."""

    system: Text = ""
    release: Text = ""
    version: Text = ""
    machine: Text = ""
    hostname: Text = ""
    python: Text = ""
    container: Text = ""
    cloud: Text = ""
    cores: Count = 0
    memory_bytes: Count = 0
    gonogo: Text = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery of an agent. Sending it again changes nothing: a host has one sample for each five seconds."""

    host: HostName
    agent: Text = ""
    schema: Literal[1] = 1
    samples: Annotated[list[Sample], msgspec.Meta(max_length=MOST_SAMPLES)] = []
    snapshots: Annotated[list[Snapshot], msgspec.Meta(max_length=MOST_SNAPSHOTS)] = []
    details: Details | None = None
    platform: Platform | None = None


class Receipt(msgspec.Struct, frozen=True):
    """What became of the samples; every one that is counted here is safe and need not be sent again."""

    accepted: int
    duplicates: int
    refused: int
    send_every_s: int


class NewTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to fetch Prometheus text, how often, and what to put before the names."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]
    url: Annotated[str, msgspec.Meta(pattern=r"^https?://", max_length=2000)]
    every_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 15
    prefix: Prefix = ""


class Target(msgspec.Struct, frozen=True):
    """A configured scrape target with how its last fetch went."""

    name: str
    url: str
    every_s: int
    prefix: str
    created_at: str
    created_by: str
    last_at: str | None = None
    series: int = 0
    problem: str = ""
