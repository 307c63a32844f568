"""From an author's words to a rule, form by form. What no form reads goes to a person, with its own text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gonogo.releases.expectations.forms.absence import compile_absence
from gonogo.releases.expectations.forms.count import compile_count
from gonogo.releases.expectations.forms.deadline import compile_deadline
from gonogo.releases.expectations.forms.failure import compile_failure
from gonogo.releases.expectations.forms.http_status import compile_http, compile_redirect
from gonogo.releases.expectations.forms.json_subset import compile_json
from gonogo.releases.expectations.forms.number import compile_number
from gonogo.releases.expectations.forms.presence import compile_presence
from gonogo.releases.expectations.forms.setting import compile_setting
from gonogo.releases.expectations.forms.several import compile_several
from gonogo.releases.expectations.forms.state import compile_state
from gonogo.releases.expectations.forms.text import compile_literal, compile_text
from gonogo.releases.expectations.forms.version import compile_version
from gonogo.releases.expectations.phrase import Phrase, read_phrase
from gonogo.releases.expectations.samples import is_sample
from gonogo.releases.rules import Human, Polarity, Rule

_Form = Callable[[Phrase], Rule | None]
MAX_LENGTH = 2000
# In another language only what needs no words of it is read: a number, a status, a quoted text, JSON.
_WORDLESS = re.compile(
    r"[`\"“][^`\"”]+[`\"”]|\d[\d,.]*%?|[1-5]\d\d [A-Z][\w ]{1,30}|HTTP/[\d.]+ \d{3}[\w ]*|[{\[].*[}\]]|[A-Z_]+=\S+"
)
# The order matters: a form further up is more particular than one below it (a version has an operator and a
# number, a status is a count of nothing, "0 rows" is an absence before it is a count of zero).
_FORMS: tuple[_Form, ...] = (
    compile_json,
    compile_absence,
    compile_presence,
    compile_failure,
    compile_version,
    compile_setting,
    compile_redirect,
    compile_http,
    compile_deadline,
    compile_count,
    compile_state,
    lambda phrase: compile_number(phrase, "good"),
    compile_text,
)
_NUMERIC = frozenset({compile_version, compile_http, compile_deadline, compile_count, _FORMS[-2]})
# Most words hold no number, and then no form that reads one has to look.
_WORDY = tuple(form for form in _FORMS if form not in _NUMERIC)
_DIGIT = re.compile(r"\d")


def compile_expectation(text: str, *, polarity: Polarity = "good", command: str = "") -> Rule:
    """Compile an expectation; never raises, never guesses: what can mean something else becomes :class:`Human`.

    ``polarity`` "bad" (under rollback triggers) says that the comparison being true is bad news. Only thresholds
    can be turned round like that, so anything else is then a person's. ``command`` is the command that the text
    stands at, when it is known: 200 is an HTTP status after ``curl`` and a number after ``wc -l``.

    Example: ``compile_expectation("Expected: 15/15 tests passing")`` is ``Count(value=15, total=15, noun="tests")``.
    """
    if len(text) > MAX_LENGTH:
        return Human(source=text, question=text.strip())
    return _compile(text, polarity, command[-MAX_LENGTH:])


# The readers of a line ask one after the other: what it compiles to is found once.
@lru_cache(maxsize=1024)
def _compile(text: str, polarity: Polarity, command: str) -> Rule:
    human = Human(source=text, question=text.strip())
    if is_sample(text):
        return human
    phrase = read_phrase(text, command)
    if not phrase.text or (phrase.label == "foreign" and not _WORDLESS.fullmatch(phrase.text)):
        return human
    if polarity == "bad":
        return compile_number(phrase, polarity) or human
    return _compile_one(phrase) or compile_several(phrase, _compile_one) or compile_literal(phrase) or human


def _compile_one(phrase: Phrase) -> Rule | None:
    for form in _FORMS if _DIGIT.search(phrase.text) else _WORDY:
        if (rule := form(phrase)) is not None:
            return rule
    return None
