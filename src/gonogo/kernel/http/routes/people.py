"""People, for administrators."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, delete, get, patch, post

from gonogo.kernel.auth import people, store
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.schemas import NewPerson, PersonChange
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel


class PeopleController(Controller):
    """Who may sign in, and as what."""

    path = "/api/people"
    opt = declare_scope("admin")
    tags = ("people",)

    @get("/")
    async def list_people(self, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Everybody, by e-mail."""
        authorise(request.user, "admin")
        return success(await kernel.db.read(store.list_people))

    @post("/", opt={"secret_answer": True})
    async def add_person(self, data: NewPerson, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Add a person; a generated password is in the answer, this once."""
        person, password = await people.add_person(kernel.db, request.user, data)
        return success(person, generated_password=None if data.password else password)

    @patch("/{id:str}")
    async def change_person(
        self, id: str, data: PersonChange, request: Request[Actor, Any, Any], kernel: Kernel
    ) -> dict[str, Any]:
        """Change name, role, permissions or password, or disable."""
        person = await people.change_person(kernel.db, request.user, id, data)
        return success(person)

    @delete("/{id:str}/two-factor", status_code=200)
    async def remove_second_factor(self, id: str, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Turn two-factor sign-in off for somebody whose phone and recovery codes are gone."""
        await kernel.two_factor.remove(request.user, id)
        return success({"id": id})
