"""Writes the reference pages that the code knows best: ``python docs/generate.py``. A test holds the pages to it.

``events.md`` is written by hand: only people know when an event is told.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from litestar import Litestar
from litestar.handlers.http_handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute, WebSocketRoute

from gonogo.app import ROOMS, create_app
from gonogo.cli.app import build_app
from gonogo.kernel.config import SECTIONS, TABLES, Config, describe_options
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import SignalStatus

REFERENCE = Path(__file__).parent / "reference"
MARK = "<!-- Written by docs/generate.py; change the code instead. -->"


def write_pages() -> dict[str, str]:
    """Every page by its file name."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(home=folder, port=0)
        return {
            "configuration.md": write_configuration(),
            "signals.md": asyncio.run(write_signals(config)).replace(folder, "the data folder"),
            "http-api.md": write_http_api(create_app(config)),
            "cli.md": write_cli(),
        }


def write_configuration() -> str:
    """Every setting with its default."""
    rows = [
        (f"`{name}`", f"`GONOGO_{name.upper()}`", _show(default), text) for name, text, default in describe_options()
    ]
    tables = ", ".join(f"`[{name}]`" for name in TABLES)
    sections = ", ".join(f"`{name}_…` may stand in `[{name}]` without it, lists as lists" for name in SECTIONS)
    return _page(
        "Configuration",
        "Environment over `gonogo.toml` over default; a command's flags win over all. `gonogo config show` says where "
        "each value came from. `GONOGO_CONFIG` names another file.",
        _table(("setting", "variable", "default", "what it does"), rows),
        f"Tables of `gonogo.toml` that a room reads: {tables}. Settings that begin with {sections}.",
        "## Knobs",
        "Numbers that can be turned while Gonogo runs. The variable says where one starts; `gonogo settings set NAME "
        "VALUE` makes it a setting of the group `gonogo`, for administrators, and takes effect at once.",
        _table(("knob", "variable", "default", "bounds", "what it is"), list(_list_knobs())),
    )


def _list_knobs() -> Iterator[tuple[str, ...]]:
    for knob in (knob for room in ROOMS for knob in room.knobs):
        unit = f" {knob.unit}" if knob.unit else ""
        bounds = f"{knob.min:g} – {knob.max:g}{unit}"
        yield f"`{knob.name}`", f"`{knob.variable}`", f"`{knob.default:g}`", bounds, knob.description


async def write_signals(config: Config) -> str:
    """Every signal of a running Gonogo, by who reports it."""
    app = create_app(config)
    kernel: Kernel = app.state.kernel
    async with kernel:
        listed = kernel.signals.list_signals(kernel.clock.now())
    sources = sorted({status.signal.source for status in listed})
    parts = [part for source in sources for part in (f"## {source}", _list_signals(listed, source))]
    intro = "Live numbers that gates, alerts and ramps ask. Scripts add more: `gonogo signals record NAME VALUE`."
    return _page("Signals", intro, *parts)


def _list_signals(listed: list[SignalStatus], source: str) -> str:
    signals = [status.signal for status in listed if status.signal.source == source]
    rows = [(f"`{s.name}`", s.unit, ", ".join(f"`{label}`" for label in s.labels), s.description) for s in signals]
    return _table(("signal", "unit", "labels", "what it is"), rows)


def write_http_api(app: Litestar) -> str:
    """Every route of the API, by its first word."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    for path, method, scope, text in sorted(_list_routes(app)):
        rows.setdefault(_find_section(path), []).append((method, f"`{path}`", scope, text))
    parts = [part for name, found in rows.items() for part in (f"## {name}", _table(_COLUMNS, found))]
    return _page(
        "HTTP API",
        'Success is `{"status": "success", "data": …}`, lists page by `next_cursor`, errors are '
        "`application/problem+json` (RFC 9457). Send `Authorization: Bearer …` with an access token or API key; a key "
        "needs the [scope](roles-and-scopes.md) that stands there, a person a role. "
        "A change sent with an `Idempotency-Key` acts once. Shapes: `/api/schema/openapi.json` of a running Gonogo.",
        *parts,
    )


_COLUMNS = ("method", "path", "scope of a key", "what it does")


def write_cli() -> str:
    """Every command, from its own help."""
    # Usage lines repeat the arguments this process was started with.
    with mock.patch.object(sys, "argv", ["gonogo"]):
        return f"{MARK}\n\n{build_app().generate_docs(output_format='markdown').strip()}\n"


def _list_routes(app: Litestar) -> Iterator[tuple[str, str, str, str]]:
    for route in app.routes:
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
        if path == "/api/schema/{path}":
            continue
        if isinstance(route, HTTPRoute):
            handlers = [handler for handler in route.route_handlers if _is_documented(handler)]
            for handler in handlers:
                scope = _describe_scope(handler.opt)
                yield path, "/".join(sorted(handler.http_methods)), scope, _summarise(handler.fn.__doc__)
        elif isinstance(route, WebSocketRoute):
            scope = _describe_scope(route.route_handler.opt)
            yield path, "WebSocket", scope, _summarise(route.route_handler.fn.__doc__)


def _describe_scope(options: Mapping[str, Any]) -> str:
    """``*public*`` where nobody has to sign in."""
    if options.get("public"):
        return "*public*"
    return " or ".join(f"`{scope}`" for scope in options.get("scope", ("admin",)))


def _is_documented(handler: HTTPRouteHandler) -> bool:
    return bool(handler.resolve_include_in_schema())


def _find_section(path: str) -> str:
    words = [word for word in path.split("/") if word not in ("", "api", "v1")]
    return words[0]


def _summarise(text: str | None) -> str:
    return (
        " ".join((text or "The description of this API.").split("\n\n")[0].split())
        .replace("``", "`")
        .replace("|", "\\|")
    )


def _show(default: object) -> str:
    return "" if default == "" else f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", MARK, *parts]) + "\n"


if __name__ == "__main__":
    for name, text in write_pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
