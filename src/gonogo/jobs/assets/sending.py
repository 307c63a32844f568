"""Handing what jobs made to a server elsewhere: a worker with a process, or a machine, of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from gonogo.jobs.assets.products import describe_origin, guess_type
from gonogo.jobs.connectors.connector import FilesNotKept, Keep, Product, Run
from gonogo.jobs.queues.remote import Address


class AssetRefused(Exception):
    """The server did not keep a file."""


def keep_there(find_address: Callable[[], Address | None]) -> Keep:
    """Send each file to the server that ``find_address`` names then. Raises ``FilesNotKept`` when none runs."""

    async def keep(run: Run, product: Product) -> Any:
        import aiohttp

        address = find_address()
        if address is None:
            raise FilesNotKept("No Gonogo server is known to keep the file.")
        params = {"name": product.name, "origin": msgspec.json.encode(describe_origin(run, product)).decode()}
        headers = {"Authorization": f"Bearer {address.key}", "Content-Type": guess_type(product)}
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)  # the job's own time-out counts
        with product.path.open("rb") as file:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(f"{address.url}/api/assets", params=params, headers=headers, data=file) as answer,
            ):
                if answer.status != 201:
                    raise AssetRefused(f"The server answered {answer.status}: {(await answer.text())[:300]}")
                return (await answer.json())["data"]

    return keep
