"""A document beside what was understood of it: no line is lost, every rule can be told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.releases.plan import Finding, Item, Phase, Plan, Source
from gonogo.releases.reading import read_checklist
from gonogo.releases.reading.decode import decode_text
from gonogo.releases.rules import Absence, Contains, Count, Exit, HttpStatus, Human, Json, Number, Rule, Version
from gonogo.releases.views.plan import align_rows, count_kinds, find_blocking, tell_item, tell_rule

TEXT = b"# Deploy\n\n- [ ] Tell people\n\n```bash\nmake\nmake check\n```\nthe end\n"


def make_plan(*items: Item, findings: tuple[Finding, ...] = ()) -> Plan:
    phase = Phase(id="p1", title="Deploy", line=1, end_line=9, items=items, role="deploy")
    return Plan(source=Source(path="x.md", sha256="0" * 64, title="x"), phases=(phase,), findings=findings)


def make_item(id: str, line: int, end_line: int | None = None) -> Item:
    return Item(id=id, kind="human", line=line, end_line=end_line or line, text=id)


def test_items_stand_beside_their_lines() -> None:
    finding = Finding(rule="x", severity="error", line=6, message="Mend this.")
    rows = align_rows(make_plan(make_item("a", 3), make_item("b", 6), make_item("c", 6), findings=(finding,)), TEXT)
    found = {row.number: [meaning.item.id for meaning in row.meanings] for row in rows if row.meanings}
    assert found == {3: ["a"], 6: ["b", "c"]}
    assert [row.number for row in rows if row.findings] == [6]
    assert rows[0].phase is not None


@given(st.text(alphabet="#-*[] x`\n|<!->abc0123$\r\t", max_size=300))
def test_every_line_of_any_document_is_shown_once(text: str) -> None:
    rows = align_rows(read_checklist(text.encode(), "any.md", None), text.encode())
    shown = [line for row in rows for line in row.lines]
    assert [line.text for line in shown] == list(decode_text(text.encode()).lines)
    assert [line.number for line in shown] == list(range(1, len(shown) + 1))


def test_an_empty_document_has_no_rows() -> None:
    assert align_rows(make_plan(), b"") == ()


def test_kinds_are_counted_in_order() -> None:
    assert count_kinds(make_plan(make_item("a", 3), make_item("b", 6))) == (("human", 2),)


def test_only_errors_block() -> None:
    findings = tuple(Finding(rule="x", severity=severity, line=1, message="") for severity in ("error", "warning"))
    assert find_blocking(findings) == findings[:1]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Contains(source="", text="ok"), "the output contains 'ok'"),
        (Json(source="", pattern={"a": 1}), 'the JSON holds {"a":1}'),
        (HttpStatus(source="", codes=(200, 204)), "HTTP 200 or 204"),
        (Number(source="", op="<", value=200, unit="ms", subject="P95"), "P95 < 200 ms"),
        (Number(source="", op=">", value=5, unit="%", polarity="bad"), "NO-GO when the number > 5%"),
        (Number(source="", low=1, high=3), "the number between 1 and 3"),
        (Absence(source=""), "no output at all"),
        (Count(source="", value=22, op=">=", noun="tests"), "at least 22 tests"),
        (Exit(source="", weak=True), "exit 0, which proves little here"),
        (Exit(source="", fails=True), "the command fails"),
        (Version(source="", minimum="3.11"), "version is at least 3.11"),
        (Human(source="", question="Well?"), "a person judges"),
    ],
)
def test_every_rule_is_told_in_words(rule: Rule, words: str) -> None:
    assert tell_rule(rule) == words


def test_an_item_tells_why_and_how() -> None:
    item = Item(id="a", kind="sign", line=1, end_line=1, text="a", role="CTO", host="web", why="Because")
    assert tell_item(item) == "Because; signed by CTO; on host web"
