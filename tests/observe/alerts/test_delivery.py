"""Letters reach their receivers, in order, however long those are away, and no secret shows on the way."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import Message as Mail
from email.parser import BytesParser
from email.policy import default
from functools import partial
from typing import Any

import msgspec
import pytest
from aiosmtpd.controller import Controller

from gonogo.app import ROOMS
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.db.database import DatabaseBusy
from gonogo.kernel.kernel import Kernel
from gonogo.observe.alerts.channels.configured import open_channels
from gonogo.observe.alerts.channels.slack import write_slack
from gonogo.observe.alerts.notice import Notice
from gonogo.observe.alerts.rule import RuleBody
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.commands.alerts_rules import save_rule
from gonogo.observe.commands.alerts_sending import deliver_due
from gonogo.observe.commands.alerts_trying import send_test
from gonogo.observe.errors import ChannelMissing
from gonogo.observe.store.alerts_told import list_lines
from tests.fake_clock import FakeClock
from tests.observe.alerts.stage import pass_time, run_receiver
from tests.observe.alerts.test_looking import Scene

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Inbox:
    """What a mail server is handed."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        """Keep one e-mail."""
        self.mails.append(BytesParser(policy=default).parsebytes(envelope.content))
        return "250 kept"


def find_port() -> int:
    """A port that is free now, and where nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@pytest.fixture
def mail_port() -> int:
    return find_port()


def start_mail(port: int) -> tuple[Controller, Inbox]:
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    return server, inbox


@pytest.fixture
def mail_server(mail_port: int) -> Iterator[Inbox]:
    """A real mail server on this machine."""
    server, inbox = start_mail(mail_port)
    yield inbox
    server.stop()


def give_mail(config: Config, port: int) -> Config:
    address = {"alert_email_to": "ops@example.test", "smtp_url": f"smtp://127.0.0.1:{port}"}
    return msgspec.structs.replace(config, alert_group_wait="0s", alert_cooldown="0s", **address)


async def add_rule(kernel: Kernel, clock: FakeClock) -> Scene:
    clock.advance(2)
    scene = Scene(kernel, clock)
    await save_rule(kernel, SYSTEM, "load", RuleBody(expression="test.load > 5", description="Too <much> & more."))
    return scene


async def tell(kernel: Kernel) -> list[tuple[str, str, str, int]]:
    lines = await kernel.db.read(partial(list_lines, limit=100))
    return [(line.kind, line.outcome, line.channel, line.attempt) for line in reversed(lines) if line.channel]


async def test_a_receiver_that_is_away_for_minutes_misses_nothing(config: Config, clock: FakeClock) -> None:
    async with run_receiver() as receiver:
        told = msgspec.structs.replace(config, alert_webhook=receiver.url, alert_group_wait="0s", alert_cooldown="0s")
        receiver.status = 503
        async with Kernel(told, ROOMS, clock) as kernel:
            scene = await add_rule(kernel, clock)
            await scene.go(9, 1, *[1] * 30)
            assert receiver.bodies == []
            assert receiver.refused > 3
            assert (await tell(kernel))[0] == ("fired", "retried", "webhook", 1)
            assert kernel.get_part(Watch).unsent["webhook"] == (2, "127.0.0.1 answered 503")
        receiver.status = 204
        async with Kernel(told, ROOMS, clock) as kernel:
            clock.advance(600)
            await deliver_due(kernel)
            assert [body["alerts"][0]["kind"] for body in receiver.bodies] == ["fired", "resolved"], "and in order"
            assert [line[:2] for line in await tell(kernel)][-2:] == [("fired", "sent"), ("resolved", "sent")]
            clock.advance(600)
            await deliver_due(kernel)
            assert len(receiver.bodies) == 2


