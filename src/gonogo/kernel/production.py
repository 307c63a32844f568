"""What ``environment = "production"`` does not put up with."""

from __future__ import annotations

from collections.abc import Iterator

from gonogo.kernel.config import Config, ConfigError

SHORTEST_SECRET = 32
WELL_KNOWN = ("admin", "changeme", "default", "example", "gonogo", "letmein", "password", "qwerty", "secret")


def check_production(config: Config) -> None:
    """Raise ``ConfigError`` with every reason why this configuration may not serve production."""
    if config.environment != "production":
        return
    faults = [f"- '{name}' ({config.origins.get(name, 'default')}): {why}" for name, why in _find_faults(config)]
    if faults:
        raise ConfigError("\n".join(["environment is production, so Gonogo does not start:", *faults]))


def _find_faults(config: Config) -> Iterator[tuple[str, str]]:
    if config.secret_key and len(config.secret_key) < SHORTEST_SECRET:
        yield "secret_key", f"shorter than {SHORTEST_SECRET} characters. Leave it empty to have one generated."
    elif _is_well_known(config.secret_key):
        yield "secret_key", "a well-known word. Leave it empty to have one generated."
    if _is_well_known(config.admin_password):
        yield "admin_password", "a well-known word. Leave it empty to have one generated."
    if config.debug:
        yield "debug", "shows the inside of errors to everybody. Set it to false."
    if "*" in config.cors_origins:
        yield "cors_origins", "lets every site read answers. Name the sites, or leave it empty."
    if config.public_docs:
        yield "public_docs", "shows the API's description to strangers. Set it to false."


def _is_well_known(secret: str) -> bool:
    letters = "".join(c for c in secret.lower() if c.isalpha())
    rest = letters
    for word in WELL_KNOWN:
        rest = rest.replace(word, "")
    return bool(letters) and len(rest) <= len("me")
