"""What an environment that customers depend on does not put up with."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from gonogo.kernel.config import Config, ConfigError

PRODUCTION_NAMES = frozenset({"prod", "production", "live", "staging"})
SHORTEST_SECRET = 32
LEAST_VARIETY = 8
"""Different characters that a secret must have: 32 times the same letter is long, but not a secret."""
WELL_KNOWN = ("admin", "changeme", "default", "example", "gonogo", "letmein", "password", "qwerty", "secret")
_SEQUENCES = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_RUN = 4
_LOOPBACK_NAMES = frozenset({"localhost", ""})


def is_production(environment: str) -> bool:
    """Whether the name means an environment that customers depend on, however it is capitalised."""
    return environment.strip().lower() in PRODUCTION_NAMES


def check_production(config: Config) -> None:
    """Raise ``ConfigError`` with every reason why this configuration may not serve production."""
    if not is_production(config.environment):
        return
    faults = [f"- '{name}' ({config.origins.get(name, 'default')}): {why}" for name, why in _find_faults(config)]
    if faults:
        raise ConfigError("\n".join([f"The environment is {config.environment}, so Gonogo does not start:", *faults]))


def _find_faults(config: Config) -> Iterator[tuple[str, str]]:
    for name in ("secret_key", "settings_key"):
        secret = getattr(config, name)
        if secret and (why := _find_weakness(secret, SHORTEST_SECRET)):
            yield name, f"{why}. Leave it empty to have one generated."
    if config.admin_password and (why := _find_weakness(config.admin_password, 0)):
        yield "admin_password", f"{why}. Leave it empty to have one generated."
    if config.debug:
        yield "debug", "shows the inside of errors to everybody. Set it to false."
    if "*" in config.cors_origins:
        yield "cors_origins", "lets every site read answers. Name the sites, or leave it empty."
    if config.public_docs:
        yield "public_docs", "shows the API's description to strangers. Set it to false."
    if not _is_loopback(config.host) and not config.public_url.startswith("https://"):
        yield (
            "host",
            f"{config.host} answers other machines in plain http. Listen on 127.0.0.1 behind a proxy with TLS, "
            "or set public_url to the https:// address that such a proxy serves.",
        )
    if wide := _find_everything(config.webhooks_allow):
        yield "webhooks_allow", f"{wide} lets webhooks reach every address. Name the networks and hosts they need."


def _find_weakness(secret: str, shortest: int) -> str | None:
    if len(secret) < shortest:
        return f"shorter than {shortest} characters"
    if len(set(secret)) < LEAST_VARIETY:
        return f"made of fewer than {LEAST_VARIETY} different characters"
    if _is_well_known(secret):
        return "a well-known word"
    if secret.isdigit() or _is_sequence(secret.lower()):
        return "a sequence that anybody would try"
    return None


def _is_well_known(secret: str) -> bool:
    letters = "".join(c for c in secret.lower() if c.isalpha())
    rest = letters
    for word in WELL_KNOWN:
        rest = rest.replace(word, "")
    return bool(letters) and len(rest) <= len("me")


def _is_sequence(secret: str) -> bool:
    """Whether nearly all of it is runs of a keyboard's row, the alphabet or the digits."""
    starts = range(len(secret) - _RUN + 1)
    in_runs = {
        at
        for start in starts
        if any(secret[start : start + _RUN] in row for row in _SEQUENCES)
        for at in range(start, start + _RUN)
    }
    return len(secret) - len(in_runs) < _RUN


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in _LOOPBACK_NAMES


def _find_everything(allowed: str) -> str | None:
    entries = [entry for entry in re.split(r"[,\s]+", allowed) if entry]
    return next((entry for entry in entries if entry == "*" or re.fullmatch(r".+/0", entry)), None)
