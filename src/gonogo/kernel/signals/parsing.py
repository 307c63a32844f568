"""Text to expression. The parser is built on the first call, so that commands that never parse start quickly."""

from __future__ import annotations

from gonogo.kernel.signals.expression import Expression, ExpressionError

MAX_LENGTH = 2000


def parse_expression(text: str) -> Expression:
    """Read a signal expression such as ``http.p95{check=api} < 200ms for 5m``.

    Raises :class:`ExpressionError` (a ``ValueError``) naming the column, the rule and the way out.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH} characters; split this one in two", MAX_LENGTH)
    from gonogo.kernel.signals.grammar import read_tree

    return read_tree(text)
