"""Signing in with an e-mail and a password, as ``gonogo login`` does, and signing out again."""

from __future__ import annotations

from gonogo.client.call import Call
from gonogo.client.discovery import Target
from gonogo.client.logins import Login
from gonogo.client.transport import Transport


def sign_in(url: str, email: str, password: str, code: str = "") -> Login:
    """A login at ``url``. Raises ``ServerUnreachable`` when nobody answers, ``ApiError`` when the server refuses.

    Its type is ``two-factor-required`` when the password is right and the ``code`` is missing.
    """
    transport = Transport(Target(url.rstrip("/"), "argument"), None)
    try:
        body = {"email": email, "password": password} | ({"code": code} if code else {})
        tokens = transport.send(Call("POST", "/api/v1/auth/login", body=body))
    finally:
        transport.close()
    return Login(url.rstrip("/"), email, tokens["access_token"], tokens["refresh_token"])


def sign_out(login: Login) -> None:
    """End a saved login at its server. Raises ``ApiError`` or ``ServerUnreachable``."""
    transport = Transport(Target(login.url, "saved login"), None)
    try:
        transport.send(Call("POST", "/api/v1/auth/logout", body={"refresh_token": login.refresh_token}))
    finally:
        transport.close()
