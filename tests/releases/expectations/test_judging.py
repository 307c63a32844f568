"""Rules held against the outputs that real programs leave behind."""

from __future__ import annotations

import msgspec
import pytest

from gonogo.releases.evidence import Evidence, Verdict
from gonogo.releases.expectations import compile_expectation, judge

PYTEST = "tests/test_a.py ....\n\n======= 15 passed, 2 skipped in 0.42s =======\n"
PYTEST_BAD = "FAILED tests/test_a.py::test_b - assert 1 == 2\n=== 1 failed, 14 passed in 1.20s ===\n"
JEST = "Test Suites: 2 passed, 2 total\nTests:       15 passed, 15 total\nSnapshots:   0 total\n"
JEST_BAD = "Tests:       1 failed, 14 passed, 15 total\n"
VITEST = " Test Files  2 passed (2)\n      Tests  15 passed (15)\n"
CARGO = (
    "test result: ok. 10 passed; 0 failed; 0 ignored; 0 measured\n"
    "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured\n"
)
UNITTEST = "...............\n------\nRan 15 tests in 0.004s\n\nOK\n"
UNITTEST_BAD = "Ran 15 tests in 0.004s\n\nFAILED (failures=1, errors=1)\n"
GO = "=== RUN   TestA\n--- PASS: TestA (0.00s)\n" * 15 + "ok  \texample/pkg\t0.012s\n"
MOCHA = "  15 passing (20ms)\n"
NODE = "# tests 15\n# pass 15\n# fail 0\n"
RSPEC = "15 examples, 0 failures\n"
PHPUNIT = "OK (15 tests, 30 assertions)\n"
PSQL = " count \n-------\n    78\n(1 row)\n"
PSQL_ROWS = "  name   | age\n---------+-----\n ada     |  36\n grace   |  45\n(2 rows)\n"
KUBE_DEPLOY = "NAME      READY   UP-TO-DATE   AVAILABLE   AGE\nworker    3/3     3            3           2m\n"
KUBE_PODS = (
    "NAME        READY   STATUS             RESTARTS   AGE\nw-1   1/1     Running            0          1m\n"
    "w-2   1/1     Running            0          1m\nw-3   0/1     CrashLoopBackOff   4          1m\n"
)
HEADERS = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"
MARK = "\n[gonogo] http_code={} time_s=0.125000\n"


def run(
    text: str,
    stdout: str = "",
    *,
    command: str = "./check",
    stderr: str = "",
    code: int | None = 0,
    seconds: float = 1.0,
    polarity: str = "good",
    http_status: int | None = None,
) -> Verdict:
    rule = compile_expectation(text, polarity=polarity)  # type: ignore[arg-type]
    evidence = Evidence(
        command=command, stdout=stdout, stderr=stderr, exit_code=code, duration_s=seconds, http_status=http_status
    )
    return judge(rule, evidence)


@pytest.mark.parametrize(
    "output", [PYTEST, JEST, VITEST, CARGO, UNITTEST, GO, MOCHA, NODE, RSPEC, PHPUNIT, "15 passed in 0.4s\n"]
)
def test_every_runners_summary_is_read(output: str) -> None:
    for verdict in (run("15/15 tests passing", output), run("15/15 tests passing", stderr=output)):
        assert (verdict.outcome, verdict.why) == ("pass", "15 of 15 tests passed")


@pytest.mark.parametrize(
    ("output", "seen"),
    [(PYTEST_BAD, "got 14, 1 failed"), (JEST_BAD, "got 14, 1 failed"), (UNITTEST_BAD, "got 13, 2 failed")],
)
def test_failed_tests_fail(output: str, seen: str) -> None:
    verdict = run("All 15 billing tests passing", output, code=1)
    assert verdict.outcome == "fail"
    assert seen in verdict.why
    assert "the command failed with exit code 1" in verdict.why
    assert run("10+ tests", output, code=0).outcome == "fail"


def test_more_tests_than_asked_for() -> None:
    assert run("10+ tests", PYTEST).outcome == "pass"
    assert run("16+ tests", PYTEST).why == "expected >= 16 tests, got 15"
    assert run("16/16 tests passing", PYTEST).outcome == "fail"
    assert run("All tests passing", PYTEST).outcome == "pass"
    assert run("All tests passing", PYTEST_BAD).outcome == "fail"


