"""Test people: one of each role, and clients that are signed in as them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from litestar import Litestar

from gonogo.kernel.auth import people
from gonogo.kernel.auth.actor import SYSTEM, Actor, Role
from gonogo.kernel.auth.schemas import NewPerson
from gonogo.kernel.kernel import Kernel

PASSWORD = "correct horse battery staple"


async def add_actor(kernel: Kernel, role: Role, email: str = "") -> Actor:
    """A person of this role, as the actor they are when signed in. Their password is ``PASSWORD``."""
    new = NewPerson(email=email or f"{role}@example.test", role=role, password=PASSWORD)
    person, _ = await people.add_person(kernel.db, SYSTEM, new)
    return Actor(person.id, person.email, "user", person.role, account=person.id)


@dataclass(frozen=True)
class Server:
    """A running Gonogo: its address, its application, and a client for each role (``stranger`` has no login)."""

    url: str
    app: Litestar
    admin: httpx.AsyncClient
    approver: httpx.AsyncClient
    operator: httpx.AsyncClient
    member: httpx.AsyncClient
    viewer: httpx.AsyncClient
    stranger: httpx.AsyncClient

    @property
    def kernel(self) -> Kernel:
        """The kernel behind it."""
        kernel: Kernel = self.app.state.kernel
        return kernel


async def grant_commands(server: Server, role: Role = "operator") -> None:
    """Let the server's person of this role bring commands of their own."""
    everybody = (await server.admin.get("/api/people")).json()["data"]
    person = next(person for person in everybody if person["email"] == f"{role}@example.test")
    granted = await server.admin.patch(f"/api/people/{person['id']}", json={"permissions": ["commands:run"]})
    assert granted.status_code == 200, granted.text


async def create_key(admin: httpx.AsyncClient, *scopes: str, name: str = "program", **bound: Any) -> str:
    """The token of a new key with these scopes, bound to ``host``, ``prefix``, ``types`` or ``connectors``."""
    made = await admin.post("/api/keys", json={"name": name, "scopes": [*scopes], "bound": bound})
    assert made.status_code == 201, made.text
    token: str = made.json()["token"]
    return token


async def open_client(kernel: Kernel, url: str, role: Role) -> httpx.AsyncClient:
    """A client that sends the access token of a new person with this role."""
    tokens = await kernel.sessions.issue_tokens(await add_actor(kernel, role))
    return httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {tokens.access_token}"})
