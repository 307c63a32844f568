"""A generic webhook: the notice as JSON, signed as Standard Webhooks has it when there is a secret."""

from __future__ import annotations

from datetime import datetime

import msgspec

from gonogo.kernel.clock import Clock
from gonogo.observe.alerts.channels.posting import mask_url, post_json
from gonogo.observe.alerts.notice import Notice


class WebhookChannel:
    """Posts notices to an address of the operator's."""

    def __init__(self, url: str, secret: str, clock: Clock, name: str = "webhook") -> None:
        self.name = name
        self.shown = mask_url(url)
        self._url = url
        self._secret = secret
        self._clock = clock

    async def send(self, notice: Notice, letter: str) -> None:
        """See ``Channel.send``. The id goes in ``webhook-id`` and ``Idempotency-Key``."""
        body = msgspec.json.encode({"type": "gonogo.alerts", **msgspec.to_builtins(notice)})
        headers = {"Idempotency-Key": letter, "webhook-id": letter, **self._sign(letter, body)}
        await post_json(self._url, body, headers)

    def _sign(self, letter: str, body: bytes) -> dict[str, str]:
        if not self._secret:
            return {}
        from standardwebhooks import Webhook

        now: datetime = self._clock.now()
        signature = Webhook(self._secret).sign(letter, now, body.decode())
        return {"webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
