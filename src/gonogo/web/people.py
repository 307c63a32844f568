"""People: who may sign in, and as what."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth import access_links, logins, people, store
from gonogo.kernel.auth.actor import PERMISSIONS, ROLES, Actor, Role
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.schemas import NewInvitation, NewPerson, PersonChange
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import BadInput, Problem
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.http.routes.access_links import make_address
from gonogo.kernel.kernel import Kernel

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]


class PeopleController(Controller):
    """``/people`` for administrators; everybody else learns who can help."""

    path = "/people"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_people(self, request: PageRequest, kernel: Kernel) -> Template:
        """Everybody, by e-mail."""
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

    @post("/invite")
    async def invite(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Invite somebody; the link is on the answered page, this once."""
        try:
            new = NewInvitation(data.get("email", "")[:200], data.get("name", "")[:200], _read_role(data))
            link, token = await access_links.invite(kernel.db, request.user, new)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return await _show(request, kernel, secret=(f"Link for {link.email}", make_address(request, kernel, token)))

    @post("/{id:str}/reset-link")
    async def make_reset_link(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """A link to set a new password, shown this once."""
        try:
            link, token = await access_links.make_reset_link(kernel.db, request.user, id)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return await _show(request, kernel, secret=(f"Link for {link.email}", make_address(request, kernel, token)))

    @post("/links/{id:str}/revoke")
    async def revoke_link(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Make a link useless."""
        await access_links.revoke_link(kernel.db, request.user, id)
        return Redirect("/people", status_code=303)

    @post("/{id:str}/end-sessions")
    async def end_sessions(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Sign somebody out everywhere."""
        await logins.end_other_sessions(kernel.db, request.user, "", id)
        return Redirect("/people", status_code=303)

    @post("/{id:str}/change")
    async def change_person(self, id: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Change the role or permissions, disable somebody or enable them again."""
        disabled = {"disable": True, "enable": False}.get(data.get("do", ""))
        granted = {"grant": PERMISSIONS, "withdraw": ()}.get(data.get("do", ""))
        try:
            wanted = PersonChange(
                role=_read_role(data) if "role" in data else None, disabled=disabled, permissions=granted
            )
            await people.change_person(kernel.db, request.user, id, wanted)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return Redirect("/people", status_code=303)


async def _show(
    request: PageRequest, kernel: Kernel, *, problem: Problem | None = None, secret: tuple[str, str] | None = None
) -> Template:
    context = page_context(
        request,
        people=await kernel.db.read(store.list_people),
        links=await access_links.list_links(kernel.db, request.user),
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
