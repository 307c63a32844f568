"""From an author's words to a rule, form by form. What no form reads goes to a person, with its own text."""

from __future__ import annotations

import re

from gonogo.releases.expectations.forms.absence import compile_absence
from gonogo.releases.expectations.forms.count import compile_count
from gonogo.releases.expectations.forms.deadline import compile_deadline
from gonogo.releases.expectations.forms.failure import compile_failure
from gonogo.releases.expectations.forms.http_status import compile_http
from gonogo.releases.expectations.forms.json_subset import compile_json
from gonogo.releases.expectations.forms.number import compile_number
from gonogo.releases.expectations.forms.setting import compile_setting
from gonogo.releases.expectations.forms.text import compile_text
from gonogo.releases.expectations.forms.version import compile_version
from gonogo.releases.expectations.phrase import Phrase, read_phrase
from gonogo.releases.rules import Human, Polarity, Rule

MAX_LENGTH = 2000
_CORE = re.compile(
    r"[\d`\"“'={\[<>≤≥]|\b(?:empty|nothing|no|zero|without|not|fails?|failure|blank|refused|denied|rejected|blocked|cors"
    r"|succeeds?|exits?|exit|contains?|includes?|shows?|all|unauthori[sz]ed|forbidden|time ?out|timed|output)\b",
    re.IGNORECASE,
)
# The order matters: a form further up is more particular than one below it (a version has an operator and a
# number, a status is a count of nothing, "0 rows" is an absence before it is a count of zero).
_FORMS = (
    compile_json,
    compile_absence,
    compile_failure,
    compile_version,
    compile_setting,
    compile_http,
    compile_deadline,
    compile_count,
)


def compile_expectation(text: str, *, polarity: Polarity = "good") -> Rule:
    """Compile an expectation; never raises, never guesses: words without a core become :class:`Human`.

    ``polarity`` "bad" (under rollback triggers) says that the comparison being true is bad news. Only thresholds
    can be turned round like that, so anything else is then a person's.

    Example: ``compile_expectation("Expected: 15/15 tests passing")`` is ``Count(value=15, total=15, noun="tests")``.
    """
    if len(text) > MAX_LENGTH or _CORE.search(text) is None:
        return Human(source=text, question=text.strip())
    phrase = read_phrase(text)
    if not phrase.text:
        return Human(source=text, question=text.strip())
    return _compile_phrase(phrase, polarity) or Human(source=text, question=text.strip())


def _compile_phrase(phrase: Phrase, polarity: Polarity) -> Rule | None:
    if polarity == "bad":
        return compile_number(phrase, polarity)
    for compile_form in _FORMS:
        rule = compile_form(phrase)
        if rule is not None:
            return rule
    return compile_number(phrase, polarity) or compile_text(phrase)