@pytest.mark.parametrize("output", ["78\n", PSQL, "count(*)\n78\n", "78", "Total settings: 78\n", "  78  \n"])
def test_counts_are_found(output: str) -> None:
    assert run("should be 78 (5 original + 73 new)", output).outcome == "pass"
    verdict = run("should be 77", output)
    assert (verdict.outcome, verdict.why, verdict.seen) == ("fail", "expected 77, got 78", "78")


@pytest.mark.parametrize(
    ("text", "output", "outcome"),
    [
        ("exactly 2 rows", PSQL_ROWS, "pass"),
        ("exactly 3 rows", PSQL_ROWS, "fail"),
        ("3 replicas running", KUBE_DEPLOY, "pass"),
        ("3 pods running", KUBE_PODS, "fail"),
        ("2 pods running", KUBE_PODS, "pass"),
        ("at least 3 workers", "started 4 workers on 2 hosts\n", "pass"),
        ("5 tables", "tables: 5\n", "pass"),
        ("0 vulnerabilities", "found 0 vulnerabilities\n", "pass"),
        ("0 vulnerabilities", "found 3 vulnerabilities\n", "fail"),
        ("3 services running", "web up\ndb up\n", "no_data"),
        ("Expected: 4", "between 3 and 4\n", "no_data"),
        ("Expected: 4", "", "no_data"),
    ],
)
def test_counts_of_things(text: str, output: str, outcome: str) -> None:
    assert run(text, output).outcome == outcome


@pytest.mark.parametrize(
    ("text", "output", "outcome"),
    [
        ("Expected: `ready`", "ready\n", "pass"),
        ("Expected: `ready`", '"ready"\n', "pass"),
        ("Expected: `ready`", "\x1b[32mready\x1b[0m\n", "pass"),
        ("Expected: `ready`", "not ready\n", "fail"),
        ("Expected: `ready`", "", "fail"),
        ("output contains ready", "it is ready now\n", "pass"),
        ("output contains ready", "it is Ready now\n", "fail"),
        ("DEBUG=false", "PORT=80\nDEBUG=false\n", "pass"),
        ("DEBUG=false", "export DEBUG='true'\n", "fail"),
        ("DEBUG=false", "DEBUG=false\nDEBUG=true\n", "fail"),
        ("DEBUG=false", "PORT=80\n", "no_data"),
        ("DEBUG=false", "NODEBUG=false\n", "no_data"),
    ],
)
def test_texts(text: str, output: str, outcome: str) -> None:
    assert run(text, output).outcome == outcome


def test_a_printed_variable_is_its_value() -> None:
    assert run("DEBUG=false", "false\n", command="echo $DEBUG").outcome == "pass"
    assert run("DEBUG=false", "true\n", command="printenv DEBUG").why == "expected DEBUG to be 'false', got 'true'"


def test_what_was_seen_is_said() -> None:
    assert run("Expected: `ready`", "starting\n").why == "expected 'ready', got 'starting'"
    assert run("Expected: `ready`", "").why == "expected 'ready', and there was no output"


@pytest.mark.parametrize(
    ("text", "body", "outcome"),
    [
        ('{"status": "ok", ...}', '{"status":"ok","uptime":4}', "pass"),
        ("{status: ok}", '{"status":"down"}', "fail"),
        ("{status: ok}", '{"state":"ok"}', "fail"),
        ("{status: ok}", "it works", "fail"),
        ("{status: ok}", "", "fail"),
        ("{id: ..., tags: [a, ...]}", '{"id":7,"tags":["a","b"]}', "pass"),
        ("{tags: [a]}", '{"tags":["a","b"]}', "fail"),
        ("{token: 'ey...Q'}", '{"token":"eyAbcQ"}', "pass"),
        ("{token: 'ey...Q'}", '{"token":"eyAbc"}', "fail"),
        ("{count: 1}", '{"count":true}', "fail"),
        ("{count: 1}", '{"count":1.0}', "pass"),
        ("{ready: true, error: null}", '{"ready":true,"error":null}', "pass"),
        ("{status: ok}", HEADERS + '{"status":"ok"}', "pass"),
        ("{status: ok}", 'checking…\n{"status": "ok"}\n', "pass"),
        ('All responses have status: "success"', '{"status":"success"}\n{"status":"success"}', "pass"),
        ('All responses have status: "success"', '{"status":"success"}{"status":"error"}', "fail"),
        ("{status: ok}", "[" * 100_000, "fail"),
    ],
)
def test_json(text: str, body: str, outcome: str) -> None:
    assert run(text, body).outcome == outcome


