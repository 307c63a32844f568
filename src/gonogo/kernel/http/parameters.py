"""What a change may be told in its address: an unknown word there is a typing error that would change something."""

from __future__ import annotations

import difflib
from urllib.parse import parse_qsl

from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg
from litestar.types import Scope

from gonogo.kernel.errors import BadInput

_NOT_ASKED = frozenset({"data", "request", "kernel", "socket"})


def refuse_unknown(scope: Scope) -> None:
    """Raise ``BadInput`` for a change whose query has a parameter that its route does not know: ``?dryrun=1``.

    Called where changes are told apart from reads already: a guard would cost every read ten microseconds.
    """
    if not scope["query_string"]:
        return
    known = _list_known(scope["route_handler"]) - set(scope["path_params"])
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    unknown = next((name for name, _ in given if name not in known), None)
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
    return names - _NOT_ASKED
