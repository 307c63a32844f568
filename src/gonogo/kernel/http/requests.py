"""Requests as our routes read them: unreadable JSON is refused with a reason, and forms have few fields."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions import SerializationException

from gonogo.kernel.errors import Problem
from gonogo.kernel.http.forms import ParsedForm, parse_form_aside


class UnreadableBody(Problem):
    """The body of a request is not JSON."""


class JsonRequest(Request[Any, Any, Any]):
    """A request that refuses every kind of broken JSON: the parser reports two of them as errors of its own."""

    async def body(self) -> bytes:
        """The body; that of a form carries its fields. Raises ``TooManyFields``."""
        raw = await super().body()
        if self.content_type[0] == RequestEncodingType.URL_ENCODED and not isinstance(raw, ParsedForm):
            return await parse_form_aside(raw)
        return raw

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
