"""How curl's own HTTP status is had without touching its command: a private ``.curlrc`` makes it say so on stderr.

Point ``CURL_HOME`` at a folder whose ``.curlrc`` holds ``compose_curlrc(own)`` and every curl of the session (7.63 or
newer) ends with a line ``[gonogo] http_code=200 time_s=0.012`` on stderr; stdout stays byte for byte what it was. A
``-w`` of the command's own, or ``-q`` first, wins over it: then nothing is known here.
"""

from __future__ import annotations

import re

CURLRC = 'write-out = "%{stderr}\\n[gonogo] http_code=%{http_code} time_s=%{time_total}\\n"\n'
_MARKER = re.compile(r"\n?^\[gonogo\] http_code=(\d{3}) time_s=(\d{1,9}(?:[.,]\d{1,9})?)\r?\n?", re.MULTILINE)
_METER = re.compile(
    r"^(?:  % Total .*| +Dload .*|[ \r]*\d+ .*--:--:--.*|[ \r]*\d+ [^\n]*\d+:\d\d:\d\d.*)\n?", re.MULTILINE
)
_STATUS_LINE = re.compile(r"^(?:< )?HTTP/[\d.]{1,3} ([1-5]\d\d)\b", re.MULTILINE)
_FAILED = re.compile(r"^curl: \(22\) [^\n]{0,100}?\b([45]\d\d)\b", re.MULTILINE)
_CURL = re.compile(r"(?:^|[\s;&|(`])curl(?:\s|$)")
_REDIRECTED = re.compile(r"2>&1|&>|\|&")


def compose_curlrc(own: str = "") -> str:
    """The text for the private ``.curlrc``; the user's own file goes last, so that its settings stay in force."""
    return f"{CURLRC}\n{own}" if own else CURLRC


def can_watch(command: str) -> bool:
    """Say whether a command may have the private ``.curlrc``: not when it sends stderr where stdout goes."""
    return _CURL.search(command) is not None and _REDIRECTED.search(command) is None


def find_http_status(stderr: str) -> int | None:
    """The last status a watched curl left on stderr; 0 when it got no response at all, None when nothing was said."""
    found = find_http_statuses(stderr)
    return found[-1] if found else None


def find_http_statuses(stderr: str) -> list[int]:
    """Every status the watched curls of one command left on stderr, in order."""
    return [int(match[1]) for match in _MARKER.finditer(stderr)]


def find_http_times(stderr: str) -> list[float]:
    """The total time of each watched transfer, in seconds."""
    return [float(match[2].replace(",", ".")) for match in _MARKER.finditer(stderr)]


def strip_markers(stderr: str) -> str:
    """Stderr as the command would have left it by itself."""
    return _MARKER.sub("", stderr)


def strip_meter(stderr: str) -> str:
    """Stderr without the markers and without curl's progress meter: what is left was said on purpose."""
    return _METER.sub("", strip_markers(stderr)) if "% Total" in stderr else strip_markers(stderr)


def read_status_lines(output: str) -> list[int]:
    """The statuses of ``curl -i``, ``-I`` or ``-v``; a redirect's or an interim one is followed by the last."""
    return [int(code) for code in _STATUS_LINE.findall(output)]


def read_failure(stderr: str) -> int | None:
    """The status that made ``curl -f`` fail, from its own message."""
    match = _FAILED.search(stderr)
    return int(match[1]) if match is not None else None


def is_curl(command: str) -> bool:
    """Say whether the command runs curl."""
    return _CURL.search(command) is not None
