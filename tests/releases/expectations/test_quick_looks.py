"""A quick look before a pattern must never hide what the pattern would find."""

from __future__ import annotations

import re

import pytest

from gonogo.releases.expectations import compile_expectation, foreign, phrase, samples
from gonogo.releases.expectations.forms import number
from gonogo.releases.hints import mentions
from gonogo.releases.rules import Human


@pytest.mark.parametrize("sign", [*number._WORDS, *number._SIGNS])
def test_every_comparison_passes(sign: str) -> None:
    assert mentions(f"latency {sign} 5", number._COMPARING)


@pytest.mark.parametrize(
    "text",
    [
        "erwartet: 5",
        "Erwartete Ausgabe: 5",
        "sollte ergeben 5",
        "verwacht: 5",
        "moet zijn 5",
        "Resultado esperado: 5",
        "salida esperada: 5",
        "se espera 5",
        "debe ser 5",
        "deve ser 5",
        "espera-se: 5",
        "risultato previsto: 5",
        "Valore atteso: 5",
        "dovrebbe essere 5",
        "sortie attendue: 5",
        "attendu: 5",
        "doit retourner 5",
        "oczekiwany wynik: 5",
        "beklenen: 5",
        "förväntat: 5",
        "Résultat attendu: 5",
        "预期结果: 5",
        "ожидается: 5",
        "output atteso: 5",
        "respuesta esperada: 5",
        "deveria ser 5",
    ],
)
def test_every_label_in_another_language_passes(text: str) -> None:
    assert foreign._LABEL.match(text) is not None
    assert foreign.match_label(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "The expected output: x",
        "Expected result: x",
        "desired state: x",
        "stdout is x",
        "prints: x",
        "this outputs x",
        "gate: x",
        "validation: x",
        "acceptance criteria: x",
        "success criteria: x",
        "pass if: x",
        "answer: x",
        "outcome: x",
        "response: x",
        "required count: x",
        "we expect x",
        "expecting x",
        "it should be x",
        "which must return x",
        "command needs to print x",
        "ought to see x",
        "verify that x",
        "make sure x",
        "assert x",
        "returns x",
        "responds with x",
        "shows 5",
        "lists 5",
        "reports 5",
        "displays 5",
        "console output: x",
        "Shall be x",
    ],
)
def test_every_label_passes(text: str) -> None:
    assert phrase._LABEL.match(text) is not None
    assert phrase.read_phrase(text).text != text


@pytest.mark.parametrize(
    "text",
    [
        "empty",
        "no output",
        "nothing",
        "blank",
        "No errors",
        "zero rows",
        "0 rows",
        "without warnings",
        "does not contain `x`",
        "never shows `x`",
        "free of `x`",
        "all tests passed",
        "should not exist",
        "must be gone",
        "be absent",
        "fails",
        "non-zero exit",
        "exit code 2",
        "exits with 1",
        "command succeeds",
        "doesn't exist",
        "15/15 tests passing",
        "all 5 tables created",
        "at least 3 pods",
        "total: 7",
        "over 9 rows",
        "> 3 files",
        "a total of 5 rows",
        "rows (expect 5)",
        "Python 3.12+",
        "node >= 18",
        "Status is `up`",
        "web as `Running`",
        "`A` and `B`",
        "output contains X_1",
        "shows: a_b",
        "between 1 and 2 ms",
        "5-10 ms",
        "12ms or less",
        "within 30 seconds",
        "200 OK",
    ],
)
def test_every_form_passes(text: str) -> None:
    assert not all(isinstance(compile_expectation(f"{lead}{text}"), Human) for lead in ("", "Expected: ", "should be "))


@pytest.mark.parametrize(
    "text",
    ["Example output:", "e.g. 5", "for instance", "Looks like:", "similar to", "Response (may vary):", "typical:"],
)
def test_every_sample_passes(text: str) -> None:
    assert samples.is_sample(text)


def test_words_of_the_quick_looks_are_plain_letters() -> None:
    assert all(re.fullmatch("[a-z]*", word) for word in (*foreign._FIRST_WORDS, *phrase._FIRST_WORDS))
