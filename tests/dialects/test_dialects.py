"""The corpus of dialects is read as its labels say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialects.measuring import CORPUS, Measure, add_up, measure_corpus, measure_document

DOCUMENT = """# Tram
## Deploy
```bash
tramctl deploy 4
tramctl state
# Should print `moving`
```
- [ ] Driver informed
"""
LABELS = {"tramctl deploy 4": '"auto"', "tramctl state": '"auto"', "- [ ] Driver informed": '"human"'}
EXPECTED = '{ holds = ["moving"], fails = ["standing"] }'


@pytest.fixture(scope="module")
def measures() -> list[Measure]:
    return measure_corpus()


def test_the_corpus_holds_at_least_forty_dialects() -> None:
    assert len(list(CORPUS.glob("*.md"))) >= 40


def test_the_reader_keeps_what_is_promised_of_it(measures: list[Measure]) -> None:
    total = add_up(measures)

    assert [f"{fault.document}:{fault.line}" for fault in total.faults if fault.kind == "dangerous"] == []
    assert [
        f"{fault.document}:{fault.line}" for fault in total.faults if fault.kind in ("lost", "silent", "wrong")
    ] == []
    assert (total.dangerous, total.lost, total.silent, total.wrong) == (0, 0, 0, 0)
    assert total.compiled_share >= 0.75
    assert total.auto_share >= 0.85
    assert total.holds()


def test_a_document_read_as_labelled_has_no_fault(tmp_path: Path) -> None:
    measure = _measure(tmp_path, {**LABELS, "# Should print `moving`": EXPECTED})

    assert measure.faults == []
    assert (measure.automatic, measure.compiled, measure.ran_auto) == (2, 1, 2)


@pytest.mark.parametrize(
    ("text", "claim", "kind"),
    [
        ("tramctl deploy 4", '"ask"', "dangerous"),
        ("tramctl deploy 4", '"never"', "dangerous"),
        ("tramctl deploy 4", '"rollback"', "dangerous"),
        ("- [ ] Driver informed", '"sign"', "wrong"),
        ("- [ ] Driver informed", '"wait 60"', "question"),
        ("# Should print `moving`", '{ holds = ["standing"], fails = ["moving"] }', "wrong"),
        ("# Should print `moving`", '{ holds = ["moving"], fails = ["x"], of = "tramctl deploy" }', "wrong"),
        ("# Tram", '"asked"', "silent"),
        ("## Deploy", '"gate bad > 5"', "silent"),
    ],
)
def test_a_line_that_became_something_else_is_a_fault(tmp_path: Path, text: str, claim: str, kind: str) -> None:
    measure = _measure(tmp_path, {**LABELS, "# Should print `moving`": EXPECTED, text: claim})

    assert kind in {fault.kind for fault in measure.faults}


def test_a_command_without_a_label_is_dangerous(tmp_path: Path) -> None:
    assert _measure(tmp_path, {"tramctl deploy 4": '"auto"'}).dangerous == 1


def test_a_label_without_its_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no line"):
        _measure(tmp_path, {"tramctl deploy 5": '"auto"'})


def _measure(folder: Path, claims: dict[str, str]) -> Measure:
    (folder / "tram.md").write_text(DOCUMENT)
    lines = "\n".join(f"{text!r} = {claim}" for text, claim in claims.items())
    (folder / "tram.toml").write_text(f'language = "en"\n[lines]\n{lines}\n')
    return measure_document(folder / "tram.md")
