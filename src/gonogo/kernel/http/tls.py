"""TLS by this server itself: a certificate and its key, and a time limit for the handshake."""

from __future__ import annotations

import asyncio
import socket
import ssl
from functools import partial
from pathlib import Path

import uvicorn

from gonogo.kernel.config import Config, ConfigError

HANDSHAKE_S = 20.0
SHUTDOWN_S = 5.0


def load_tls(config: Config) -> ssl.SSLContext | None:
    """What ``tls_cert`` and ``tls_key`` say; None without them. Raises ``ConfigError``."""
    if not config.tls_cert and not config.tls_key:
        return None
    if not config.tls_cert or not config.tls_key:
        absent, given = ("tls_key", "tls_cert") if config.tls_cert else ("tls_cert", "tls_key")
        raise ConfigError(f"'{given}' needs '{absent}' too. Set GONOGO_{absent.upper()} to the file.")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    for name in ("tls_cert", "tls_key"):
        if not Path(getattr(config, name)).is_file():
            raise ConfigError(f"'{name}': {getattr(config, name)} is not a file. Set it to a PEM file.")
    try:
        context.load_cert_chain(config.tls_cert, config.tls_key)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise ConfigError(
            f"'tls_cert' and 'tls_key' can't be used: {error}. They must be a PEM certificate and its unencrypted key."
        ) from error
    return context


async def serve_tls(server: uvicorn.Server, listener: socket.socket, context: ssl.SSLContext) -> None:
    """Have a started server accept TLS on one more socket; it ends with the server."""
    config = server.config
    make = partial(
        config.http_protocol_class,
        config=config,  # type: ignore[call-arg]
        server_state=server.server_state,
        app_state=server.lifespan.state,
    )
    accepting = await asyncio.get_running_loop().create_server(
        make,
        sock=listener,
        ssl=context,
        backlog=config.backlog,
        ssl_handshake_timeout=HANDSHAKE_S,
        ssl_shutdown_timeout=SHUTDOWN_S,
    )
    server.servers.append(accepting)
