"""Errors as people and programs want them: a page for browsers, RFC 9457 problem details for the rest."""

from __future__ import annotations

import re
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect, Template

from gonogo.kernel.auth.errors import TwoFactorSetupRequired
from gonogo.kernel.errors import Problem
from gonogo.kernel.phrasing import phrase_fault

log = structlog.get_logger()
_NAMED_IN_MESSAGE = re.compile(r"(?:unknown|required) field `([^`]+)`")
_RENAMED = {"in_state": "state"}
"""Parameters by the name that callers know; the framework keeps this one to itself."""
REASON = "reason"
"""Where a request's state keeps why it was refused, for the record."""
BODY = "data"
"""What the framework calls a request's body."""
_KNOWN = {
    404: ("not-found", "No such page"),
    405: ("method-not-allowed", "That method does not work here"),
    413: ("body-too-large", "The request is too large"),
}


class InternalFault(Problem):
    """A defect of Gonogo."""

    status, type, title = 500, "internal-fault", "This is our mistake"


def answer_problem(request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    """A raised ``Problem``, as a page or as JSON."""
    request.scope.setdefault("state", {})[REASON] = problem.detail
    if wants_page(request):
        if isinstance(problem, TwoFactorSetupRequired) and request.method == "GET":
            return Redirect("/account", status_code=303)
        return _render_page(request, problem.to_dict(), problem.headers)
    return _answer_json(problem.to_dict(), problem.headers)


def answer_framework_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Litestar's own refusals (no such route, unreadable body, …) in the same shape."""
    headers = dict(error.headers or {})
    body = _describe_framework_error(request, error, headers)
    return _render_page(request, body, headers) if wants_page(request) else _answer_json(body, headers)


def answer_defect(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Anything unforeseen: logged in full, told without details."""
    log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
    detail = "Something went wrong here. The log of the server says what."
    if request.app.state.kernel.config.debug:
        detail = f"{detail} {type(error).__name__}: {error}"
    return answer_problem(request, InternalFault(detail))


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a browser navigates: HTML asked for, outside the API."""
    path = request.url.path
    asks_html = "text/html" in request.headers.get("accept", "")
    return asks_html and not path.startswith(("/api/", "/v1/")) and "hx-request" not in request.headers


def _answer_json(body: dict[str, Any], headers: dict[str, str]) -> Response[Any]:
    if body["status"] == 401:
        headers = {"WWW-Authenticate": 'Bearer realm="gonogo"', **headers}
    return Response(body, status_code=body["status"], media_type="application/problem+json", headers=headers)


def _render_page(request: Request[Any, Any, Any], body: dict[str, Any], headers: dict[str, str]) -> Response[Any]:
    template = "web/sign-in.html" if body["status"] == 401 else "web/problem.html"
    context = {"problem": body, "request": request, "next": _safe_next(request), "actor": request.scope.get("user")}
    return Template(template, context=context, status_code=body["status"], headers=headers)


def _safe_next(request: Request[Any, Any, Any]) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.url.path}{query}" if request.method == "GET" else "/"


def _describe_framework_error(
    request: Request[Any, Any, Any], error: HTTPException, headers: dict[str, str]
) -> dict[str, Any]:
    if isinstance(error, ValidationException):
        return _describe_validation(request, error)
    type_, title = _KNOWN.get(error.status_code, ("bad-request", "The request can't be carried out"))
    detail = error.detail or title
    if error.status_code == 404:
        detail = "There is nothing at this address. Check it, or start from the front page."
    elif error.status_code == 405:
        methods = ", ".join(sorted(headers.get("allow", "GET, HEAD").replace(",", " ").split()))
        detail = f"{request.method} does not work here. This address takes {methods}."
    return {"type": f"/problems/{type_}", "title": title, "status": error.status_code, "detail": detail}


def _describe_validation(request: Request[Any, Any, Any], error: ValidationException) -> dict[str, Any]:
    found = error.extra if isinstance(error.extra, list) else []
    faults = [(_name_field(fault), fault) for fault in found if isinstance(fault, dict)]
    told = "; ".join(_tell_fault(request, field, fault) for field, fault in faults)
    body: dict[str, Any] = {
        "type": "/problems/bad-input",
        "title": "A value breaks a rule",
        "status": 422,
        "detail": told or error.detail,
    }
    if faults and faults[0][0] not in ("", BODY):
        body["field"] = faults[0][0]
    return body


def _tell_fault(request: Request[Any, Any, Any], field: str, fault: dict[str, Any]) -> str:
    said, place = str(fault.get("message")), str(fault.get("key") or "")
    if said == f"'{BODY}'":  # all that the framework says of one that is absent
        return "This needs a body in JSON. Send {} when there is nothing to say."
    message = phrase_fault(said, *_find_kind(request, place))
    if _NAMED_IN_MESSAGE.search(said) or not field:
        return message
    return f"The body: {message}" if field == BODY else f"'{field}': {message}"


def _find_kind(request: Request[Any, Any, Any], place: str) -> tuple[Any, str]:
    """The type that was expected, and the place in it: a parameter's own, or one within the body's."""
    parameters = request.scope["route_handler"].parsed_fn_signature.parameters
    if place in parameters and place != BODY:
        return parameters[place].annotation, ""
    body = parameters.get(BODY)
    return (None, "") if body is None else (body.annotation, "" if place == BODY else place)


def _name_field(fault: dict[str, Any]) -> str:
    key = str(fault.get("key") or "").replace("[...]", "")
    # A fault of an object as a whole names the field in its message only.
    named = _NAMED_IN_MESSAGE.search(str(fault.get("message")))
    if named is not None:
        return named[1] if key in ("", BODY) else f"{key}.{named[1]}"
    return _RENAMED.get(key, key)
