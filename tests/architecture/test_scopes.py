"""No route without a declared scope: what a key may call is said where the route is."""

from __future__ import annotations

from pathlib import Path

from gonogo.app import create_app
from gonogo.kernel.auth.scopes import ANY, SCOPES
from gonogo.kernel.config import Config
from tests.kernel.http.test_scope_matrix import list_handlers


def test_every_route_declares_a_scope_or_is_public(tmp_path: Path) -> None:
    handlers = list(list_handlers(create_app(Config(home=str(tmp_path), port=0))))
    silent = [(method, path) for method, path, options in handlers if not ({"scope", "public"} & options.keys())]
    assert silent == [], "give the controller opt = declare_scope('admin'), or the smallest scope that fits"
    assert {scope for _, _, options in handlers for scope in options.get("scope", ())} <= {*SCOPES, ANY}
