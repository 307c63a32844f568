"""The channels that the configuration names."""

from __future__ import annotations

from urllib.parse import urlsplit

from gonogo.kernel.clock import Clock
from gonogo.kernel.config import Config, ConfigError
from gonogo.observe.alerts.channels.channel import Channel
from gonogo.observe.alerts.channels.mail import MailChannel
from gonogo.observe.alerts.channels.slack import SlackChannel
from gonogo.observe.alerts.channels.webhook import WebhookChannel


def open_channels(config: Config, clock: Clock) -> dict[str, Channel]:
    """Every configured channel by name. Raises ``ConfigError``, which shows no secret."""
    found: list[Channel] = []
    if config.slack_webhook:
        _check_address("slack_webhook", config.slack_webhook, ("http", "https"))
        found.append(SlackChannel(config.slack_webhook))
    if config.alert_webhook:
        _check_address("alert_webhook", config.alert_webhook, ("http", "https"))
        found.append(WebhookChannel(config.alert_webhook, config.alert_webhook_secret, clock))
    receivers = tuple(word.strip() for word in config.alert_email_to.split(",") if word.strip())
    if receivers:
        if not config.smtp_url:
            raise ConfigError("'alert_email_to' names receivers, but 'smtp_url' no mail server. Set GONOGO_SMTP_URL.")
        _check_address("smtp_url", config.smtp_url, ("smtp", "smtps"))
        found.append(MailChannel(config.smtp_url, config.alert_email_from, receivers))
    return {channel.name: channel for channel in found}


def _check_address(name: str, url: str, schemes: tuple[str, ...]) -> None:
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        wanted = " or ".join(f"{scheme}://host…" for scheme in schemes)
        raise ConfigError(f"'{name}' is no address that can be used; write it as {wanted}.")
