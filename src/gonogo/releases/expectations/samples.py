"""Words that show what an output is like, or what may happen: samples, which never become a rule."""

from __future__ import annotations

import re

from gonogo.releases.hints import mentions

_SAMPLE = re.compile(
    r"^\W*(?:(?:an? |some |the )?(?:example|sample|typical|illustrative)s?\b(?! (?:data|database|app"
    r"|application|page|config"
    r"|configuration|request|test|record|row|user|file)s? (?:is|are|should|must|exists?|loads?))"
    r"|e\.g\.|for (?:example|instance)\b|looks? (?:something )?like\b|similar to\b"
    r"|(?:the |your )?(?:expected |console |command )?(?:outputs?|results?|responses?)"
    r" ?(?:\((?:example|sample|e\.g\.|for example|may vary|similar)[^)]{0,40}\)|(?:will|may|might|could)"
    r" (?:vary|look|be)\b))",
    re.IGNORECASE,
)
_SAMPLE_HINTS = (
    *("example", "sample", "typical", "illustrative", "e.g.", "instance", "look", "similar", "output", "result"),
    "response",
)
_MAY_HINTS = ("may", "might", "could", "can", "sometimes")
_MAY = re.compile(
    r"^\W*(?:you|it|this|there|they|the \w+|some \w+|output)?\s*(?:may|might|could|can|will sometimes|sometimes)\b",
    re.IGNORECASE,
)


def is_sample(text: str) -> bool:
    """Whether the words announce a sample ("Example output:", "Output (may vary):"): nobody has to see exactly that."""
    return mentions(text, _SAMPLE_HINTS) and _SAMPLE.match(text) is not None


def is_possibility(text: str) -> bool:
    """Whether the words say what may be seen ("You may see a warning"): no expectation, nothing to judge."""
    return mentions(text, _MAY_HINTS) and _MAY.match(text) is not None
