"""Signing in: tokens for programs, a cookie for browsers."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from litestar.types import Scope

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.client import LONGEST_NAME, Client
from gonogo.kernel.auth.devices import LIFE
from gonogo.kernel.auth.errors import SignInThrottled, TwoFactorRequired, WrongCode
from gonogo.kernel.auth.schemas import Refresh, SignIn, Tokens
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.config import Config
from gonogo.kernel.errors import Problem
from gonogo.kernel.http.addresses import find_client_address
from gonogo.kernel.http.authentication import find_header
from gonogo.kernel.http.cookies import DEVICE, SESSION, find_cookie, make_cookie
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


class SignInController(Controller):
    """``/api/v1/auth/…`` for programs, ``/sign-in`` and ``/sign-out`` for people."""

    tags = ("auth",)

    @post("/api/v1/auth/login", opt={"public": True}, status_code=200)
    async def log_in(self, data: SignIn, kernel: Kernel, request: Request[Any, Any, Any]) -> dict[str, Any]:
        """``data.access_token`` for an e-mail and password, and a ``code`` where two factors are set up."""
        client = read_client(request.scope, kernel.config)
        actor = await kernel.sessions.check_password(data, client)
        tokens: Tokens = await kernel.sessions.issue_tokens(actor, client)
        return success(tokens)

    @post("/api/v1/auth/refresh", opt={"public": True}, status_code=200)
    async def refresh(self, data: Refresh, kernel: Kernel) -> dict[str, Any]:
        """New tokens for a refresh token, which is then used up."""
        return success(await kernel.sessions.rotate(data.refresh_token))

    @post("/api/v1/auth/logout", opt={"public": True}, status_code=200)
    async def log_out(self, data: Refresh, kernel: Kernel) -> dict[str, Any]:
        """End the session of a refresh token. The answer is the same for a token that nobody knows."""
        await kernel.sessions.close_refresh(data.refresh_token)
        return success({"signed_out": True})

    @get("/api/v1/auth/me", opt={"before_enrollment": True} | declare_scope("any"))
    async def read_me(self, request: Request[Actor, Any, Any]) -> dict[str, Any]:
        """Who I am."""
        return success(request.user)

    @get("/sign-in", opt={"public": True})
    async def show_form(self, request: Request[Actor | None, Any, Any], next: str = "/") -> Response[Any]:
        """The sign-in page, or onwards for who is signed in."""
        if request.user is not None:
            return Redirect(_keep_local(next), status_code=303)
        return Template("web/sign-in.html", context={"next": _keep_local(next), "problem": None, "actor": None})

    @post("/sign-in", opt={"public": True})
    async def sign_in(self, data: Form, kernel: Kernel, request: Request[Any, Any, Any]) -> Response[Any]:
        """Check the form; on success set the cookie and go where the person wanted to go."""
        onwards = _keep_local(data.get("next", "/"))
        client = read_client(request.scope, kernel.config)
        credentials = SignIn(data.get("email", ""), data.get("password", ""))
        try:
            actor = await kernel.sessions.check_password(credentials, client)
        except TwoFactorRequired as problem:
            return _ask_code(problem.extra["ticket"], onwards)
        except Problem as problem:
            context = {"next": onwards, "problem": problem.to_dict(), "email": data.get("email", ""), "actor": None}
            return Template("web/sign-in.html", context=context, status_code=problem.status, headers=problem.headers)
        return await _open_browser(kernel, request, actor, client, onwards)

    @post("/sign-in/code", opt={"public": True})
    async def give_code(self, data: Form, kernel: Kernel, request: Request[Any, Any, Any]) -> Response[Any]:
        """The second step: the code of the app, or a recovery code."""
        onwards = _keep_local(data.get("next", "/"))
        ticket, client = data.get("ticket", ""), read_client(request.scope, kernel.config)
        try:
            actor = await kernel.sessions.check_code(ticket, data.get("code", "")[:40], client)
        except (TwoFactorRequired, WrongCode, SignInThrottled) as problem:
            return _ask_code(ticket, onwards, problem)
        return await _open_browser(kernel, request, actor, client, onwards)

    @post("/sign-out", opt={"public": True})
    async def sign_out(self, request: Request[Any, Any, Any], kernel: Kernel) -> Response[Any]:
        """End this browser's session."""
        if token := find_cookie(request.scope, kernel.config, SESSION):
            await kernel.sessions.close_browser(token)
        answer: Response[Any] = Redirect("/sign-in", status_code=303)
        answer.set_cookie(make_cookie(request.scope, kernel.config, SESSION, "", 0))
        return answer


def _ask_code(ticket: str, onwards: str, problem: Problem | None = None) -> Template:
    context = {"next": onwards, "ticket": ticket, "problem": problem and problem.to_dict(), "actor": None}
    status, headers = (problem.status, problem.headers) if problem else (200, {})
    return Template("web/sign-in-code.html", context=context, status_code=status, headers=headers)


async def _open_browser(
    kernel: Kernel, request: Request[Any, Any, Any], actor: Actor, client: Client, onwards: str
) -> Response[Any]:
    token = await kernel.sessions.open_browser(actor, client)
    answer: Response[Any] = Redirect(onwards, status_code=303)
    life_s = kernel.config.session_days * 86400
    answer.set_cookie(make_cookie(request.scope, kernel.config, SESSION, token, life_s))
    known = kernel.sessions.know_browser(actor)
    answer.set_cookie(make_cookie(request.scope, kernel.config, DEVICE, known, int(LIFE.total_seconds())))
    return answer


def read_client(scope: Scope, config: Config) -> Client:
    """The program at the other end of a sign-in."""
    program = find_header(scope, b"user-agent") or ""
    device = find_cookie(scope, config, DEVICE) or ""
    return Client(find_client_address(scope, config), program[:LONGEST_NAME], device)


def _keep_local(target: str) -> str:
    parts = urlsplit(target)
    local = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if local else "/"
