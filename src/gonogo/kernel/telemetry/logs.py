"""Structured logs: on standard error as readable lines or JSON, and as JSON in files of a day each."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from logging.handlers import TimedRotatingFileHandler

import structlog

from gonogo.kernel.config import Config
from gonogo.kernel.data_folder import prepare_folder

_MACHINE: list[structlog.typing.Processor] = [
    structlog.processors.dict_tracebacks,
    structlog.processors.JSONRenderer(),
]


def configure_logs(config: Config) -> None:
    """Send structlog's and the standard library's records to standard error, and a server's to its files as well.

    Raises ``OSError`` when the data folder can't be had.
    """
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
    root = logging.getLogger()
    for old in root.handlers:
        if isinstance(old, TimedRotatingFileHandler):
            old.close()
    root.handlers = [_format(logging.StreamHandler(sys.stderr), _render(config), shared)]
    if config.log_days and not config.embedded:
        root.handlers.append(_format(_open_files(config), _MACHINE, shared))
    root.setLevel(config.log_level.upper())
    for noisy in ("alembic", "uvicorn.error", "websockets", "aiohttp.access", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _open_files(config: Config) -> logging.Handler:
    """``logs/gonogo.log`` of the data folder: a new one every midnight (UTC), each kept for ``log_days``."""
    folder = config.folder / "logs"
    prepare_folder(config.folder)
    folder.mkdir(mode=0o700, exist_ok=True)
    return TimedRotatingFileHandler(
        folder / "gonogo.log", when="midnight", backupCount=config.log_days, utc=True, encoding="utf-8", delay=True
    )


def _format(
    handler: logging.Handler,
    rendering: Sequence[structlog.typing.Processor],
    shared: Sequence[structlog.typing.Processor],
) -> logging.Handler:
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=processors, foreign_pre_chain=shared))
    return handler


def _render(config: Config) -> list[structlog.typing.Processor]:
    if config.log_format == "json":
        return _MACHINE
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
