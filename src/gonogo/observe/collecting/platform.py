"""What this machine is: system, Python, container, cloud. Read once; nothing is asked over the network."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

import psutil

from gonogo import __version__
from gonogo.observe.schemas import Platform

CLOUDS = {"amazon": "aws", "google": "gcp", "microsoft": "azure", "digitalocean": "digitalocean", "hetzner": "hetzner"}
MAKER = Path("/sys/class/dmi/id/sys_vendor")


def read_platform() -> Platform:
    """This machine's description."""
    return Platform(
        system=platform.system(),
        release=platform.release()[:200],
        version=_read_distribution(),
        machine=platform.machine(),
        hostname=platform.node()[:200],
        python=platform.python_version(),
        container=_find_container(),
        cloud=_find_cloud(),
        cores=psutil.cpu_count() or 0,
        memory_bytes=psutil.virtual_memory().total,
        gonogo=__version__,
    )


def name_host() -> str:
    """This machine's name in a form that addresses and signals can carry."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", platform.node()).strip("-._")
    return name[:128] or "localhost"


def _read_distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")[:200]
    except OSError:
        return platform.version()[:200]


def _find_container() -> str:
    if "KUBERNETES_SERVICE_HOST" in os.environ:
        return "kubernetes"
    for mark, kind in (("/.dockerenv", "docker"), ("/run/.containerenv", "podman")):
        if Path(mark).exists():
            return kind
    return ""


def _find_cloud() -> str:
    try:
        maker = MAKER.read_text(encoding="utf-8", errors="replace").strip().lower()
    except OSError:
        return ""
    return next((cloud for word, cloud in CLOUDS.items() if word in maker), "")
