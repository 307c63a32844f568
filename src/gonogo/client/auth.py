"""What a client shows at the door: an API key, or a login that renews itself."""

from __future__ import annotations

from collections.abc import Generator

import httpx
import msgspec

from gonogo.client.discovery import Target
from gonogo.client.logins import Login, LoginStore

Flow = Generator[httpx.Request, httpx.Response, None]


class KeyAuth(httpx.Auth):
    """Shows an API key, or the local key of a data folder."""

    renews = False

    def __init__(self, key: str) -> None:
        self.token = key

    def auth_flow(self, request: httpx.Request) -> Flow:
        """What httpx asks before each request."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


class LoginAuth(httpx.Auth):
    """Shows a saved login's access token; when that has run out, exchanges the refresh token and saves both anew."""

    requires_response_body = True
    renews = True

    def __init__(self, login: Login, store: LoginStore) -> None:
        self._login = login
        self._store = store

    @property
    def token(self) -> str:
        return self._login.access_token

    def auth_flow(self, request: httpx.Request) -> Flow:
        """What httpx asks before each request."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        answer = yield request
        if answer.status_code != 401:
            return
        with self._store.lock():
            saved = self._store.find()
            if saved is None or saved.url != self._login.url:
                return
            if saved.refresh_token == self._login.refresh_token:
                answer = yield self._ask_refresh()
                if answer.status_code != 200:
                    return
                saved = self._keep(answer)
        self._login = saved
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request

    def _ask_refresh(self) -> httpx.Request:
        body = {"refresh_token": self._login.refresh_token}
        return httpx.Request("POST", f"{self._login.url}/api/v1/auth/refresh", json=body)

    def _keep(self, answer: httpx.Response) -> Login:
        tokens = answer.json()["data"]
        renewed = {name: tokens[name] for name in ("access_token", "refresh_token")}
        login = msgspec.structs.replace(self._login, **renewed)
        self._store.save(login)
        return login


Auth = KeyAuth | LoginAuth


def make_auth(target: Target, store: LoginStore) -> Auth | None:
    """What to show at the target's door, if anything."""
    if target.login is not None:
        return LoginAuth(target.login, store)
    return KeyAuth(target.key) if target.key is not None else None
