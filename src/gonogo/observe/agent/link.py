"""The way to the server: one connection that is kept, opened anew when it broke."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import msgspec

from gonogo.observe.schemas import Receipt, Report

PATH = "/api/v1/observability/infrastructure/ingest"
PATIENCE_S = 20.0


class Undelivered(Exception):
    """The server could not be reached, or can't take the report now; it goes again later."""


class Refused(Exception):
    """The server will not take this report, now or later; the message is its own."""


class _Answer(msgspec.Struct):
    data: Receipt


class Link:
    """Delivers reports to one server with one key."""

    def __init__(self, server: str, key: str) -> None:
        parts = urlsplit(server)
        self._path = parts.path.rstrip("/") + PATH
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.netloc, timeout=PATIENCE_S)

    def deliver(self, report: Report) -> Receipt:
        """What became of the report. Raises ``Undelivered`` or ``Refused``."""
        payload = msgspec.json.encode(report)
        try:
            status, body = self._send(payload)
        except (ConnectionError, http.client.HTTPException):
            # Most likely the server had closed the idle connection; a report may safely go twice.
            status, body = self._send_anew(payload)
        except OSError as error:
            self.close()
            raise Undelivered(f"{type(error).__name__}: {error}") from error
        if status == 200:
            return msgspec.json.decode(body, type=_Answer).data
        told = f"the server answered {status}: {_read_detail(body)}"
        # A wrong key or role is mended at the server; the samples wait for that.
        if status in (401, 403, 404, 408, 429) or status >= 500:
            raise Undelivered(told)
        raise Refused(told)

    def _send_anew(self, payload: bytes) -> tuple[int, bytes]:
        self.close()
        try:
            return self._send(payload)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Undelivered(f"{type(error).__name__}: {error}") from error

    def _send(self, payload: bytes) -> tuple[int, bytes]:
        self._connection.request("POST", self._path, payload, self._headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        """Let go of the connection; the next delivery opens it again."""
        self._connection.close()


def _read_detail(body: bytes) -> str:
    try:
        return str(msgspec.json.decode(body)["detail"])
    except (msgspec.MsgspecError, KeyError, TypeError):
        return "no reason given"
