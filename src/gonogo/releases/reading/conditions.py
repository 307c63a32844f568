"""Words that keep a command from being certain: never, an example, for later, another way, only if."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gonogo.releases.hints import may_say, mentions
from gonogo.releases.plan import Doubt
from gonogo.releases.reading.headings import names_component, orders_step

_LONGEST = 400


class Condition(NamedTuple):
    """What the words cast doubt on the commands with. ``never``: they are certainly not to be run."""

    doubt: Doubt
    never: bool = False


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", re.IGNORECASE)


# Most lines hold none of these; this is the cheap way to know.
_HINTS = frozenset(
    """not dont don never shouldn shouldnt wrong bad incorrect anti antipattern antipatterns avoid instead rather
    example examples sample samples instance e eg good right correct such illustration illustrations later future
    someday eventually soon planned todo next tomorrow day days week weeks month months once or alternatively
    alternative otherwise another can may could might when use choose pick select one either hand manually way method
    option approach optional optionally if unless case should where assuming provided depending whether only just on
    for to needed demand user users first""".split()  # noqa: SIM905
)
_PREFIX = re.compile(
    r"^(?:\W|_)*(?:(?:note|notes|nb|n\.b\.|warning|caution|important|tip|hint|attention|danger|info|reminder"
    r"|step \d+"
    r"|\d+(?:\.\d+)*[.)])\s*[:!.–—-]*\s+)*",
    re.IGNORECASE,
)
_BUT = (
    r"(?!.*\b(?:twice|again|more than once|before|until|unless|without|yet|as root|if|when|after|by hand"
    r"|manually)\b)"
)
_NEVER = re.compile(
    r"^(?:please )?(?:you )?(?:do not|don['’]?t|never|must not|mustn['’]?t|should not|shouldn['’]?t)\s+(?:ever\s+)?"
    rf"(?:run|execute|do|use|type|try|apply|call|copy|paste|issue|enter|perform|attempt|invoke)\b{_BUT}"
    r"|^(?:wrong|bad|incorrect|anti-?patterns?|what not to do|not like this|not this|instead of(?: this)?"
    r"|rather than(?: this)?|avoid(?: this| these| running| using| doing)?)(?: (?:way|examples?|commands?|usage"
    r"|practice"
    r"|version))?\s*(?:[:!—–(-]|$)"
    r"|^(?:an? )?(?:example|sample)s? (?:of )?(?:\w+ )?(?:outputs?|responses?|results?|logs?|payloads?)\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"^(?:an? |some |more |another |the |here is an? )?(?:(?<!for )examples?|samples?)\b(?! (?:app|data|service"
    r"|project))"
    r"|\bfor (?:example|instance)\b|(?:^|[\s(])e\.\s?g\b|^eg\b|^such as\b|^illustrations?\b"
    r"|^(?:right|good|correct)(?: (?:way|examples?|usage|practice))?\s*(?:[:!—–(-]|$)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"^(?:later|in (?:the )?future|someday|eventually|not yet|coming soon|planned|to ?do|tomorrow"
    r"|next (?:releases?|sprint|week|quarter|month|year|time|version)|(?:in|at|on) an? later \w+"
    r"|after (?:an?|a few|some|several|one|two|three|\d+) (?:days?|weeks?|months?)|in (?:an?|a few|some|several"
    r"|one|two|three|\d+) (?:days?|weeks?"
    r"|months?))\b"
    r"|\((?:[^()]*\b)?(?:future|later|planned|to ?do|not yet|coming soon)\b[^()]*\)|\bin (?:the|a) future\b"
    r"|\b(?:when|once) v?\d[\w.]* (?:is|becomes|gets|comes)\b|\bfor later\b|^future\b",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"^(?:\d+(?:\.\d+)*\.?\s+)?(?:or\b(?!\s+(?:higher|later|above|newer))|alternatively\b|alternative\b|otherwise\b"
    r"|as an alternative\b|instead\b|another (?:way|option|possibility)\b|not recommended\b)|\(alternative\)",
    re.IGNORECASE,
)
_OTHERWISE_HINTS = ("or", "alternative", "otherwise", "instead", "another", "recommended")
_ALTERNATIVE = re.compile(
    r"\b(?:can|may|could) (?:also|instead|alternatively|optionally|either)\b|^you (?:might|could|may)\b"
    r"|^when to use\b|^use (?:this|it|these)(?: \w+)? (?:if|when|for)\b|\binstead\b(?! of)"
    r"|^(?:please )?(?:choose|pick|select|use|do|run|follow) (?:only )?(?:one|either|any)\b|^(?:one"
    r"|any) of (?:the|these|them)\b"
    r"|^either\b|^(?:by hand|manually)\s*(?:[:(—–-]|$)|\b(?:old|legacy|deprecated) (?:way|method|option|approach)\b"
    r"|^(?:the )?(?:new|quick|easy|slow|fast|safe|manual|automatic|automated|simple|recommended|preferred|default)"
    r"\s+(?:way|method|option|approach)\b|^(?:best|suitable|recommended|ideal) (?:for|if|when)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^(?:only\s+|but\s+)?(?:if|unless|in case|should (?:the|this|it|you|any|there)|where|assuming|provided"
    r"|depending"
    r"|whether)\b"
    r"|^(?:only|just) (?:for|on|in|with|when|after|once|needed|necessary|required|do|run|use)\b|\bonly (?:if"
    r"|when|for|on|in|needed|necessary|required)\b"
    r"|(?:^|[\s(\[,;-])(?:(?:if|when|where) (?:using|you(?:'re| are)? us(?:e|ing)|on|running|deploying (?:with"
    r"|to|via)"
    r"|not using|installed via|you have|needed|necessary|required|applicable|desired|something|anything|this fails"
    r"|that fails|it fails|issues|problems)\b|as needed\b|on demand\b)|[(\[]optional\b|^optional(?:ly)?\b"
    r"|^on (?:an? |the |your )?(?:\w+ )?(?:macs?|macos|os ?x|linux|windows|wsl|ubuntu|debian|rhel|centos|fedora"
    r"|alpine"
    r"|arm|apple silicon)\b|^on (?:some|certain|other|older|newer)\b"
    r"|^(?:mac(?:os)?|windows|linux|wsl|docker|kubernetes|homebrew)\b.{0,20}\busers?\b"
    r"|\b(?:first|one)[- ]time\b|\bfirst (?:deploy\w*|install\w*|run|release) only\b|\bonly (?:once"
    r"|the first time)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"^when\b(?!.*\b(?:done|finish\w*|complet\w+|ready|green|over|up|healthy|pass\w*|succe\w+|stopped|started"
    r"|returns?"
    r"|back|drained|empty|built|merged|approved)\b)",
    re.IGNORECASE,
)
# "Check if", "fail if" ask a question; "create it if missing" is how the command itself works.
_INNER_IF = re.compile(
    r"(?P<before>\b[\w'’-]+)?[\s,;(]+(?:if|unless)\s+(?P<after>(?:\w+(?:n['’]t)?\s*){0,5})", re.IGNORECASE
)
_ASKS = frozenset(
    """check checks checking see verify verifies verifying confirm test tests ensure decide ask know fail fails abort
    aborts exit exits stop stops halt alert alerts warn warns page error tell report detect even as find determine
    rollback back revert escalate worry and or""".split()  # noqa: SIM905
)
_HARMLESS = re.compile(
    r"\b(?:exists?|missing|present|absent|not there|already|not done|all|everything|both|every"
    r"|the tests? pass)\b",
    re.I,
)
_PURPOSE = re.compile(r"^to\s+(?P<what>(?:also |only |just |manually |quickly |fully |safely )?[a-z][\w-]*\b.*)$", re.I)
_TURNED = _words(
    r"again|undo\w*|revert\w*|roll(?:ing)? ?back|restor\w+|reset\w*|remov\w+|delet\w+|clean\w*|uninstall|abort"
    r"|cancel|debug"
    r"|troubleshoot|fix|re-?do|retry|re-?try|re-?run|force|skip|disable|recover|by hand|manually|instead|only"
    r"|just|previous"
    r"|old|back|stop|pause|downgrade|re-?enable|re-?create|wipe|destroy|drop|purge|tear"
)
_FOR = re.compile(r"^for\s+(?P<what>[^:,]{1,80})\s*(?:[:,]|$)", re.IGNORECASE)
_FOR_ALL = _words(
    r"each|every|all|both|this|that|these|now|safety|security|good measure|(?:the )?(?:release|deployment"
    r"|cutover|rollout"
    r"|go-?live|launch)|prod(?:uction)?|reference|the record|the first|more|details|the \w+ (?:we|you|it)"
)


@lru_cache(maxsize=4096)
def find_condition(text: str) -> Condition | None:
    """What casts a doubt on commands that stand under these words, or in them."""
    if not may_say(text[:_LONGEST], _HINTS):
        return None
    said = _PREFIX.sub("", text[:_LONGEST])
    if _NEVER.search(said):
        return Condition("example" if said[:7].lower() in ("example", "sample ") else "condition", never=True)
    if _EXAMPLE.search(said):
        return Condition("example")
    if _LATER.search(said):
        return Condition("later")
    if _OTHERWISE.search(said) or _ALTERNATIVE.search(said):
        return Condition("alternative")
    return Condition("condition") if _depends(said) else None


def is_otherwise(text: str) -> bool:
    """Whether the words turn from one way to another: "or", "alternatively"."""
    said = text[:_LONGEST]
    return mentions(said, _OTHERWISE_HINTS) and _OTHERWISE.search(_PREFIX.sub("", said)) is not None


def _depends(said: str) -> bool:
    if _CONDITION.search(said) or _WHEN.match(said) or _has_inner_if(said):
        return True
    if purpose := _PURPOSE.match(said):
        return _TURNED.search(purpose["what"]) is not None or not orders_step(purpose["what"])
    meant = _FOR.match(said)
    if meant is None or _FOR_ALL.match(meant["what"]):
        return False
    return not names_component(meant["what"])


def _has_inner_if(said: str) -> bool:
    return any(
        (match["before"] or "").lower() not in _ASKS and not _HARMLESS.search(match["after"])
        for match in _INNER_IF.finditer(said)
    )
