"""Webhooks go to public addresses only: by every spelling of every other kind, and whatever a name says later."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from gonogo.kernel.clock import SystemClock
from gonogo.kernel.config import ConfigError
from gonogo.kernel.outgoing.addresses import find_embedded, is_public
from gonogo.kernel.outgoing.guard import Guard
from gonogo.webhooks.delivering.sending import Reply, Sender
from gonogo.webhooks.delivering.target import Target
from gonogo.webhooks.endpoint_rules import check_url
from gonogo.webhooks.errors import BadAddress
from gonogo.webhooks.store.claiming import Work
from tests.webhooks.receiver import Receiver, run_receiver

HOSTILE = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "167772161",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "169.254.170.2",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "2852039166",
    "168.63.129.16",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "0300.0250.0.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::808:808]",
    "[64:ff9b:1::a00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[100::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[5f00::1]",
]
REFUSALS = ("not public", "not a public address", "not a canonical IPv4 address")
"""The resolver's, the socket's, and aiohttp's own."""
PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1"]


class ScriptedResolver(AbstractResolver):
    """Gives one answer after the other, as a name server in league with an attacker does."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=one, port=port, family=socket.AF_INET, proto=0, flags=0) for one in found
        ]

    async def close(self) -> None:
        pass


def make_target(url: str) -> Target:
    return Target(url=url, fixed={}, shown={}, sign=lambda _id, _at, _body: "v1,x", until=None)


WORK = Work(1, "m1", "e1", "ferry.departed", 0, 0, "{}")


@pytest.fixture
async def guarded() -> AsyncIterator[Sender]:
    sender = Sender(SystemClock(), Guard())
    yield sender
    await sender.close()


async def send_to(url: str, resolver: AbstractResolver, allowed: str = "") -> Reply:
    sender = Sender(SystemClock(), Guard(allowed), resolver)
    try:
        return await sender.send(make_target(url), WORK)
    finally:
        await sender.close()


def test_the_table_is_long_enough() -> None:
    assert len(set(HOSTILE)) >= 40


@pytest.mark.parametrize("host", HOSTILE)
async def test_a_hostile_address_is_never_connected_to(guarded: Sender, host: str) -> None:
    reply = await guarded.send(make_target(f"http://{host}/"), WORK)
    assert reply.status is None
    assert any(told in reply.error for told in REFUSALS)


@pytest.mark.parametrize("host", HOSTILE)
def test_a_hostile_address_is_refused_when_it_is_entered(host: str) -> None:
    with pytest.raises(BadAddress, match="not a public address"):
        check_url(Guard(), f"https://{host}/hook")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(ip_address(address))
    assert Guard().permits(address)


async def test_localhost_is_refused_by_what_it_resolves_to(guarded: Sender, receiver: Receiver) -> None:
    reply = await guarded.send(make_target(receiver.url.replace("127.0.0.1", "localhost")), WORK)
    assert "localhost resolves to" in reply.error
    assert receiver.heard == []


async def test_a_name_whose_answer_changes_gains_nothing() -> None:
    async with run_receiver("127.0.0.1") as inside, run_receiver("127.0.0.2") as outside:
        port = outside.url.rpartition(":")[2]
        resolver = ScriptedResolver(["127.0.0.2"], ["127.0.0.1"])
        url = f"http://rebind.test:{port}/"
        assert (await send_to(url, resolver, "127.0.0.2")).status == 200
        changed = await send_to(f"http://rebind.test:{inside.url.rpartition(':')[2]}/", resolver, "127.0.0.2")
        assert changed.status is None
        assert "rebind.test resolves to 127.0.0.1" in changed.error
        assert inside.heard == []


async def test_a_name_is_asked_once_for_a_connection() -> None:
    async with run_receiver("127.0.0.2") as outside:
        resolver = ScriptedResolver(["127.0.0.2"], ["127.0.0.1"])
        port = outside.url.rpartition(":")[2]
        reply = await send_to(f"http://rebind.test:{port}/", resolver, "127.0.0.2")
        assert reply.status == 200
        assert resolver.asked == ["rebind.test"], "checking and connecting must share one answer"


async def test_of_mixed_answers_only_the_public_are_tried() -> None:
    async with run_receiver("127.0.0.1") as inside, run_receiver("127.0.0.2") as outside:
        resolver = ScriptedResolver(["127.0.0.1", "127.0.0.2"])
        port = outside.url.rpartition(":")[2]
        assert (await send_to(f"http://mixed.test:{port}/", resolver, "127.0.0.2")).status == 200
        assert inside.heard == []


async def test_an_allowed_host_may_be_inside() -> None:
    async with run_receiver() as inside:
        port = inside.url.rpartition(":")[2]
        reply = await send_to(f"http://ci.test:{port}/", ScriptedResolver(["127.0.0.1"]), "ci.test")
        assert reply.status == 200
        other = await send_to(f"http://other.test:{port}/", ScriptedResolver(["127.0.0.1"]), "ci.test")
        assert other.status is None


def test_an_allowed_network_holds_its_addresses_alone() -> None:
    guard = Guard("10.1.0.0/16, fd00::/8")
    assert guard.permits("10.1.2.3")
    assert guard.permits("fd12::1")
    assert not guard.permits("10.2.0.1")
    assert not guard.permits("::ffff:10.2.0.1")


def test_leave_for_a_wrapping_is_no_leave_for_what_is_inside() -> None:
    guard = Guard("64:ff9b::/96")
    assert guard.permits("64:ff9b::808:808")
    assert not guard.permits("64:ff9b::a9fe:a9fe")
    assert str(find_embedded(ip_address("64:ff9b::a9fe:a9fe"))) == "169.254.169.254"


def test_a_network_that_is_none_stops_the_start() -> None:
    with pytest.raises(ConfigError, match="webhooks_allow"):
        Guard("10.1.0.0/99")


async def test_a_redirect_inside_is_not_followed(receiver: Receiver) -> None:
    async with run_receiver("127.0.0.2") as outside:
        outside.statuses, outside.headers = [302], {"Location": receiver.url}
        sender = Sender(SystemClock(), Guard("127.0.0.2"))
        try:
            reply = await sender.send(make_target(outside.url), WORK)
        finally:
            await sender.close()
        assert reply.status == 302
        assert "not followed" in reply.error
        assert receiver.heard == []


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://user:secret@ferry.test/", "login"),
        ("https:///nowhere", "no host"),
        ("https://ferry.test:99999/", "ort"),
        ("https://ferry.test\\@127.0.0.1/", "login"),
        ("https://ferry.test\\hook", "backslash"),
        ("https://[::1", "IPv6"),
    ],
)
def test_addresses_that_are_none(url: str, told: str) -> None:
    with pytest.raises(BadAddress, match=told):
        check_url(Guard(), url)
