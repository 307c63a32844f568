"""People and keys: who may sign in, as what, and which programs hold a key."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth import keys, people, store
from gonogo.kernel.auth.actor import ROLES, Actor, Role
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.schemas import NewKey, NewPerson, PersonChange
from gonogo.kernel.errors import BadInput, Problem
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]


class PeopleController(Controller):
    """``/people`` for administrators; everybody else learns who can help."""

    path = "/people"
    include_in_schema = False

    @get("/")
    async def show_people(self, request: PageRequest, kernel: Kernel) -> Template:
        """Everybody, and all keys."""
        authorise(request.user, "admin")
        return await _show(request, kernel)

    @post("/add")
    async def add_person(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Add a person; the generated password is on the answered page, this once."""
        try:
            new = NewPerson(data.get("email", ""), data.get("name", ""), _read_role(data))
            person, password = await people.add_person(kernel.db, request.user, new)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return await _show(request, kernel, secret=(f"Password of {person.email}", password))

    @post("/{id:str}/change")
    async def change_person(self, id: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Change the role, or let somebody in again or no longer."""
        disabled = {"disable": True, "enable": False}.get(data.get("do", ""))
        try:
            wanted = PersonChange(role=_read_role(data) if "role" in data else None, disabled=disabled)
            await people.change_person(kernel.db, request.user, id, wanted)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return Redirect("/people", status_code=303)

    @post("/keys")
    async def create_key(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Make a key; it is on the answered page, this once."""
        try:
            new = NewKey(data.get("name", ""), _read_role(data), _read_days(data))
            key, token = await keys.create_key(kernel.db, request.user, new)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return await _show(request, kernel, secret=(f"Key {key.name}", token))

    @post("/keys/{id:str}/revoke")
    async def revoke_key(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Make a key useless from now on."""
        await keys.revoke_key(kernel.db, request.user, id)
        return Redirect("/people", status_code=303)


async def _show(
    request: PageRequest, kernel: Kernel, *, problem: Problem | None = None, secret: tuple[str, str] | None = None
) -> Template:
    context = page_context(
        request,
        people=await kernel.db.read(store.list_people),
        keys=await kernel.db.read(store.list_keys),
        roles=ROLES,
        problem=problem,
        secret=secret,
    )
    return Template("web/people.html", context=context, status_code=problem.status if problem else 200)


def _read_role(data: dict[str, str]) -> Role:
    role = data.get("role", "viewer")
    if role not in ROLES:
        raise BadInput(f"'role' must be one of {', '.join(ROLES)}.", field="role")
    return role


def _read_days(data: dict[str, str]) -> int | None:
    days = data.get("expires_days", "").strip()
    if not days:
        return None
    if not days.isdecimal():
        raise BadInput("'expires_days' must be a whole number of days, or empty.", field="expires_days")
    return int(days)
