"""A table of phrases and the rules they become; the near misses matter as much as the hits."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.releases.expectations import compile_expectation
from gonogo.releases.rules import (
    Absence,
    Contains,
    Count,
    Exact,
    Exit,
    HttpStatus,
    Human,
    Json,
    Number,
    Rule,
    Version,
)

TEXTS = [
    ("prints `ready`", Exact(source="", text="ready")),
    ("Expected: `PONG`", Exact(source="", text="PONG")),
    ('Expected output: "OK"', Exact(source="", text="OK")),
    ("# Expected output: Database is up", Exact(source="", text="Database is up", asks=True)),
    ('Should be "production"', Exact(source="", text="production")),
    ('returns "pong"', Exact(source="", text="pong")),
    ("output contains ready", Contains(source="", text="ready")),
    ("The output should contain `listening on 8080`", Contains(source="", text="listening on 8080")),
    ("should show `active (running)`", Contains(source="", text="active (running)", fold=True)),
    ("systemctl shows `active (running)` in the output", Contains(source="", text="active (running)", fold=True)),
    ('# Should see log: "cache warmed, 12 keys"', Contains(source="", text="cache warmed, 12 keys")),
    ("Logs show “worker started”", Contains(source="", text="worker started")),
    ("Head revision shows: rev_2041_b", Contains(source="", text="rev_2041_b")),
]
JSONS = [
    ('Expected: {"status": "ok", ...}', {"status": "ok"}),
    ("{status: ok}", {"status": "ok"}),
    ("{status: healthy, checks: {db: up, cache: up}}", {"status": "healthy", "checks": {"db": "up", "cache": "up"}}),
    ("Should return `{'ready': true}`", {"ready": True}),
    ('Returns {"items": [{"id": ..., "name": "x"}, ...], "total": 3}', None),
    ("{...}", {}),
    ("[...]", ["..."]),
    ('Returns 200 OK with {"status":"ok"}', {"status": "ok"}),
    ("{message: all good here, count: 4}", {"message": "all good here", "count": 4}),
    ('All responses have status: "success"', {"status": "success"}),
    ("Each response contains ready: true", {"ready": True}),
    ("response body has `version`: `2`", {"version": "2"}),
]
STATUSES = [
    ("- [ ] /orders/latest returns 200 OK", (200,)),
    ("204 No Content", (204,)),
    ("Should return 200 or 400", (200, 400)),
    ("returns 200, 201 or 204", (200, 201, 204)),
    ("Expected: 200", (200,)),
    ("HTTP 200", (200,)),
    ("HTTP/1.1 301 Moved Permanently", (301,)),
    ("Should return 401 Unauthorized", (401,)),
    ("Should return 403 if the account is locked", (403,)),
    ("✅ All 4 billing endpoints return 200 OK", (200,)),
    ("→ 200 OK", (200,)),
    ("(429 Too Many Requests)", (429,)),
    ("Login responds with HTTP 302", (302,)),
    ("status code is 404", (404,)),
    ("Status: 200", (200,)),
    ("Health endpoint: returns `200`", (200,)),
]
NUMBERS: list[tuple[str, dict[str, object]]] = [
    ("< 1ms", {"op": "<", "value": 1.0, "unit": "ms"}),
    ("P95 < 200ms", {"op": "<", "value": 200.0, "unit": "ms", "subject": "P95"}),
    ("> 95%", {"op": ">", "value": 95.0, "unit": "%"}),
    ("at least 3", {"op": ">=", "value": 3.0}),
    ("no more than 5%", {"op": "<=", "value": 5.0, "unit": "%"}),
    ("under 2 seconds", {"op": "<", "value": 2.0, "unit": "s"}),
    ("Must be >= 3", {"op": ">=", "value": 3.0}),
    ("≤ 1.5 GB", {"op": "<=", "value": 1.5, "unit": "GB"}),
    ("- [ ] Index lookups: < 5ms", {"op": "<", "value": 5.0, "unit": "ms", "subject": "Index lookups"}),
    ("**Delivery rate**: > 95%", {"op": ">", "value": 95.0, "unit": "%", "subject": "Delivery rate"}),
    ("Response times: < 200ms P95", {"op": "<", "value": 200.0, "unit": "ms", "subject": "Response times P95"}),
    ("Latency stays within budget (< 80ms)", {"op": "<", "value": 80.0, "unit": "ms"}),
    ("Error rates: < 0.1% for the main paths", {"op": "<", "value": 0.1, "unit": "%", "subject": "Error rates"}),
    ("> 95% success rate", {"op": ">", "value": 95.0, "unit": "%"}),
    ("Throughput > 100 req/s", {"op": ">", "value": 100.0, "unit": "req/s", "subject": "Throughput"}),
    ("handles over 500 requests per second", {"op": None}),
    ("CPU usage: < 80% under load", {"op": "<", "value": 80.0, "unit": "%", "subject": "CPU usage"}),
    ("/report endpoint < 1 second (localhost)", {"op": "<", "value": 1.0, "unit": "s", "subject": "/report endpoint"}),
    ("**Symptoms**: Drop rate > 5%", {"op": ">", "value": 5.0, "subject": "Drop rate"}),
    ("2. Drop rate > 5%", {"op": ">", "value": 5.0, "subject": "Drop rate"}),
    ("Queue depth is below 1,000", {"op": "<", "value": 1000.0, "unit": None, "subject": "Queue depth"}),
    ("Memory usage should not exceed 512MB", {"op": "<=", "value": 512.0, "unit": "MB", "subject": "Memory usage"}),
    ("between 90.0 and 95.0", {"low": 90.0, "high": 95.0, "op": None}),
    ("90-95%", {"low": 90.0, "high": 95.0, "unit": "%"}),
    ("between 1 and 5 seconds", {"low": 1.0, "high": 5.0, "unit": "s"}),
    ("(recommendation: 80.0-85.0)", {"low": 80.0, "high": 85.0, "subject": None}),
    ("DISK_LIMIT set (recommendation: 80.0-85.0)", {"low": 80.0, "high": 85.0, "subject": "DISK_LIMIT"}),
    ("within 2 minutes", {"op": "<=", "value": 2.0, "unit": "m", "subject": "duration"}),
    ("(within 5 minutes)", {"op": "<=", "value": 5.0, "unit": "m", "subject": "duration"}),
    ("Post-release verification (within 5 minutes):", {"value": 5.0, "unit": "m", "subject": "duration"}),
    ("Rollback completes in under 2 minutes", {"op": "<=", "value": 2.0, "unit": "m", "subject": "duration"}),
    ("Should complete within 30 seconds", {"op": "<=", "value": 30.0, "unit": "s", "subject": "duration"}),
]
ABSENCES = [
    ("# Should return empty", ""),
    ("Should be empty", ""),
    ("No output", ""),
    ("Expected: no output", ""),
    ("Expected: nothing", ""),
    ("returns an empty list", ""),
    ("no errors", "errors"),
    ("No errors in the startup logs", "errors"),
    ("zero errors", "errors"),
    ("0 errors", "errors"),
    ("Build completes without errors", "errors"),
    ("No warnings", "warnings"),
    ("No 500 errors", "500 errors"),
    ("no 5xx errors in logs", "5xx errors"),
    ("no connection errors", "connection errors"),
    ("no duplicate rows", "rows"),
    ("0 rows", "rows"),
    ("Should return 0 rows", "rows"),
    ("no results", "rows"),
    ("no failures", "failures"),
    ("All tests passing", "failures"),
    ("should not contain `password`", "password"),
]
COUNTS: list[tuple[str, dict[str, object]]] = [
    ("15/15 tests passing", {"value": 15, "total": 15, "noun": "tests", "op": "=="}),
    ("# Expected: 8/8 tests passing", {"value": 8, "total": 8, "noun": "tests"}),
    ("14 of 15 checks passed", {"value": 14, "total": 15, "noun": "checks"}),
    ("All 15 billing tests passing", {"value": 15, "noun": "tests", "op": "=="}),
    ("22+ tests", {"value": 22, "op": ">=", "noun": "tests"}),
    ("13 passing tests", {"value": 13, "noun": "tests"}),
    ("40 passed, 0 failed", {"value": 40, "noun": "tests"}),
    ("should be 61 (5 original + 56 new)", {"value": 61, "noun": None, "op": "=="}),
    ("Expected: 42", {"value": 42, "noun": None}),
    ("Should return 1,204", {"value": 1204}),
    ("All 5 tables created", {"value": 5, "noun": "tables"}),
    ("All 5 tables created:", {"value": 5, "noun": "tables"}),
    ("3 replicas running", {"value": 3, "noun": "replicas"}),
    ("at least 3 replicas", {"value": 3, "op": ">=", "noun": "replicas"}),
    ("exactly 12 rows", {"value": 12, "op": "==", "noun": "rows"}),
    ("no more than 2 warnings", {"value": 2, "op": "<=", "noun": "warnings"}),
    ("> 100 records", {"value": 100, "op": ">", "noun": "records"}),
    ("returns 200 items", {"value": 200, "noun": "items"}),
    ("0 vulnerabilities", {"value": 0, "noun": "vulnerabilities"}),
    ("3/3 ready", {"value": 3, "total": 3}),
]
SETTINGS = [
    ("DEBUG=false", "DEBUG", "false"),
    ("- [ ] FEATURE_LIVE=true", "FEATURE_LIVE", "true"),
    ('ENVIRONMENT set to "production"', "ENVIRONMENT", "production"),
    ("`LOG_LEVEL` is set to `info`", "LOG_LEVEL", "info"),
    ("vm.swappiness=10", "vm.swappiness", "10"),
]
VERSIONS = [
    ("Node.js >= 18.0.0", "18.0.0", "Node.js"),
    ("PostgreSQL >= 13.0", "13.0", "PostgreSQL"),
    ("Python 3.12+ available", "3.12", "Python"),
    ("Docker 24+ installed", "24", "Docker"),
    ("Redis 7 or higher", "7", "Redis"),
    ("widgetctl >= 2.4.1", "2.4.1", "widgetctl"),
    ("- [ ] Install PostgreSQL >= 15.2", "15.2", "PostgreSQL"),
    ("widgetctl version >= 2.4", "2.4", "widgetctl"),
]
FAILURES: list[tuple[str, Rule]] = [
    ("CORS error (blocked)", Contains(source="", text="CORS error", fails=True)),
    ("should fail with permission denied", Contains(source="", text="permission denied", fails=True)),
    ('Should fail with "quota exceeded"', Contains(source="", text="quota exceeded", fails=True)),
    ("connection refused expected", Contains(source="", text="connection refused", fails=True)),
    ("Expected: connection refused", Contains(source="", text="connection refused", fails=True)),
    ("should fail", Exit(source="", codes=(), fails=True)),
    ("exit code 2", Exit(source="", codes=(2,), fails=True)),
    ("Expected: exit code 0", Exit(source="", codes=(0,))),
    ("command succeeds", Exit(source="", codes=(0,))),
]
PEOPLE = [
    "",
    "   ",
    "Scores look right to the finance team",
    "Charts refresh smoothly",
    "Phase 2 complete",
    "Look through the error logs every 2 hours",
    "Step 3",
    "2025-10-22",
    "10:30",
    "Deploy v1.2.3",
    "v1.2.3",
    "Expected: the page loads",
    "Expected result: the user is signed in",
    "Result: looks good",
    "Deploy 3 replicas",
    "1. Add 4 workers",
    "2 engineers on call",
    "at least 2 reviewers approve",
    "5 minutes",
    "2-4 hours",
    "Steps 1-3",
    "64+ characters",
    "Secrets rotated (32+ characters, random)",
    "No critical bugs identified",
    "No memory leaks detected",
    "No API keys in the repository",
    "No console errors",
    "No errors in logs for 24 hours",
    "No growth > 10% over 24 hours",
    "No increase in error rates",
    "Uptime: 99.9% during the release window",
    "Response times within 10% of baseline",
    "All tabs update within 50ms",
    "Redis reconnects within 30 seconds",
    "Within 10 minutes: tell the stakeholders",
    "Estimate downtime (< 5 minutes expected)",
    "P95 < 200ms and error rate < 1%",
    "returns 200 and the body is valid",
    "must not return 500",
    "Runs on port 8080",
    "Open http://localhost:3000",
    "Run the scan: `npm run scan`",
    "`make deploy`",
    "Verify: `make check`",
    "Follow the logs: `tail -f app.log`",
    "exit 1",
    "Clicking save shows `Saved`",
    "shows `red` or `green`",
    "output contains the expected values",
    "13 passing tests covering the retry order",
    "All manual tests passing",
    "Live updates work (5-second refresh)",
    "Set MAX_USERS=<number>",
    "API_KEY=your-key-here",
    "TOKEN=...",
    "Error 500 is handled gracefully",
    "Monitor for 30 minutes",
    "Ticket #4521 closed",
    "Score >= 90.5 or manager's approval",
    "Should be stable, not growing",
    "Should match what was seen last week",
    "Should have indexes on name and time",
    "blocked",
    "should be rejected",
    "Ask {owner} to confirm",
    "See section [3]",
]


def compile_bare(text: str) -> Rule:
    return msgspec.structs.replace(compile_expectation(text), source="")


@pytest.mark.parametrize(("text", "rule"), TEXTS + FAILURES)
def test_texts_and_failures(text: str, rule: Rule) -> None:
    assert compile_bare(text) == rule


@pytest.mark.parametrize(("text", "pattern"), JSONS)
def test_json_subsets(text: str, pattern: object) -> None:
    rule = compile_expectation(text)
    assert isinstance(rule, Json)
    assert pattern is None or rule.pattern == pattern


def test_a_json_pattern_keeps_its_wildcards() -> None:
    rule = compile_expectation('Returns {"items": [{"id": ..., "name": "x"}, ...], "token": "ey...", ...}')
    assert isinstance(rule, Json)
    assert rule.pattern == {"items": [{"id": "...", "name": "x"}, "..."], "token": "ey..."}


@pytest.mark.parametrize(("text", "codes"), STATUSES)
def test_statuses(text: str, codes: tuple[int, ...]) -> None:
    assert compile_bare(text) == HttpStatus(source="", codes=codes)


@pytest.mark.parametrize(("text", "fields"), NUMBERS)
def test_numbers(text: str, fields: dict[str, object]) -> None:
    rule = compile_expectation(text)
    if fields == {"op": None}:
        assert isinstance(rule, Human), "words before the number say more than a threshold can"
        return
    assert isinstance(rule, Number)
    assert {name: getattr(rule, name) for name in fields} == fields


@pytest.mark.parametrize(("text", "what"), ABSENCES)
def test_absences(text: str, what: str) -> None:
    assert compile_bare(text) == Absence(source="", what=what)


@pytest.mark.parametrize(("text", "fields"), COUNTS)
def test_counts(text: str, fields: dict[str, object]) -> None:
    rule = compile_expectation(text)
    assert isinstance(rule, Count)
    assert {name: getattr(rule, name) for name in fields} == fields


@pytest.mark.parametrize(("text", "key", "value"), SETTINGS)
def test_settings(text: str, key: str, value: str) -> None:
    assert compile_bare(text) == Exact(source="", text=value, key=key)


@pytest.mark.parametrize(("text", "minimum", "subject"), VERSIONS)
def test_versions(text: str, minimum: str, subject: str) -> None:
    assert compile_bare(text) == Version(source="", minimum=minimum, subject=subject)


@pytest.mark.parametrize("text", PEOPLE)
def test_words_without_a_core_are_for_a_person(text: str) -> None:
    assert compile_expectation(text) == Human(source=text, question=text.strip())


@pytest.mark.parametrize(
    "dressing", ["", "- ", "* [ ] ", "- [x] ", "# ", "✅ ", "Verify: ", "Expected: ", "**Expected:** "]
)
def test_dressing_does_not_change_the_rule(dressing: str) -> None:
    assert compile_bare(f"{dressing}P95 < 200ms") == compile_bare("P95 < 200ms")


def test_bad_polarity_turns_only_thresholds_round() -> None:
    rule = compile_expectation("Error rate > 5%", polarity="bad")
    assert isinstance(rule, Number)
    assert rule.polarity == "bad"
    assert isinstance(compile_expectation("returns 500", polarity="bad"), Human)
    assert isinstance(compile_expectation("no output", polarity="bad"), Human)


def test_the_source_keeps_the_authors_words() -> None:
    assert compile_expectation("- [ ] **P95** < 200ms").source == "- [ ] **P95** < 200ms"


WORDS = st.sampled_from(
    [
        *"<>=≥{}[]()`\"'|:,.-+/%#*→",
        *("...", "200", "3.12", "15/15", "ms", "%", "tests", "no", "errors", "should", "return", "Expected:", "within"),
        *("between", "and", "or", "passing", "output", "contains", "OK", "rows", "fail with", "body has", "at least"),
    ]
)


@given(
    st.one_of(
        st.text(max_size=300), st.lists(WORDS, max_size=25).map(" ".join), st.lists(WORDS, max_size=25).map("".join)
    )
)
def test_any_text_compiles_to_a_rule_that_is_json(text: str) -> None:
    for polarity in ("good", "bad"):
        rule = compile_expectation(text, polarity=polarity)  # type: ignore[arg-type]
        assert rule.source == text
        assert type(msgspec.json.decode(msgspec.json.encode(rule), type=Rule)) is type(rule)


REPEATED = [
    *(
        "a",
        " ",
        "1",
        "1,000",
        "( ",
        "{",
        "[",
        '{"a":',
        '"',
        "`",
        "'",
        "\\",
        "200 ",
        "200 or ",
        "< ",
        "<1",
        "no ",
        "is ",
    ),
    *("1.", "a b ", "should ", "Expected: ", "responses have ", "all now is are ", "- [ ] ", "**", "returns ", "not "),
    *("p95 ", "1-", "'\"", "a_=", "_", "a-", "fail with ", "duplicate ", "tests (", "A", "v1."),
]


@pytest.mark.parametrize("unit", REPEATED)
def test_long_repetitions_end(unit: str) -> None:
    """A pattern that backtracks without bound would hang here; that is the failure."""
    text = unit * (2000 // len(unit))
    for tail in ("", "!", '"', "}", " 200", " < 5 x"):
        for lead in ("", "Expected: ", "returns ", "15 "):
            compile_expectation(f"{lead}{text[: 2000 - len(lead) - len(tail)]}{tail}")
