"""E-mail by SMTP."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from gonogo.kernel.clock import parse_instant
from gonogo.observe.alerts.channels.channel import DeliveryFailed
from gonogo.observe.alerts.notice import Notice

TIMEOUT_S = 20.0


class MailChannel:
    """Sends through one mail server to some addresses."""

    def __init__(self, url: str, sender: str, receivers: tuple[str, ...], name: str = "email") -> None:
        parts = urlsplit(url)
        self.name = name
        self.shown = f"{', '.join(receivers)} by {parts.hostname}"
        self._receivers = receivers
        self._sender = sender
        self._host = parts.hostname or "localhost"
        self._tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def send(self, notice: Notice, letter: str) -> None:
        """See ``Channel.send``. The id makes the ``Message-ID``, by which mail programs know a repetition."""
        import aiosmtplib

        try:
            await aiosmtplib.send(
                write_mail(notice, letter, self._sender, self._receivers),
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                timeout=TIMEOUT_S,
            )
        except aiosmtplib.SMTPResponseException as error:
            raise DeliveryFailed(f"{self._host} answered {error.code}", is_final=500 <= error.code < 600) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise DeliveryFailed(f"{self._host} refused every address", is_final=True) from error
        except (TimeoutError, aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(f"{self._host} can't be reached: {type(error).__name__}") from error


def write_mail(notice: Notice, letter: str, sender: str, receivers: tuple[str, ...]) -> EmailMessage:
    """The e-mail: plain text, one paragraph for each alert."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(notice.title.split())
    mail["From"] = sender
    mail["To"] = ", ".join(receivers)
    mail["Date"] = format_datetime(parse_instant(notice.at))
    mail["Message-ID"] = f"<{letter}@gonogo.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    end = f"\n\n{notice.url}" if notice.url else ""
    mail.set_content("\n\n".join(told.text for told in notice.alerts) + end + "\n")
    return mail