def test_json_says_where_it_differs() -> None:
    verdict = run("{data: {items: [{name: x}]}}", '{"data":{"items":[{"name":"y"}]}}')
    assert verdict.why == 'data.items[0].name is "y", expected "x"'


def test_a_matching_body_of_an_error_response_fails() -> None:
    assert run("{status: ok}", '{"status":"ok"}', command="curl x", stderr=MARK.format(500)).outcome == "fail"


@pytest.mark.parametrize(
    ("stdout", "stderr", "command", "code", "outcome"),
    [
        ("{}", MARK.format(200), "curl http://x", 0, "pass"),
        ("{}", MARK.format(500), "curl http://x", 0, "fail"),
        ("{}{}", MARK.format(200) + MARK.format(500), "curl http://x http://y", 0, "fail"),
        ("", MARK.format("000"), "curl http://x", 7, "fail"),
        (HEADERS + "{}", "", "curl -i http://x", 0, "pass"),
        ("HTTP/2 301\r\nlocation: y\r\n\r\nHTTP/2 200\r\n\r\n", "", "curl -sIL http://x", 0, "pass"),
        ("", "< HTTP/1.1 404 Not Found\r\n", "curl -v http://x", 0, "fail"),
        ("200", "", "curl -s -o /dev/null -w '%{http_code}' http://x", 0, "pass"),
        ("503\n", "", "curl -s -o /dev/null -w '%{http_code}' http://x", 0, "fail"),
        ('{"n": 404}\n200', "", "curl -s -w '\\n%{http_code}' http://x", 0, "pass"),
        ("{}", "", "curl -fsS http://x", 0, "pass"),
        ("", "curl: (22) The requested URL returned error: 404\n", "curl -fsS http://x", 22, "fail"),
        ("", "", "curl -sf http://x", 22, "fail"),
        ('{"status": 200}', "", "curl -s http://x", 0, "human"),
        ("", "", "curl -s http://x", 7, "fail"),
        ("fine", "", "./probe", 0, "human"),
    ],
)
def test_http_status(stdout: str, stderr: str, command: str, code: int, outcome: str) -> None:
    assert run("returns 200 OK", stdout, stderr=stderr, command=command, code=code).outcome == outcome


def test_an_expected_error_status_forgives_the_exit_of_curl_f() -> None:
    stderr = "curl: (22) The requested URL returned error: 401\n"
    assert run("Should return 401", stderr=stderr, command="curl -f x", code=22).outcome == "pass"
    assert run("Should return 401", stderr=stderr, command="curl -f x", code=6).outcome == "fail"
    assert run("Should return 401", command="curl -f x", code=0).outcome == "fail"
    assert run("Should return 401", command="curl -f x", code=22).outcome == "human"


def test_the_runner_may_supply_the_status() -> None:
    assert run("returns 200", "{}", command="curl x", http_status=200).why == "got HTTP 200, as expected"
    assert run("returns 200 or 204", "{}", http_status=500).why == "expected HTTP 200 or 204, got HTTP 500"


@pytest.mark.parametrize(
    ("text", "stdout", "outcome"),
    [
        ("P95 < 200ms", "p50=80ms p95=180ms p99=400ms\n", "pass"),
        ("P95 < 200ms", "http_req_duration: avg=9ms p(90)=0.1s p(95)=0.25s\n", "fail"),
        ("P95 latency < 5s", "p95: 4200 ms\n", "pass"),
        ("Error rate < 5%", "error rate: 1.2%\nsuccess rate: 98.8%\n", "pass"),
        ("Error rate < 5%", "error rate: 7%\nsuccess rate: 93%\n", "fail"),
        ("> 95%", "97.2%\n", "pass"),
        ("> 95%", "hits 97%, misses 3%\n", "no_data"),
        ("> 95%", "97.2\n", "no_data"),
        ("> 95%", "97\n", "human"),
        ("> 95%", "done\n", "no_data"),
        ("at least 3", "4\n", "pass"),
        ("at least 3", "2\n", "fail"),
        ("at least 3", " count \n-------\n     2\n(1 row)\n", "fail"),
        ("between 90.0 and 95.0", "92.5\n", "pass"),
        ("between 90.0 and 95.0", "95.1\n", "fail"),
        ("90-95%", "95%\n", "pass"),
        ("< 500MB", "0.4GB\n", "pass"),
        ("> 100 req/s", "150 req/s\n", "pass"),
        ("> 100 requests/s", "150 requests/s\n", "pass"),
    ],
)
def test_numbers(text: str, stdout: str, outcome: str) -> None:
    assert run(text, stdout).outcome == outcome


