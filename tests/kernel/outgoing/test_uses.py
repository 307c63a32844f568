"""Every use of the network goes through the guard, each with what it may reach."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gonogo.jobs.connectors.connector import Run
from gonogo.jobs.connectors.http import open_connector
from gonogo.jobs.schemas import Claim
from gonogo.kernel.config import ConfigError
from gonogo.kernel.durable import GiveUp
from gonogo.kernel.outgoing.guard import ADMINISTERED, AddressRefused, Guard
from gonogo.observe.alerts.channels.channel import DeliveryFailed
from gonogo.observe.alerts.channels.posting import post_json
from gonogo.observe.checks.asking import ask_address
from gonogo.releases.actions.contract.sampling import ApiUnreachable, open_client
from tests.observe.checks.test_asking import make_check, now

SOURCE = Path(__file__).parents[3] / "src" / "gonogo"
METADATA = "169.254.169.254"
OWN_SERVER = {"jobs/queues/remote.py", "jobs/assets/sending.py"}
"""A worker's way to its own server."""
INSIDE = ("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "100.64.0.1", "::1", "fd00::1", "::ffff:127.0.0.1")
NEVER = (
    METADATA,
    "fe80::1",
    "0.0.0.0",
    "224.0.0.1",
    "::",
    "fd00:ec2::254",
    "100.100.100.200",
    "::ffff:169.254.169.254",
)


@pytest.mark.parametrize("address", INSIDE)
def test_administrators_targets_may_be_inside(address: str) -> None:
    assert ADMINISTERED.permits(address)
    assert not Guard().permits(address)


@pytest.mark.parametrize("address", NEVER)
def test_nobody_reaches_metadata_unless_it_is_listed(address: str) -> None:
    assert not ADMINISTERED.permits(address)
    assert not Guard().permits(address)


def test_what_is_listed_may_be_reached() -> None:
    assert Guard("169.254.0.0/16", inside=True).permits(METADATA)
    with pytest.raises(ConfigError, match="'jobs_allow'"):
        Guard("10.0.0.0/99", "jobs_allow")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", METADATA, "[::1]"])
async def test_http_jobs_reach_public_addresses_only(host: str) -> None:
    connector = open_connector({})
    claim = Claim(id="1", fence=1, attempt=1, type="http", payload={"url": f"http://{host}:1/"})
    try:
        with pytest.raises(GiveUp, match="jobs_allow"):
            await connector.run(Run(claim))
    finally:
        await connector.close()


async def test_a_check_says_that_its_address_is_refused() -> None:
    answer = await ask_address(make_check(f"http://{METADATA}/latest"), now())
    assert "targets_allow" in answer.problem


async def test_an_alert_is_not_sent_to_metadata() -> None:
    with pytest.raises(DeliveryFailed, match=r"can't be reached"):
        await post_json(f"http://{METADATA}/", b"{}", {})


def test_a_contract_is_not_recorded_of_metadata() -> None:
    with pytest.raises(ApiUnreachable, match=r"not public"):
        open_client(f"http://{METADATA}")
    with pytest.raises(AddressRefused):
        ADMINISTERED.check_address(METADATA)


def test_no_session_is_opened_beside_the_guard() -> None:
    bare = re.compile(r"ClientSession\((?!.{0,200}connector=)", re.DOTALL)
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "client/" not in str(path) and bare.search(path.read_text(encoding="utf-8"))
    }
    assert found <= OWN_SERVER
