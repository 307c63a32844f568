"""nginx, told by a new configuration and a reload: its old workers finish what they have."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.fronts.front import FrontFailed
from gonogo.services.keeper.fronts.proxies.proxy import find_program
from gonogo.services.keeper.procfs import list_session

_LOOK_S, _PATIENCE_S = 0.01, 10.0
_TEMPLATE = """\
daemon off;
{user}pid {root}/nginx.pid;
error_log stderr warn;
worker_processes {workers};
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {root}/nginx-body;
    proxy_temp_path {root}/nginx-proxy;
    fastcgi_temp_path {root}/nginx-fastcgi;
    uwsgi_temp_path {root}/nginx-uwsgi;
    scgi_temp_path {root}/nginx-scgi;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
    upstream service {{
{servers}
        keepalive 64;
    }}
    server {{
        listen {listen} backlog=4096;
        location / {{
            proxy_pass http://service;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }}
    }}
}}
"""


class Nginx:
    """One nginx for one service."""

    def __init__(self, folder: ServiceFolder, listen: str) -> None:
        self._folder, self._listen = folder, listen
        self._path = folder.root / "nginx.conf"

    def write_config(self, ports: Sequence[int]) -> list[str]:
        """Write nginx.conf; the command that starts nginx with it."""
        program = find_program("nginx", "install Debian's package nginx-light")
        servers = "\n".join(f"        server 127.0.0.1:{port};" for port in ports)
        self._path.write_text(
            _TEMPLATE.format(
                root=self._folder.root,
                listen=self._listen,
                servers=servers or "        server 127.0.0.1:1 down;",
                workers=min(os.cpu_count() or 1, 4),
                # Workers of another user could not reach the folder for their temporary files.
                user="user root;\n" if os.geteuid() == 0 else "",
            )
        )
        return [program, "-p", str(self._folder.root), "-c", str(self._path)]

    async def reload(self) -> None:
        """Reload, and wait until workers with the new configuration have taken over."""
        master = int((self._folder.root / "nginx.pid").read_text())
        before = set(list_session(master))
        os.kill(master, signal.SIGHUP)
        end = time.monotonic() + _PATIENCE_S
        while not _have_changed(master, before):
            if time.monotonic() > end:
                raise FrontFailed(f"nginx did not take the new configuration within {_PATIENCE_S:g} s; see its log")
            await asyncio.sleep(_LOOK_S)


def _have_changed(master: int, before: set[int]) -> bool:
    workers = set(list_session(master)) - {master}
    return bool(workers - before) and all(_is_leaving(worker) for worker in workers & before)


def _is_leaving(worker: int) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return b"shutting down" in Path(f"/proc/{worker}/cmdline").read_bytes()
    return True
