"""Gonogo's own log files: one a day, kept for as long as wanted."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

import msgspec
import pytest
import structlog

from gonogo.kernel.config import Config
from gonogo.kernel.telemetry.logs import configure_logs


@pytest.fixture(autouse=True)
def keep_logging() -> Iterator[None]:
    """Leave logging as it was."""
    root = logging.getLogger()
    handlers, level, wrapped = root.handlers, root.level, structlog.get_config()
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**wrapped)


def find_files(config: Config) -> list[Path]:
    return sorted((config.folder / "logs").glob("gonogo.log*"))


def test_what_is_said_is_in_the_file_as_json(config: Config) -> None:
    configure_logs(config)
    structlog.get_logger().warning("shop closed", guests=3)
    logging.getLogger("some.library").error("no stock")
    [path] = find_files(config)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("shop closed", "warning"), ("no stock", "error")]
    assert (lines[0]["guests"], lines[0]["timestamp"][-1]) == (3, "Z")
    assert stat.S_IMODE(config.folder.stat().st_mode) == 0o700


def test_every_midnight_begins_a_file_and_the_oldest_goes(config: Config) -> None:
    configure_logs(msgspec.structs.replace(config, log_days=3))
    [files] = [one for one in logging.getLogger().handlers if isinstance(one, TimedRotatingFileHandler)]
    assert (files.when, files.utc, files.backupCount) == ("MIDNIGHT", True, 3)
    for day in range(10, 15):
        (config.folder / "logs" / f"gonogo.log.2026-01-{day}").write_text("old\n")
    structlog.get_logger().warning("the last of the day")
    files.doRollover()
    structlog.get_logger().warning("the first of the next")
    kept = find_files(config)
    assert len(kept) == 4
    assert "first of the next" in kept[0].read_text()
    assert "last of the day" in kept[-1].read_text()


def test_who_wants_no_files_has_none(config: Config) -> None:
    configure_logs(msgspec.structs.replace(config, log_days=0))
    structlog.get_logger().warning("shop closed")
    configure_logs(msgspec.structs.replace(config, embedded=True))
    structlog.get_logger().warning("shop closed")
    assert find_files(config) == []
