"""Export and import: what goes out comes back the same, and a difference comes before a change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.settings.errors import BadDocument
from gonogo.settings.formats import FORMATS, Format, find_format, read_document, write_document
from gonogo.settings.validation import MASK
from tests.people import Server
from tests.settings.stage import list_events, put, read_value

texts = st.text(st.characters(codec="utf-8"), max_size=40)
keys = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}(\.[a-z0-9][a-z0-9_-]{0,8}){1,3}", fullmatch=True)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
plain = st.booleans() | numbers | texts
nested = st.recursive(
    plain | st.none(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
)


@pytest.mark.parametrize("format", FORMATS)
@given(document=st.dictionaries(keys, plain, max_size=12))
def test_values_come_back_the_same(format: Format, document: dict[str, Any]) -> None:
    again = read_document(write_document(document, format), format)
    assert again == document
    assert {key: type(value) for key, value in again.items()} == {key: type(value) for key, value in document.items()}


@pytest.mark.parametrize("format", ["json", "yaml"])
@given(document=st.dictionaries(keys, nested, max_size=6))
def test_json_values_come_back_the_same(format: Format, document: dict[str, Any]) -> None:
    assert read_document(write_document(document, format), format) == document


@pytest.mark.parametrize("format", FORMATS)
@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(format: Format, text: str) -> None:
    try:
        assert isinstance(read_document(text, format), dict)
    except BadDocument as refused:
        assert refused.field == "document"


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("[" * 100_000, "json"),
        ("{" + '"a":{' * 5_000, "json"),
        ("a: &x [1]\nb: [*x, *x]", "yaml"),
        ("[1, 2]", "yaml"),
        ("1: 2", "yaml"),
        ("!!python/object/apply:os.getcwd []", "yaml"),
        ("a = ", "toml"),
        ("null", "json"),
    ],
)
def test_what_is_refused(text: str, format: Format) -> None:
    with pytest.raises(BadDocument):
        read_document(text, format)


def test_a_date_in_yaml_is_text() -> None:
    assert read_document("agents.since: 2026-01-31", "yaml") == {"agents.since": "2026-01-31"}


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.toml", "toml"), ("b.YML", "yaml"), ("application/x-yaml; charset=utf-8", "yaml"), ("text/plain", None)],
)
def test_formats_are_found_by_name(name: str, format: Format | None) -> None:
    assert find_format(name) == format


@pytest.mark.parametrize("format", FORMATS)
async def test_an_export_is_an_import(stage: Server, format: Format) -> None:
    await put(stage, "dashboard.panels", ["a", None, {"b": 1.5}])
    await put(stage, "physics.iterations", 7)
    document = (await stage.viewer.get("/api/settings/export", params={"format": format})).text
    for key in ("dashboard.panels", "physics.iterations"):
        await stage.operator.delete(f"/api/settings/{key}")
    shown = await stage.operator.post(
        "/api/settings/import", params={"format": format, "dry_run": True}, content=document
    )
    assert {one["key"] for one in shown.json()["data"]} == {"dashboard.panels", "physics.iterations"}
    assert await read_value(stage, "physics.iterations") == 100
    done = await stage.operator.post("/api/settings/import", params={"format": format}, content=document)
    assert done.json()["data"]["changed"] == 2
    assert await read_value(stage, "dashboard.panels") == ["a", None, {"b": 1.5}]
    assert len(await list_events(stage, "setting.imported")) == 1
    again = await stage.operator.post("/api/settings/import", params={"format": format}, content=document)
    assert again.json()["data"]["changed"] == 0


async def test_the_format_comes_from_the_content_type(stage: Server) -> None:
    headers = {"Content-Type": "application/toml"}
    answer = await stage.operator.post("/api/settings/import", headers=headers, content='"physics.iterations" = 9')
    assert (answer.status_code, await read_value(stage, "physics.iterations")) == (200, 9)


async def test_a_bad_document_changes_nothing(stage: Server) -> None:
    for document, status in (
        ('{"physics.iterations": 7, "physics.spring.strength": 99}', 422),
        ('{"physics.iterations": 7, "no.such": 1}', 404),
        ("{", 422),
        (b"\xff\xfe", 422),
    ):
        answer = await stage.operator.post("/api/settings/import", content=document)
        assert answer.status_code == status
    assert (await stage.viewer.post("/api/settings/import", content='{"physics.iterations": 7}')).status_code == 403
    assert await read_value(stage, "physics.iterations") == 100


async def test_an_export_may_hold_only_what_was_changed(stage: Server) -> None:
    await put(stage, "physics.iterations", 7)
    exported = (await stage.viewer.get("/api/settings/export", params={"modified": "true"})).json()
    assert exported == {"physics.iterations": 7}


async def test_secrets_leave_only_when_an_administrator_asks(stage: Server) -> None:
    await stage.admin.put("/api/settings/agents.token", json={"value": "hunter2"})
    masked = (await stage.admin.get("/api/settings/export")).json()
    assert masked["agents.token"] == MASK
    assert (await stage.operator.get("/api/settings/export", params={"secrets": True})).status_code == 403
    plain_text = (await stage.admin.get("/api/settings/export", params={"secrets": True})).json()
    assert plain_text["agents.token"] == "hunter2"
    assert len(await list_events(stage, "setting.secrets_exported")) == 1
    back = await stage.admin.post("/api/settings/import", json=masked)
    assert (back.status_code, back.json()["data"]["changed"]) == (200, 0)


async def test_tables_within_tables_are_dotted_keys(stage: Server) -> None:
    document = '[physics]\niterations = 7\nspring.strength = 0.7\n["dashboard"]\npanels = ["a"]\n'
    answer = await stage.operator.post("/api/settings/import?format=toml", content=document)
    assert answer.json()["data"]["changed"] == 3, answer.text
    assert await read_value(stage, "physics.spring.strength") == 0.7
    unknown = await stage.operator.post("/api/settings/import", json={"physics": {"sprung": {"strength": 1}}})
    assert "There is no setting 'physics.sprung.strength'" in unknown.json()["detail"]


def test_a_fault_in_yaml_has_its_place() -> None:
    with pytest.raises(BadDocument, match=r"is not valid YAML: line 2, column 1: did not find expected"):
        read_document("a: [b\n", "yaml")