async def test_a_repetition_is_known_by_its_id(
    config: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the receiver's answer and our commit: the letter goes again under the same id."""
    async with run_receiver() as receiver:
        told = msgspec.structs.replace(config, alert_webhook=receiver.url, alert_group_wait="0s")
        async with Kernel(told, ROOMS, clock) as kernel:
            scene = await add_rule(kernel, clock)
            write = kernel.db.write

            async def fail_once(change: Any) -> Any:
                if getattr(change, "func", change).__name__ == "_write_success":
                    raise DatabaseBusy("the crash")
                return await write(change)

            monkeypatch.setattr(kernel.db, "write", fail_once)
            kernel.signals.record("test.load", 9, {"host": "web1"}, at=clock.now())
            await pass_time(kernel, clock)
            with pytest.raises(DatabaseBusy):
                await deliver_due(kernel)
            with pytest.raises(DatabaseBusy):
                await deliver_due(kernel)
            assert len(receiver.bodies) == 1, "this process knows that it arrived"
            assert scene.kernel is kernel
        async with Kernel(told, ROOMS, clock) as kernel:
            await deliver_due(kernel)
            assert len(receiver.bodies) == 2
            assert len({headers["idempotency-key"] for headers in receiver.headers}) == 1
            assert len({body["id"] for body in receiver.bodies}) == 1


async def test_an_answer_that_means_never_is_believed_in_time(config: Config, clock: FakeClock) -> None:
    async with run_receiver() as receiver:
        receiver.status = 404
        told = msgspec.structs.replace(config, slack_webhook=receiver.url, alert_group_wait="0s")
        async with Kernel(told, ROOMS, clock) as kernel:
            scene = await add_rule(kernel, clock)
            await scene.go(9, *[9] * 5)
            assert [line[1] for line in await tell(kernel)] == ["retried", "retried", "failed"]
            assert "alert.notification_failed" in await scene.list_events()
            assert receiver.refused == 3


async def test_mail_arrives_and_waits_for_a_server_that_is_down(
    config: Config, clock: FakeClock, mail_port: int
) -> None:
    async with Kernel(give_mail(config, mail_port), ROOMS, clock) as kernel:
        scene = await add_rule(kernel, clock)
        await scene.go(9)
        assert await tell(kernel) == [("fired", "retried", "email", 1)]
        server, inbox = start_mail(mail_port)
        try:
            await scene.go(9, 1)
        finally:
            server.stop()
    assert [mail["Subject"] for mail in inbox.mails] == [
        "[development] FIRING warning: load on test.load{host=web1}",
        "[development] RESOLVED warning: load on test.load{host=web1}",
    ]
    assert inbox.mails[0]["To"] == "ops@example.test"
    assert inbox.mails[0]["Message-ID"] != inbox.mails[1]["Message-ID"]


async def test_a_test_goes_through_every_channel_and_says_how(
    config: Config, clock: FakeClock, mail_port: int, mail_server: Inbox
) -> None:
    async with run_receiver() as slack, run_receiver() as hook:
        hook.status = 500
        told = msgspec.structs.replace(give_mail(config, mail_port), slack_webhook=slack.url, alert_webhook=hook.url)
        async with Kernel(told, ROOMS, clock) as kernel:
            outcomes = {one.channel: one for one in await send_test(kernel, SYSTEM, "host-cpu-critical")}
            assert {name: one.sent for name, one in outcomes.items()} == {
                "slack": True,
                "webhook": False,
                "email": True,
            }
            assert outcomes["webhook"].error == "127.0.0.1 answered 500"
            assert slack.bodies[0]["text"].startswith("[development] TEST critical: host-cpu-critical")
            assert "TEST" in mail_server.mails[0]["Subject"]
            lines = await tell(kernel)
            assert sorted(lines) == sorted(
                [("test", "sent", "slack", 1), ("test", "failed", "webhook", 1), ("test", "sent", "email", 1)]
            )
            assert "secret" not in "".join(str(one) for one in outcomes.values())


async def test_a_test_without_channels_says_what_to_set(kernel: Kernel) -> None:
    with pytest.raises(ChannelMissing, match="GONOGO_SLACK_WEBHOOK"):
        await send_test(kernel, SYSTEM, "host-cpu-critical")


async def test_the_webhook_is_signed_when_there_is_a_secret(config: Config, clock: FakeClock) -> None:
    from standardwebhooks import Webhook

    async with run_receiver() as hook:
        told = msgspec.structs.replace(config, alert_webhook=hook.url, alert_webhook_secret=SECRET)
        async with Kernel(told, ROOMS, clock) as kernel:
            await send_test(kernel, SYSTEM, "host-silent")
    [headers] = hook.headers
    signed = Webhook(SECRET).sign(headers["webhook-id"], clock.now(), msgspec.json.encode(hook.bodies[0]).decode())
    assert headers["webhook-signature"] == signed
    assert hook.bodies[0]["test"] is True


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"slack_webhook": "hooks.slack.com/services/T/B/verysecret"}, "slack_webhook"),
        ({"alert_email_to": "ops@example.test"}, "GONOGO_SMTP_URL"),
        ({"alert_email_to": "ops@example.test", "smtp_url": "http://user:verysecret@x"}, "smtp_url"),
    ],
)
def test_a_channel_that_cannot_be_used_is_refused_without_its_secret(
    config: Config, clock: FakeClock, changes: dict[str, str], told: str
) -> None:
    with pytest.raises(ConfigError, match=told) as refused:
        open_channels(msgspec.structs.replace(config, **changes), clock)
    assert "verysecret" not in str(refused.value)


def test_slack_text_holds_no_links_or_mentions_of_others() -> None:
    notice = Notice(id="1", at="", title="<!channel> & co", environment="x", url="", group={}, test=False, alerts=())
    assert write_slack(notice)["text"] == "&lt;!channel&gt; &amp; co"


def test_loading_the_room_loads_neither_aiohttp_nor_aiosmtplib() -> None:
    code = "import sys, gonogo.observe.room; print(sorted({'aiohttp', 'aiosmtplib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
