"""The reference names everything there is: options, signals, routes, commands and events."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import gonogo
from gonogo.app import ROOMS

SOURCE = Path(gonogo.__file__).parent
DOCS = SOURCE.parents[1] / "docs"
TELLING = re.compile(r"(.+\.)?_?(tx\.emit|bus\.notify|tell)")
RENAMED = {"release.item_signed", "release.item_decided", "release.person_asked"}
"""Entries of a run's journal that go by another name as events."""
NO_EVENTS = {"agent.db", "host.name", "service.log", "service.name", "service.version"}
"""Files, and attributes of OpenTelemetry, that look like events of nouns we have."""
EVENT_NAME = re.compile(r"[a-z_]+\.[a-z_]+")


@cache
def generate_pages() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    pages: dict[str, str] = generate.write_pages()
    return pages


@pytest.mark.parametrize("name", ["configuration.md", "signals.md", "http-api.md", "cli.md"])
def test_the_reference_is_what_the_code_says(name: str) -> None:
    page = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert page == generate_pages()[name], "Run `python docs/generate.py` and read the difference."


def list_calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def list_told(tree: ast.AST) -> Iterator[str]:
    """Names in calls that tell of an event: ``emit("…")``, ``notify("…")``, ``event="…"``, and facts of a run."""
    for call in list_calls(tree):
        called = ast.unparse(call.func)
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        if TELLING.fullmatch(called):
            yield from (name for argument in call.args[:2] for name in _read(argument))
        yield from _read(keywords.get("event"))
        if called == "Fact":
            yield from (f"release.{name}" for name in _read(keywords.get("name")))


def _read(node: ast.AST | None) -> list[str]:
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def list_events() -> set[str]:
    """Every event's name in the code, also where it is handed on: a literal whose noun is known from a call."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")]
    told = {name for tree in trees for name in list_told(tree) if EVENT_NAME.fullmatch(name)}
    nouns = {name.partition(".")[0] for name in told}
    literals = {name for tree in trees for node in ast.walk(tree) for name in _read(node)}
    return told | {name for name in literals if EVENT_NAME.fullmatch(name) and name.partition(".")[0] in nouns}


def test_every_event_is_named() -> None:
    page = (DOCS / "reference" / "events.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([a-z._]+)`", page, flags=re.MULTILINE))
    signals = set(re.findall(r"^\| `([a-z._]+)`", generate_pages()["signals.md"], flags=re.MULTILINE))
    actions = {name for room in ROOMS for name in room.actions or ()}
    events = list_events() - signals - RENAMED - NO_EVENTS - actions
    assert sorted(events - named) == []
    assert sorted(named - events) == [], "These are told no more."


def test_the_reference_is_linked() -> None:
    front = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (DOCS / "reference").glob("*.md") if f"(reference/{page.name})" not in front] == []
