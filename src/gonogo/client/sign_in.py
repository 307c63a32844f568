"""Signing in with an e-mail and a password, as ``gonogo login`` does."""

from __future__ import annotations

from gonogo.client.call import Call
from gonogo.client.discovery import Target
from gonogo.client.logins import Login
from gonogo.client.transport import Transport


def sign_in(url: str, email: str, password: str) -> Login:
    """A login at ``url``. Raises ``ApiError`` when the password is wrong, ``ServerUnreachable`` when nobody answers."""
    transport = Transport(Target(url.rstrip("/"), "argument"), None)
    try:
        tokens = transport.send(Call("POST", "/api/v1/auth/login", body={"email": email, "password": password}))
    finally:
        transport.close()
    return Login(url.rstrip("/"), email, tokens["access_token"], tokens["refresh_token"])
