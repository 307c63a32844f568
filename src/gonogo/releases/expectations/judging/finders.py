"""Programs whose exit code is an answer: 1 of ``grep`` says "found nothing", 3 of ``systemctl is-active`` says no."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.command_line import split_pipe


class _Finder(msgspec.Struct, frozen=True):
    """``codes`` are the answers "no"; ``lists`` says that an empty output with exit code 0 is "nothing" as well."""

    programs: str
    codes: tuple[int, ...]
    lists: bool = True


_FINDERS = (
    _Finder(r"(?:e|f|z|xz|bz)?grep|rg|ag|ack|git\s+grep|pgrep|pidof|pkill", (1,)),
    _Finder(
        r"find|ls|docker\s+(?:container\s+|image\s+|volume\s+|network\s+)?(?:ps|ls|images)|kubectl\s+get|helm\s+list",
        (),
    ),
    _Finder(r"diff|cmp|git\s+diff|comm|colordiff|kubectl\s+diff", (1,)),
    _Finder(r"systemctl\s+(?:--\w+\s+)*(?:is-active|is-enabled|is-failed|status)", (1, 3, 4), lists=False),
    _Finder(r"service\s+\S+\s+status|pg_isready|pg_ctl\s+status", (1, 2, 3, 4), lists=False),
    _Finder(r"test|\[|\[\[|command\s+-v|which|type|id|getent|lsof|fuser|nc|ncat|host|nslookup", (1, 2)),
    _Finder(r"docker\s+(?:\w+\s+)?inspect|docker\s+port|crontab\s+-l|ufw\s+status|git\s+rev-parse", (1,), lists=False),
    _Finder(
        r"npm\s+audit|pip-audit|trivy|yarn\s+audit|pnpm\s+audit|safety|bandit|gitleaks|trufflehog", (1,), lists=False
    ),
)
_PATTERNS = tuple((re.compile(rf"(?:\S*/)?(?:{each.programs})(?=\s|$)"), each) for each in _FINDERS)


def find_answers(command: str) -> tuple[tuple[int, ...], bool]:
    """The exit codes that say "no" and nothing worse, and whether an empty output says "nothing".

    Of a pipe or a list the last command decides, since its exit code is what was seen.
    """
    return answers_of(split_pipe(command)[-1])


@lru_cache(maxsize=256)
def answers_of(part: str) -> tuple[tuple[int, ...], bool]:
    """The same for one part of a pipe."""
    found = [finder for pattern, finder in _PATTERNS if pattern.match(part)]
    codes = {code for finder in found for code in finder.codes}
    return tuple(sorted(codes)), any(finder.lists for finder in found)


def forgive(evidence: Evidence) -> tuple[int, ...]:
    """The exit codes that say nothing against a rule, given what the command looks for."""
    return find_answers(evidence.command)[0]


def looks_for(command: str, code: int | None) -> bool:
    """Whether a command that printed nothing and ended so has looked for something and not found it."""
    codes, lists = find_answers(command)
    return code in codes or (lists and code == 0)