def test_bad_polarity_fails_when_the_comparison_is_true() -> None:
    assert run("Error rate > 5%", "error rate: 7%\n", polarity="bad").outcome == "fail"
    verdict = run("Error rate > 5%", "error rate: 1%\n", polarity="bad")
    assert (verdict.outcome, verdict.why) == ("pass", "Error rate is 1%, not > 5%")


def test_times_come_from_time_and_from_a_watched_curl() -> None:
    assert run("< 200ms", stderr="\nreal\t0m0.125s\nuser\t0m0.001s\nsys\t0m0.002s\n").seen == "125ms"
    assert run("< 100ms", "{}", stderr=MARK.format(200), command="curl x").outcome == "fail"


def test_deadlines_are_held_against_the_commands_own_time() -> None:
    assert run("within 2 minutes", seconds=100.0).outcome == "pass"
    verdict = run("within 2 minutes", seconds=150.0)
    assert (verdict.outcome, verdict.why) == ("fail", "it took 2.5m, not <= 2m")


@pytest.mark.parametrize(
    ("text", "stdout", "stderr", "outcome"),
    [
        ("Should return empty", "", "", "pass"),
        ("Should return empty", " \n", "\n", "pass"),
        ("Should return empty", "a\n", "", "fail"),
        ("Should return empty", "", "a warning\n", "fail"),
        ("Should return empty", "", MARK.format(200), "pass"),
        ("0 rows", "", "", "pass"),
        ("0 rows", "(0 rows)\n", "", "pass"),
        ("0 rows", " key | n\n-----+---\n(0 rows)\n", "", "pass"),
        ("0 rows", "0\n", "", "pass"),
        ("0 rows", "key|2\n", "", "fail"),
        ("no duplicate rows", PSQL_ROWS, "", "fail"),
        ("0 rows", PSQL.replace("78", " 0"), "", "pass"),
        ("no errors", "started\n", "", "pass"),
        ("no errors", "0 errors, 3 warnings\n", "", "pass"),
        ("no errors", 'no errors found\nerror_rate=0\n{"errors": []}\n', "", "pass"),
        ("no errors", "ERROR: disk full\n", "", "fail"),
        ("no errors", "0 errors so far; fatal: it broke\n", "", "fail"),
        ("no errors", "", "Traceback (most recent call last):\n", "fail"),
        ("no errors", "raised ValueError: x\n", "", "fail"),
        ("no warnings", "error: x\n", "", "pass"),
        ("no warnings", "DeprecationWarning: x\n", "", "fail"),
        ("No 500 errors", "GET /a 200\nGET /b 404\n", "", "pass"),
        ("No 500 errors", "GET /a 500\n", "", "fail"),
        ("No 500 errors", "took 500ms, 1500 bytes\n", "", "pass"),
        ("no 5xx errors", "GET /a 503\n", "", "fail"),
        ("no connection errors", "connection opened\n", "", "pass"),
        ("no connection errors", "connection refused\n", "", "fail"),
        ("should not contain `hunter2`", "pw=***\n", "", "pass"),
        ("should not contain `hunter2`", "pw=hunter2\n", "", "fail"),
        ("no failures", PYTEST_BAD, "", "fail"),
    ],
)
def test_absences(text: str, stdout: str, stderr: str, outcome: str) -> None:
    assert run(text, stdout, stderr=stderr).outcome == outcome


def test_a_search_that_finds_nothing_exits_1_rightly() -> None:
    assert run("Should return empty", command="grep -r secret src", code=1).outcome == "pass"
    assert run("Should return empty", command="grep -r secret src", code=2).outcome == "fail"
    assert run("Should return empty", command="./secrets", code=1).outcome == "fail"
    assert run("Should return empty", "a\n", command="grep a b", code=0).outcome == "fail"
    assert run("Should return empty", stderr="grep: b: Is a directory\n", command="grep a b", code=1).outcome == "fail"


def test_curls_progress_meter_is_no_output() -> None:
    meter = "  % Total    % Received % Xferd  Average Speed\n                                 Dload  Upload\n"
    meter += "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n"
    assert run("no output", stderr=meter + MARK.format(204), command="curl x").outcome == "pass"


