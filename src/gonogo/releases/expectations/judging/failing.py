"""Success by failure: the command has to fail, and to say why in one of the ways that programs say it."""

from __future__ import annotations

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.http import strip_meter
from gonogo.releases.expectations.judging.answer import Answer, answer, clean, shorten
from gonogo.releases.expectations.judging.cors import judge_cors
from gonogo.releases.expectations.judging.finders import looks_for
from gonogo.releases.expectations.judging.wording import has_words
from gonogo.releases.rules import Contains

_NOT_STARTED = (126, 127)
# One reason, as different programs word it.
_WORDINGS: dict[str, tuple[str, ...]] = {
    "does not exist": (
        *("does not exist", "doesn't exist", "no such", "not found", "notfound", "cannot find", "can't find"),
        *(
            "could not find",
            "cannot access",
            "unknown",
            "did not match",
            "not exist",
            "no matches",
            "no resources found",
        ),
    ),
    "not found": ("not found", "notfound", "no such", "does not exist", "doesn't exist", "could not find", "404"),
    "connection refused": ("connection refused", "econnrefused", "couldn't connect", "could not connect"),
    "timeout": ("timeout", "timed out", "time out", "etimedout"),
    "timed out": ("timeout", "timed out", "time out", "etimedout"),
    "permission denied": ("permission denied", "eacces", "access denied", "not permitted"),
    "unauthorized": ("unauthorized", "unauthorised", "401", "authentication required"),
    "forbidden": ("forbidden", "403"),
    "could not resolve host": ("could not resolve host", "name or service not known", "nodename nor servname"),
}


def judge_failing(rule: Contains, evidence: Evidence) -> Answer:
    """The command failed and said so; a search that found nothing has failed in the right way too."""
    by_header = judge_cors(rule, evidence)
    if by_header is not None:
        return by_header
    code, gone = evidence.exit_code, rule.text.lower() in ("does not exist", "not found")
    if gone and not evidence.stdout.strip() and looks_for(evidence.command, code):
        return answer(True, f"nothing was found, as expected, exit code {code}", "")
    said = _says(rule.text, f"{evidence.stdout}\n{strip_meter(evidence.stderr)}")
    words = f"{'said' if said else 'did not say'} {shorten(rule.text)!r}"
    if code in _NOT_STARTED and not gone:
        return Answer("human", f"the command could not be started (exit code {code}), which proves nothing", f"{code}")
    if code and said:
        return answer(True, f"it failed as expected: {words}, exit code {code}", rule.text)
    ended = f"failed with exit code {code}" if code else "was expected to fail and exited 0"
    return answer(False, f"it {ended}, and {words}", f"exit code {code}")


def _says(text: str, output: str) -> bool:
    said = clean(output).lower()
    low = text.lower()
    return low in said or any(has_words(wording, said) for wording in _WORDINGS.get(low, ()))
