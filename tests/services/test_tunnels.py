"""Tunnels: the public address is found, asked for from outside in, and the tunnel started anew when it is cut."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.services.commands.starting import start_services
from gonogo.services.errors import PortTaken, TunnelRuns
from gonogo.services.keepers import Keepers
from gonogo.services.ports import find_owner
from gonogo.services.views import view_named
from tests.services.stage import Stage, ask, await_ready, await_true, command, find_port, web


@contextmanager
def run_elsewhere(words: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program that somebody else started, once it has printed its first line."""
    with subprocess.Popen(words, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield other
        other.kill()


async def test_a_tunnel_is_found_watched_and_mended(stage: Stage) -> None:
    inner, outer = find_port(), find_port()
    tunnel = {
        "command": command("tunnel", str(inner), str(outer)),
        "url_pattern": r"url=(\S+)",
        "every": "50ms",
        "depends_on": ["web"],
    }
    async with stage.open(web=web(inner), tunnels_out=tunnel) as kernel:
        state = await await_ready(kernel, "out")
        keepers = kernel.get_part(Keepers)
        await await_true(lambda: keepers.get_state("out").url == f"http://127.0.0.1:{outer}", "the address")
        assert (await view_named(kernel, "out")).url == f"http://127.0.0.1:{outer}"
        assert (await ask(outer)).startswith("v1 ")
        first = state.instances[0].process
        with pytest.raises(Exception, match="disconnected"):
            await ask(outer, "/cut")
        await await_true(lambda: keepers.get_state("out").instances[0].process not in (None, first), "a new tunnel")
        await await_true(lambda: keepers.get_state("out").url and not keepers.get_state("out").outside, "its address")
        assert (await ask(outer)).startswith("v1 ")
        told = [entry.data["why"] for entry in keepers.get_state("out").journal if entry.name == "unhealthy"]
        assert told == [f"http://127.0.0.1:{outer}/: the answer is not HTTP"]


async def test_a_tunnel_that_runs_already_is_left_alone(stage: Stage) -> None:
    words = command("tunnel", str(find_port()), str(find_port()))
    with run_elsewhere(words) as other:
        async with stage.open(tunnels_out={"command": words, "autostart": False}) as kernel:
            with pytest.raises(TunnelRuns, match=f"process {other.pid}"):
                await start_services(kernel, SYSTEM, ["out"])


async def test_an_agent_at_the_same_address_is_named(stage: Stage) -> None:
    port = find_port()
    tunnel = {"command": ["sleep", "602"], "url_api": f"http://127.0.0.1:{port}/api/tunnels", "autostart": False}
    words = command("web", f"port:{port}")
    with run_elsewhere(words) as other:
        async with stage.open(tunnels_out=tunnel) as kernel:
            await await_true(lambda: _listens(port), "the other agent")
            with pytest.raises(PortTaken, match=f"process {other.pid}"):
                await start_services(kernel, SYSTEM, ["out"])


def _listens(port: int) -> bool:
    return find_owner("127.0.0.1", port) is not None