@pytest.mark.parametrize(
    ("stdout", "stderr", "outcome"),
    [
        ("Python 3.12.4\n", "", "pass"),
        ("Python 3.9.18\n", "", "fail"),
        ("Python 3.12\n", "", "pass"),
        ("", "Python 3.13.0\n", "pass"),
        ("pip 21.0\nPython 3.12.1\n", "", "pass"),
        ("command found\n", "", "no_data"),
    ],
)
def test_versions(stdout: str, stderr: str, outcome: str) -> None:
    assert run("Python 3.12+ available", stdout, stderr=stderr).outcome == outcome


def test_versions_in_other_programs_words() -> None:
    assert run("Node.js >= 18.0.0", "v20.11.1\n").outcome == "pass"
    assert run("PostgreSQL >= 13.0", "psql (PostgreSQL) 15.4 (Debian 15.4-1)\n").outcome == "pass"
    assert run("Go >= 1.22", "go version go1.21.5 linux/amd64\n").outcome == "fail"


def test_expected_failures_must_fail_and_say_so() -> None:
    assert run("should fail with permission denied", stderr="cat: x: Permission denied\n", code=1).outcome == "pass"
    assert run("should fail with permission denied", stderr="cat: x: No such file\n", code=1).outcome == "fail"
    verdict = run("should fail with permission denied", "permission denied, ignored\n", code=0)
    assert verdict.outcome == "fail"
    assert "was expected to fail and exited 0, and said 'permission denied'" in verdict.why
    assert run("should fail", code=3).outcome == "pass"
    assert run("should fail", code=0).outcome == "fail"
    assert run("exit code 2", code=2).outcome == "pass"
    assert run("exit code 2", code=1).outcome == "fail"


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ("HTTP/1.1 200 OK\r\n\r\n", "pass"),
        ("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://good.test\r\n\r\n", "pass"),
        ("HTTP/1.1 200 OK\r\naccess-control-allow-origin: https://evil.test\r\n\r\n", "fail"),
        ("HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\n\r\n", "fail"),
        ("just the body", "human"),
    ],
)
def test_cors_is_judged_by_its_header(headers: str, outcome: str) -> None:
    command = "curl -i -H 'Origin: https://evil.test' http://x/api"
    assert run("CORS error (blocked)", headers, command=command).outcome == outcome


@pytest.mark.parametrize(
    ("text", "stdout"),
    [
        ("Expected: `ready`", "ready"),
        ("output contains ready", "ready"),
        ("> 95%", "97%"),
        ("{a: 1}", '{"a":1}'),
        ("no errors", ""),
    ],
)
def test_a_failing_exit_code_fails_what_would_pass(text: str, stdout: str) -> None:
    assert run(text, stdout, code=0).outcome == "pass"
    verdict = run(text, stdout, code=3)
    assert verdict.outcome == "fail"
    assert verdict.why.endswith("but the command failed with exit code 3")


def test_a_timeout_fails_and_an_unseen_end_is_no_data() -> None:
    rule = compile_expectation("no output")
    late = Evidence(command="x", timed_out=True, duration_s=30.0)
    assert judge(rule, late) == Verdict(outcome="fail", why="timed out after 30s", seen="timed out")
    assert judge(rule, Evidence(command="x", exit_code=None)).outcome == "no_data"


def test_a_question_stays_a_question() -> None:
    verdict = run("Looks right to the finance team", "yes", code=1)
    assert verdict == Verdict(outcome="human", why="a person decides: Looks right to the finance team")


def test_a_version_in_front_of_the_words_does_not_deny_them() -> None:
    rule = compile_expectation('Should contain "listens on port"')
    evidence = Evidence(command="hello start", stdout="hello 1.1.0 listens on port 45751\n", exit_code=0)
    assert judge(rule, evidence).outcome == "pass"
    assert judge(rule, msgspec.structs.replace(evidence, stdout="hello is not, 0 listens on port\n")).outcome == "fail"


@pytest.mark.parametrize(("cut", "outcome"), [(False, "pass"), (True, "human")])
def test_no_line_is_missed_where_a_part_was_not_kept(cut: bool, outcome: str) -> None:
    seen = Evidence(command="make import", stdout="imported\n" * 3, exit_code=0, cut=cut)
    assert judge(compile_expectation("no errors"), seen).outcome == outcome
    assert judge(compile_expectation('should contain "imported"'), seen).outcome == "pass"
