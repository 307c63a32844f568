"""Signs that an exit code of 0 hides: a pipe whose first command failed, an SQL error, an HTTP 500 that curl took."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.command_line import split_pipe
from gonogo.releases.expectations.http import find_http_statuses, is_curl
from gonogo.releases.expectations.judging.answer import shorten, tail
from gonogo.releases.expectations.judging.finders import answers_of

_SIGPIPE = 141
_FIRST_ERROR = 400
_SQL = re.compile(r"(?:^|[\s;&|(/])(?:psql|mysql|mariadb|sqlcmd|sqlplus|cockroach sql|clickhouse-client)(?:\s|$)")
_SQL_ERROR = re.compile(
    r"^(?:psql:[^\n]{0,300}: )?(?:ERROR|FATAL|PANIC)(?: \d+ \([^)\n]{1,10}\))?:[^\n]{0,300}|^(?:ORA"
    r"|SP2)-\d{4,5}:[^\n]{0,300}",
    re.MULTILINE,
)
_UNSEEN = re.compile(r"2>\s*/dev/null|&>\s*\S|>\s*\S+\s+2>&1")
_WRITES = re.compile(
    r"\s(?:-X\s*|--request[= ])[\"']?(?:POST|PUT|PATCH|DELETE)|\s(?:-d|-F|-T|--data(?:-\w+)?|--form"
    r"|--upload-file|--json)\b",
    re.IGNORECASE,
)
_FAIL_FLAG = re.compile(r"\s(?:-[A-Za-eg-z]*f[A-Za-z]*|--fail(?:-with-body|-early)?)(?=\s|$)")
_WRITTEN = re.compile(r"%\{(?:http_code|response_code)\}")
_BARE_STATUS = re.compile(r"\s*([0-5]\d\d)\s*\Z")
_POLLS = re.compile(r"(?:^|[\s;&|(])(?:until|while)\s|\bbreak\b")
_OWN_STATUS = re.compile(r"PIPESTATUS|pipestatus")


def find_weakness(evidence: Evidence) -> str | None:
    """Name what speaks against an exit code of 0, in one sentence; None when nothing does."""
    return _find_failed_part(evidence) or _find_sql_error(evidence) or _find_http_error(evidence)


def _find_failed_part(evidence: Evidence) -> str | None:
    """A part of the last pipe that failed before its end; a search that found nothing has not failed."""
    codes = evidence.pipe_codes[:-1]
    if not any(codes) or _OWN_STATUS.search(evidence.command):
        return None
    parts = split_pipe(evidence.command)
    known = len(parts) == len(evidence.pipe_codes)
    for at, code in enumerate(codes):
        if code in (0, _SIGPIPE) or (known and code in answers_of(parts[at])[0]):
            continue
        name = f"{shorten(parts[at])!r}" if known else f"part {at + 1} of the pipe"
        return f"{name} failed with exit code {code}, and the pipe hides it"
    return None


def _find_sql_error(evidence: Evidence) -> str | None:
    if not _SQL.search(evidence.command):
        return None
    for output in (evidence.stderr, evidence.stdout):
        match = _SQL_ERROR.search(tail(output))
        if match is not None:
            return f"the SQL client exited 0 in spite of {shorten(match.group())!r}"
    if _UNSEEN.search(evidence.command) and not evidence.stderr and re.search(r"\s-f\s|<\s*\S", evidence.command):
        return "the SQL client exits 0 in spite of errors, and the command hides what it says"
    return None


def _find_http_error(evidence: Evidence) -> str | None:
    if evidence.exit_code != 0 or not is_curl(evidence.command):
        return None
    seen = list_statuses(evidence)
    bad = [code for code in seen if code == 0 or code >= _FIRST_ERROR]
    if bad:
        return f"curl exited 0, but the answer was HTTP {bad[0]}" if bad[0] else "curl got no response"
    if not seen and _WRITES.search(evidence.command) and not _FAIL_FLAG.search(evidence.command):
        return "curl without -f exits 0 even when the request is refused, and its HTTP status was not seen"
    return None


def list_statuses(evidence: Evidence) -> list[int]:
    """The HTTP statuses that count: all of them, or the last where the command asks again until it is content."""
    seen = find_http_statuses(evidence.stderr) or ([] if evidence.http_status is None else [evidence.http_status])
    if not seen and _WRITTEN.search(evidence.command):
        match = _BARE_STATUS.match(evidence.stdout[:64])
        seen = [int(match[1])] if match is not None and len(evidence.stdout) <= 64 else []
    return seen[-1:] if _POLLS.search(evidence.command) else seen
