"""Patterns that people give are matched in linear time."""

from __future__ import annotations

import pytest

from gonogo.kernel.patterns import BadPattern, compile_pattern
from gonogo.settings.definition import Definition
from gonogo.settings.validation import compile_schema
from gonogo.webhooks.globs import matches_any


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"url=(https://\S+)", "t=1 url=https://x.test/ ok", "https://x.test/"),
        (r"(?i)error|(warn)", "WARN", "WARN"),
        (r"é+", "caféé", "éé"),
        (r"^\d+$", "12a", None),
    ],
)
def test_patterns_find_as_ever(pattern: str, text: str, found: str | None) -> None:
    compiled = compile_pattern(pattern)
    match = compiled.search(text)
    assert (match and match.group(1 if compiled.groups else 0)) == found


@pytest.mark.parametrize("pattern", ["(a", "(?=a)b", r"(a)\1", "a{1,100000}", "x" * 3000])
def test_patterns_that_can_t_be_used(pattern: str) -> None:
    with pytest.raises(BadPattern):
        compile_pattern(pattern)


def test_what_is_missing_is_explained() -> None:
    with pytest.raises(BadPattern, match="Lookaround and back-references"):
        compile_pattern("(?<!a)b")


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(.*a){12}$", r"(\w+\s?)*!$"])
def test_what_takes_a_backtracking_engine_for_ever_ends(pattern: str) -> None:
    assert compile_pattern(pattern).search("a" * 200_000 + "?") is None


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(?=a)(a+)+$", r"^(a|aa)+(?<!b)$"])
def test_settings_with_hostile_patterns(pattern: str) -> None:
    validator = compile_schema(Definition(key="x.y", type="string", pattern=pattern, default="a"))
    assert not validator.is_valid("a" * 5000 + "?")


def test_globs_with_many_stars_end() -> None:
    glob = ".".join(["a*"] * 12) + ".b"
    assert not matches_any([glob], ".".join(["a" * 15] * 12) + ".a")
    assert matches_any(["release.*", "*.failed"], "job.failed")
    assert not matches_any(["release.*"], "job.failed")
