"""Forms: few fields, read once. The framework's own parser takes any number, and keeps the last 1,024 bodies."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from urllib.parse import parse_qsl

from litestar._kwargs import extractors
from litestar.connection import request

from gonogo.kernel.errors import Problem

MAX_FIELDS = 1000
MAX_AT_ONCE = 16 * 1024
"""Bytes of a form that are decoded on the event loop. A megabyte of escapes takes most of a second."""

Fields = dict[str, str | list[str]]


class TooManyFields(Problem):
    """A form with more fields than any of our pages has."""

    status, type, title = 413, "too-many-fields", "The form has too many fields"


class ParsedForm(bytes):
    """The body of a form, with its ``fields``."""

    fields: Fields


async def parse_form_aside(body: bytes) -> bytes:
    """The body with its fields, decoded on another thread when it is large. Raises ``TooManyFields``."""
    form = ParsedForm(body)
    form.fields = await asyncio.to_thread(parse_form, body) if len(body) > MAX_AT_ONCE else parse_form(body)
    return form


def parse_form(body: bytes) -> Fields:
    """The fields of an URL-encoded form; one that comes several times has a list. Raises ``TooManyFields``."""
    if isinstance(body, ParsedForm):
        return body.fields
    if body.count(b"&") >= MAX_FIELDS:
        raise TooManyFields(f"A form may have {MAX_FIELDS} fields. Send fewer at once, or use the API.")
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in parse_qsl(body.decode("latin-1"), keep_blank_values=True):
        fields[name].append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in fields.items()}


def limit_forms() -> None:
    """Have the framework read every form by ``parse_form``."""
    extractors.parse_url_encoded_form_data = parse_form  # type: ignore[assignment, attr-defined]
    request.parse_url_encoded_form_data = parse_form  # type: ignore[assignment, attr-defined]
