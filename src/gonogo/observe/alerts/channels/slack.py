"""Slack's incoming webhooks, and the many programs that take the same (Mattermost, Rocket.Chat, Discord's /slack)."""

from __future__ import annotations

import msgspec

from gonogo.observe.alerts.channels.posting import mask_url, post_json
from gonogo.observe.alerts.notice import Notice, Told

_COLOURS = {"critical": "#c0262d", "warning": "#b7791f", "info": "#2b6cb0", "resolved": "#2f855a"}
MOST_SHOWN = 20


class SlackChannel:
    """Posts to an incoming webhook. Its address is the secret."""

    def __init__(self, url: str, name: str = "slack") -> None:
        self.name = name
        self.shown = mask_url(url)
        self._url = url

    async def send(self, notice: Notice, letter: str) -> None:
        """See ``Channel.send``. Slack knows no ids: the header is for those that do."""
        await post_json(self._url, msgspec.json.encode(write_slack(notice)), {"Idempotency-Key": letter})


def write_slack(notice: Notice) -> dict[str, object]:
    """The body: a text for notifications and old programs, and one coloured attachment for each alert."""
    title = escape_slack(notice.title)
    text = f"<{notice.url}|{title}>" if notice.url else title
    shown = [_attach(told) for told in notice.alerts[:MOST_SHOWN]]
    if len(notice.alerts) > MOST_SHOWN:
        shown.append({"text": f"… and {len(notice.alerts) - MOST_SHOWN} more"})
    return {"text": text, "attachments": shown}


def escape_slack(text: str) -> str:
    """Text in which nothing is a link or a mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attach(told: Told) -> dict[str, object]:
    colour = _COLOURS["resolved" if told.kind == "resolved" else told.severity]
    return {"color": colour, "text": escape_slack(told.text), "fallback": escape_slack(told.text)}
