"""Forms: a bounded number of fields, and nobody waits while a large one is decoded."""

from __future__ import annotations

import asyncio

import pytest

from gonogo.kernel.http import forms
from gonogo.kernel.http.forms import MAX_FIELDS, ParsedForm, TooManyFields, parse_form, parse_form_aside
from tests.people import PASSWORD, Server


def test_fields_with_and_without_values() -> None:
    assert parse_form(b"a=1&b=&c&a=2&d=%E2%82%AC+x") == {"a": ["1", "2"], "b": "", "c": "", "d": "€ x"}


def test_a_form_has_few_fields() -> None:
    assert len(parse_form(b"&".join(b"f%d=1" % n for n in range(MAX_FIELDS)))) == MAX_FIELDS
    with pytest.raises(TooManyFields, match=str(MAX_FIELDS)):
        parse_form(b"a=1&" * MAX_FIELDS)


async def test_a_large_form_is_decoded_on_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[object] = []
    real = asyncio.to_thread

    async def note(function: object, *args: object) -> object:
        moved.append(function)
        return await real(function, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(forms.asyncio, "to_thread", note)
    small, large = await parse_form_aside(b"a=1"), await parse_form_aside(b"a=" + b"%41" * 10_000)
    assert moved == [parse_form]
    assert isinstance(small, ParsedForm)
    assert parse_form(small) == {"a": "1"}
    assert parse_form(large) == {"a": "A" * 10_000}


async def test_a_megabyte_of_fields_is_refused(server: Server) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    for path in ("/sign-in", "/people/add", "/account/password"):
        answer = await server.admin.post(path, content=b"a=1&" * 250_000, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-many-fields")


async def test_a_form_with_a_password_is_not_kept_in_memory(server: Server) -> None:
    from litestar._parsers import parse_url_encoded_form_data

    before = parse_url_encoded_form_data.cache_info().currsize
    form = {"email": "viewer@example.test", "password": PASSWORD}
    assert (await server.stranger.post("/sign-in", data=form)).status_code == 303
    assert parse_url_encoded_form_data.cache_info().currsize == before
