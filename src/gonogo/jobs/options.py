"""The ``jobs_…`` settings that no type can check."""

from __future__ import annotations

from urllib.parse import urlsplit

from gonogo.jobs.queues import NO_LEDGER, REDIS
from gonogo.kernel.config import Config, ConfigError

POSTGRES = ("postgresql", "postgres")


def check_options(config: Config) -> None:
    """Raises ``ConfigError`` for settings that can't be meant, before anything is opened."""
    ledger = "" if config.jobs_ledger == NO_LEDGER else config.jobs_ledger
    if ledger and urlsplit(ledger).scheme not in POSTGRES:
        raise ConfigError(
            f"'jobs_ledger'{_tell_origin(config, 'jobs_ledger')} is neither a postgresql:// address nor '{NO_LEDGER}'. "
            "Leave it empty for the data folder's database."
        )
    if ledger and urlsplit(config.jobs_url).scheme not in REDIS:
        raise ConfigError(
            f"'jobs_ledger'{_tell_origin(config, 'jobs_ledger')} goes with a queue in Redis only. "
            "Set jobs_url to a redis:// address, or take the ledger out."
        )
    if config.jobs_concurrency and not list_names(config):
        raise ConfigError(
            f"'jobs_connectors'{_tell_origin(config, 'jobs_connectors')} names none. "
            "Name at least one, or set jobs_concurrency to 0 for no built-in worker."
        )


def list_names(config: Config) -> list[str]:
    """The connectors of the built-in worker."""
    return [name.strip() for name in config.jobs_connectors.split(",") if name.strip()]


def _tell_origin(config: Config, name: str) -> str:
    return f" ({config.origins[name]})" if name in config.origins else ""
