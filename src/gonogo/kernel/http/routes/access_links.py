"""Invitations and reset links: made by administrators, used by whoever holds the link."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth import access_links
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.schemas import NewInvitation
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import Problem
from gonogo.kernel.http.envelope import success
from gonogo.kernel.http.origin import find_scheme
from gonogo.kernel.http.routes.sign_in import read_client
from gonogo.kernel.kernel import Kernel

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
LinkRequest = Request[Actor, Any, Any]


class AccessLinksController(Controller):
    """Links for administrators to hand on."""

    path = "/api/people"
    opt = declare_scope("admin")
    tags = ("people",)

    @get("/links")
    async def list_links(self, request: LinkRequest, kernel: Kernel) -> dict[str, Any]:
        """Invitations and reset links that still work, newest first; never their addresses."""
        return success(await access_links.list_links(kernel.db, request.user))

    @post("/invitations", opt={"secret_answer": True})
    async def invite(self, data: NewInvitation, request: LinkRequest, kernel: Kernel) -> dict[str, Any]:
        """Invite somebody with a role; the ``link`` is in the answer, this once."""
        link, token = await access_links.invite(kernel.db, request.user, data)
        return success(link, link=make_address(request, kernel, token))

    @post("/{id:str}/reset-link", opt={"secret_answer": True})
    async def make_reset_link(self, id: str, request: LinkRequest, kernel: Kernel) -> dict[str, Any]:
        """A link with which a person sets a new password; it is in the answer, this once."""
        link, token = await access_links.make_reset_link(kernel.db, request.user, id)
        return success(link, link=make_address(request, kernel, token))

    @delete("/links/{id:str}", status_code=200)
    async def revoke_link(self, id: str, request: LinkRequest, kernel: Kernel) -> dict[str, Any]:
        """Make a link useless."""
        await access_links.revoke_link(kernel.db, request.user, id)
        return success({"id": id})


class WelcomeController(Controller):
    """``/welcome/TOKEN``: the page behind such a link. Only sending its form uses the link up."""

    path = "/welcome"
    include_in_schema = False
    opt = {"public": True}  # noqa: RUF012 — Litestar's own

    @get("/{token:str}")
    async def show_form(self, token: str, kernel: Kernel) -> Template:
        """Ask for a password."""
        link = await access_links.find_link(kernel.db, token)
        return Template("web/welcome.html", context={"link": link, "token": token, "problem": None, "actor": None})

    @post("/{token:str}")
    async def accept(self, token: str, data: Form, kernel: Kernel, request: Request[Any, Any, Any]) -> Response[Any]:
        """Set the password and go on to sign in."""
        link = await access_links.find_link(kernel.db, token)
        password, name = data.get("password", "")[:1000], data.get("name", "")[:200]
        client = read_client(request.scope, kernel.config)
        try:
            await access_links.accept(kernel.db, token, password, name, client)
        except Problem as problem:
            context = {"link": link, "token": token, "problem": problem.to_dict(), "actor": None}
            return Template("web/welcome.html", context=context, status_code=problem.status)
        return Redirect("/sign-in", status_code=303)


def make_address(request: Request[Any, Any, Any], kernel: Kernel, token: str) -> str:
    """The address of a link: under the public URL if there is one, else where this request was sent."""
    config = kernel.config
    base = config.public_url.rstrip("/") or f"{find_scheme(request.scope, config)}://{request.headers['host']}"
    return f"{base}/welcome/{token}"
