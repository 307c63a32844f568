"""Structured logs on standard error: readable lines for people, JSON for machines."""

from __future__ import annotations

import logging
import sys

import structlog

from gonogo.kernel.config import Config


def configure_logs(config: Config) -> None:
    """Send structlog's and the standard library's records through one format."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_render(config)],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(config.log_level.upper())
    for noisy in ("alembic", "uvicorn.error", "websockets", "aiohttp.access", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _render(config: Config) -> list[structlog.typing.Processor]:
    if config.log_format == "json":
        return [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
