"""Requests whose JSON can't be read are told so, whatever is wrong with it."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.exceptions import SerializationException

from gonogo.kernel.errors import Problem


class UnreadableBody(Problem):
    """The body of a request is not JSON."""


class JsonRequest(Request[Any, Any, Any]):
    """A request that refuses every kind of broken JSON: the parser lets two of them through as errors of its own."""

    async def json(self) -> Any:
        """The body's value. Raises ``UnreadableBody``."""
        try:
            return await super().json()
        except SerializationException as error:
            raise UnreadableBody(f"The body can't be read: {error}. Send JSON.") from error
        except UnicodeDecodeError as error:
            raise UnreadableBody("The body can't be read: a text in it is not UTF-8. Send JSON in UTF-8.") from error
        except RecursionError as error:
            raise UnreadableBody("The body can't be read: it is nested too deeply. Send flatter JSON.") from error
