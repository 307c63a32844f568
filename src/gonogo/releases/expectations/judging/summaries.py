"""What a test runner said at its end: pytest, unittest, jest, vitest, mocha, node, cargo, go, rspec, phpunit."""

from __future__ import annotations

import re

import msgspec

from gonogo.releases.expectations.judging.answer import tail


class Summary(msgspec.Struct, frozen=True):
    """Tests passed and failed (errors among them), and those run in all; skipped ones are in neither."""

    passed: int
    failed: int

    def describe(self) -> str:
        """The summary as part of a sentence: "14 of 15 tests passed"."""
        return f"{self.passed} of {self.passed + self.failed} tests passed"


_PYTEST = re.compile(
    r"^=* ?((?:\d{1,9} (?:passed|failed|errors?|skipped|deselected|xfailed|xpassed|warnings?"
    r"|rerun)(?:, )?){1,9}) in \d[\d.]{0,12}s",
    re.MULTILINE,
)
_JEST = re.compile(r"^[ ]*Tests:?[ ]{1,20}((?:\d{1,9} \w{1,12}(?:, | \| )?){1,8})(?: ?\(\d{1,9}\))?[ ]*$", re.MULTILINE)
_CARGO = re.compile(r"^test result: \w+\. (\d{1,9}) passed; (\d{1,9}) failed;", re.MULTILINE)
_UNITTEST = re.compile(
    r"^Ran (\d{1,9}) tests? in [\d.]{1,12}s\s{1,8}(OK|FAILED)(?: \(([^)\n]{0,200})\))?", re.MULTILINE
)
_GO = re.compile(r"^[ ]{0,40}--- (PASS|FAIL): ", re.MULTILINE)
_MOCHA = re.compile(r"^[ ]{0,12}(\d{1,9}) (passing|failing)\b", re.MULTILINE)
_TAP = re.compile(r"^(?:#|ℹ) (pass|fail) (\d{1,9})[ ]*$", re.MULTILINE)
_RSPEC = re.compile(r"^(\d{1,9}) examples?, (\d{1,9}) failures?", re.MULTILINE)
_PHPUNIT = re.compile(
    r"^(?:OK \((?P<ok>\d{1,9}) tests?,|Tests: (?P<all>\d{1,9}), Assertions: \d{1,9}(?P<rest>[^\n]{0,200}))",
    re.MULTILINE,
)
_PAIR = re.compile(r"(\d{1,9}) (\w{1,12})")
_NAMED = re.compile(r"(\w{1,20})(?:=|: )(\d{1,9})")
_FAILED = ("failed", "error", "errors", "failures", "failing", "Failures", "Errors")


def read_summary(stdout: str, stderr: str = "") -> Summary | None:
    """Find the summary in the end of either output; None when no runner's is there."""
    for text in (tail(stdout), tail(stderr)):
        for read in (_read_pytest, _read_jest, _read_cargo, _read_unittest, _read_small, _read_go):
            summary = read(text)
            if summary is not None:
                return summary
    return None


def _read_pytest(text: str) -> Summary | None:
    found = _PYTEST.findall(text)
    return _sum_pairs(_PAIR.findall(found[-1])) if found else None


def _read_jest(text: str) -> Summary | None:
    found = _JEST.findall(text)
    return _sum_pairs(_PAIR.findall(found[-1])) if found else None


def _sum_pairs(pairs: list[tuple[str, str]]) -> Summary:
    counts = {name: int(count) for count, name in pairs}
    return Summary(counts.get("passed", 0), sum(counts.get(name, 0) for name in _FAILED))


def _read_cargo(text: str) -> Summary | None:
    found = _CARGO.findall(text)
    return Summary(sum(int(passed) for passed, _ in found), sum(int(failed) for _, failed in found)) if found else None


def _read_unittest(text: str) -> Summary | None:
    found = _UNITTEST.findall(text)
    if not found:
        return None
    ran, _, rest = found[-1]
    counts = {name: int(count) for name, count in _NAMED.findall(rest)}
    failed = sum(counts.get(name, 0) for name in _FAILED)
    return Summary(int(ran) - failed - counts.get("skipped", 0), failed)


def _read_small(text: str) -> Summary | None:
    mocha = {name: int(count) for count, name in _MOCHA.findall(text)}
    if mocha:
        return Summary(mocha.get("passing", 0), mocha.get("failing", 0))
    tap = {name: int(count) for name, count in _TAP.findall(text)}
    if tap:
        return Summary(tap.get("pass", 0), tap.get("fail", 0))
    rspec = _RSPEC.findall(text)
    if rspec:
        return Summary(int(rspec[-1][0]) - int(rspec[-1][1]), int(rspec[-1][1]))
    return _read_phpunit(text)


def _read_phpunit(text: str) -> Summary | None:
    match = _PHPUNIT.search(text)
    if match is None:
        return None
    counts = {name: int(count) for name, count in _NAMED.findall(match["rest"] or "")}
    failed = sum(counts.get(name, 0) for name in _FAILED)
    return Summary(int(match["ok"] or match["all"]) - failed, failed)


def _read_go(text: str) -> Summary | None:
    found = _GO.findall(text)
    return Summary(found.count("PASS"), found.count("FAIL")) if found else None
