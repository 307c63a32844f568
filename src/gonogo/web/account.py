"""Your account: password, two-factor sign-in, and the sessions that are open."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth import logins, people
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.schemas import Enrollment, PersonChange
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import Problem
from gonogo.kernel.http.authentication import identify_login
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]


class AccountController(Controller):
    """``/account`` of whoever is signed in."""

    path = "/account"
    include_in_schema = False
    opt = {"before_enrollment": True, **declare_scope("admin")}  # noqa: RUF012 — Litestar's own

    @get("/")
    async def show_account(self, request: PageRequest, kernel: Kernel) -> Template:
        """The page."""
        return await _show(request, kernel)

    @post("/password")
    async def change_password(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Change the password, with the old one; it ends this session too."""
        wanted = PersonChange(
            password=data.get("password", "")[:1000], old_password=data.get("old_password", "")[:1000]
        )
        try:
            await people.change_person(kernel.db, request.user, request.user.id, wanted)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return Redirect("/sign-in", status_code=303)

    @post("/two-factor/start")
    async def start_two_factor(self, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Show a new secret as a QR code."""
        try:
            enrollment = await kernel.two_factor.start(request.user)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return await _show(request, kernel, enrollment=enrollment)

    @post("/two-factor/confirm")
    async def confirm_two_factor(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Turn it on and show the recovery codes, this once."""
        try:
            codes = await kernel.two_factor.confirm(request.user, data.get("code", "")[:40])
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return await _show(request, kernel, codes=codes, message="Two-factor sign-in is on.")

    @post("/two-factor/change")
    async def change_two_factor(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """New recovery codes, or off; both take a code."""
        code = data.get("code", "")[:40]
        try:
            if data.get("do") == "renew":
                return await _show(request, kernel, codes=await kernel.two_factor.renew_codes(request.user, code))
            await kernel.two_factor.turn_off(request.user, code)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return await _show(request, kernel, message="Two-factor sign-in is off.")

    @post("/sessions/{id:str}/end")
    async def end_session(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """End one session."""
        try:
            await logins.end_session(kernel.db, request.user, id)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return Redirect("/account", status_code=303)

    @post("/sessions/end-others")
    async def end_others(self, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """End every session but this one."""
        await logins.end_other_sessions(kernel.db, request.user, await identify_login(kernel, request.scope))
        return Redirect("/account", status_code=303)


async def _show(
    request: PageRequest,
    kernel: Kernel,
    *,
    problem: Problem | None = None,
    message: str = "",
    enrollment: Enrollment | None = None,
    codes: list[str] | None = None,
) -> Template:
    current = await identify_login(kernel, request.scope)
    context = page_context(
        request,
        factor=await kernel.two_factor.read_state(request.user),
        sessions=await logins.list_sessions(kernel.db, request.user, current),
        problem=problem,
        message=message,
        enrollment=enrollment,
        qr=_draw_qr(enrollment.uri) if enrollment else "",
        codes=codes,
    )
    return Template("web/account.html", context=context, status_code=problem.status if problem else 200)


def _draw_qr(text: str) -> str:
    import segno

    return segno.make(text, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff")
