"""What a change may be told in its address: an unknown word there is a typing error that would change something."""

from __future__ import annotations

import difflib
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg

from gonogo.kernel.errors import BadInput

_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


async def refuse_unknown(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse a change of the API whose query has a parameter that its route does not know: ``?dryrun=1``."""
    if connection.scope.get("method") not in _CHANGES or not connection.url.path.startswith("/api/"):
        return
    if not (given := connection.query_params):
        return
    known = _list_known(handler) - set(connection.path_params)
    unknown = next((name for name in given if name not in known), None)
    if unknown is None:
        return
    near = difflib.get_close_matches(unknown, known, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(sorted(known)) or 'none'}."
    raise BadInput(f"There is no parameter '{unknown}' here. {hint} Nothing was changed.", field=unknown)


def _list_known(handler: BaseRouteHandler) -> set[str]:
    names = set()
    for name, field in handler.parsed_fn_signature.parameters.items():
        kwarg = field.kwarg_definition
        names.add((kwarg.query or name) if isinstance(kwarg, ParameterKwarg) else name)
    return names - {"data", "request", "kernel", "socket"}
