"""What an environment that customers depend on does not put up with."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

from gonogo.kernel.config import Config, ConfigError, list_secrets

PRODUCTION_NAMES = frozenset({"prod", "production", "live", "staging"})
SHORTEST_SECRET = 32
LEAST_VARIETY = 8
"""Different characters that a secret must have: 32 times the same letter is long, but not a secret."""
WELL_KNOWN = (
    *("admin", "administrator", "changeme", "default", "example", "gonogo", "letmein", "password", "qwerty", "secret"),
    *("welcome", "iloveyou", "monkey", "dragon", "master", "login", "princess", "football", "baseball", "sunshine"),
    *(
        "superman",
        "batman",
        "trustno",
        "passw",
        "root",
        "test",
        "guest",
        "hunter",
        "shadow",
        "starwars",
    ),
)
_SEQUENCES = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_RUN = 4
SHORTEST_PASSWORD = 12
_OTHERS = 0o077
_LISTS = {
    "webhooks_allow": ("lets webhooks reach every address", "the networks and hosts they need"),
    "jobs_allow": ("lets jobs reach every address", "the networks and hosts they need"),
    "targets_allow": ("lets checks reach every address", "the networks and hosts they need"),
    "trusted_proxies": ("believes every visitor who says where they come from", "the proxy in front"),
    "allowed_hosts": ("answers under every name", "the names that this server has"),
}
"""Options that list what is allowed, with what a list of everything does."""
_LOOPBACK_NAMES = frozenset({"localhost", ""})


def is_production(environment: str) -> bool:
    """Whether the name means an environment that customers depend on, however it is capitalised."""
    return environment.strip().lower() in PRODUCTION_NAMES


def check_production(config: Config) -> None:
    """Raise ``ConfigError`` with every reason why this configuration may not serve production."""
    if not is_production(config.environment):
        return
    faults = [f"- '{name}' ({config.origins.get(name, 'default')}): {why}" for name, why in find_faults(config)]
    if faults:
        raise ConfigError("\n".join([f"The environment is {config.environment}, so Gonogo does not start:", *faults]))


def find_faults(config: Config) -> Iterator[tuple[str, str]]:
    """What production does not put up with, as option and sentence."""
    for name in ("secret_key", "settings_key"):
        secret = getattr(config, name)
        if secret and (why := find_weakness(secret, SHORTEST_SECRET)):
            yield name, f"{why}. Leave it empty to have one generated."
    if config.admin_password and (why := find_weakness(config.admin_password, SHORTEST_PASSWORD)):
        yield "admin_password", f"{why}. Leave it empty to have one generated."
    if config.debug:
        yield "debug", "shows the inside of errors to everybody. Set it to false."
    if "*" in config.cors_origins:
        yield "cors_origins", "lets every site read answers. Name the sites, or leave it empty."
    if config.public_docs:
        yield "public_docs", "shows the API's description to strangers. Set it to false."
    if not _is_loopback(config.host) and not config.public_url.startswith("https://") and not serves_tls(config):
        yield (
            "host",
            f"{config.host} answers other machines in plain http. Listen on 127.0.0.1 behind a proxy with TLS, "
            "or set public_url to the https:// address that such a proxy serves.",
        )
    if config.public_url.startswith("https://") and not config.trusted_proxies and not serves_tls(config):
        yield (
            "trusted_proxies",
            "public_url is https, so a proxy stands in front, but none is named: every visitor would seem to come from "
            "the proxy's address. Set it to the proxy's address, such as 127.0.0.1.",
        )
    yield from _find_wide_lists(config)
    yield from find_loose_files(config)


def _find_wide_lists(config: Config) -> Iterator[tuple[str, str]]:
    for name, (does, needed) in _LISTS.items():
        if wide := _find_everything(getattr(config, name)):
            yield name, f"{wide} {does}. Name {needed}."


def find_loose_files(config: Config) -> Iterator[tuple[str, str]]:
    """What other users of the machine can read though it holds secrets, as option and sentence."""
    for name, path in _list_private_files(config):
        mode = path.stat().st_mode & 0o777 if path.exists() else 0
        if mode & _OTHERS:
            yield (
                name,
                f"{path} has the mode {mode:04o}: other users of this machine can read it. `chmod 600 {path}`.",
            )


def serves_tls(config: Config) -> bool:
    """Whether this server answers https itself."""
    return bool(getattr(config, "tls_cert", ""))


def _list_private_files(config: Config) -> Iterator[tuple[str, Path]]:
    for secret in list_secrets():
        origin = config.origins.get(secret, "")
        if origin.startswith("file "):
            yield secret, Path(origin.removeprefix("file ").partition(",")[0])
    if key := getattr(config, "tls_key", ""):
        yield "tls_key", Path(key)
    for kept in ("secret.key", "settings.key", "local.key", "admin-password", "gonogo.db"):
        yield "home", config.folder / kept


def find_weakness(secret: str, shortest: int) -> str | None:
    """Why a secret can be guessed, in a few words; None when it can't."""
    if len(secret) < shortest:
        return f"shorter than {shortest} characters"
    if len(set(secret)) < LEAST_VARIETY:
        return f"made of fewer than {LEAST_VARIETY} different characters"
    if secret in (secret + secret)[1:-1]:
        return "one piece, repeated"
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
