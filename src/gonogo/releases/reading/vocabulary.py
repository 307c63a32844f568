"""What headings mean: the part a section plays, whether its thresholds are bad news, how far back it rolls."""

from __future__ import annotations

import re
from functools import lru_cache

from gonogo.releases.hints import mentions
from gonogo.releases.plan import PhaseRole
from gonogo.releases.reading.durations import find_duration
from gonogo.releases.rules import Polarity


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", re.IGNORECASE)


_FAILS = r"(?:goes?|going|went) wrong|fails?|failed|breaks?|broke|(?:does|did) not work|doesn['’]?t work|is broken"
_IT = (
    r"(?:it|this|that|things?|something|anything|everything|(?:the |a |any )?(?:\w+ )?(?:release|deploy\w*"
    r"|roll-?out|launch"
    r"|migration|cut-?over|upgrade|step|verification|checks?))"
)
_ROLLBACK = (
    r"roll(?:ing)?[- ]?backs?|back(?:ing)?[- ]?out|revert(?:ing)?|recovery (?:plan|procedures?|steps?)"
    r"|restore procedures?|undo(?:ing)?|abort(?:ing)? (?:procedures?|plan|steps?|the \w+)|plan b"
    r"|fall[- ]?backs?(?: plan)?"
    r"|restor(?:e|ing) (?:the )?(?:old|previous|last|prior|former|earlier)|(?:go|going"
    r"|switch(?:ing)?) back(?: to .*)?"
    r"|halting|kill[- ]?switch(?:es)?|downgrad(?:e|ing)|unwind(?:ing)?|back to (?:the )?(?:old|previous|last|prior)"
)
# Under these a rollback is written down, and a person says whether it is the one that is needed.
_MISHAP = (
    rf"(?:if|when|in case|what if|should) {_IT} (?:{_FAILS})|in case of (?:failure|problems?|trouble|emergency"
    rf"|fire)"
    r"|if (?:all|everything) else fails|when disaster strikes"
)
# Getting ready to roll back is part of the way.
_READY_TO_ROLL = _words(
    r"roll[- ]?back (?:readiness|preparedness|preparations?|ready|rehears\w+|test(?:s|ed|ing)?|drill|prerequisites?"
    r"|plan (?:review(?:ed)?|ready|tested|in place|check(?:ed)?|approv\w+))"
    r"|(?:prepar\w+|ready|readiness|rehears\w+) (?:for |to |of |the |a )*roll(?:ing)?[- ]?back"
    r"|test(?:ing)? (?:the )?roll[- ]?back"
)
_UNDO_IF = _words(
    rf"(?:roll(?:ing)? ?back|undo|revert)(?: it| this)? (?:if|when) (?:{_IT} (?:{_FAILS})|(?:needed|necessary"
    rf"|required))|{_MISHAP}"
)
_UNDOES = _words(r"roll(?:ing)? ?back|undo|revert")
_TRIGGER = _words(
    r"triggers?|roll[- ]?back (?:criteria|conditions?|thresholds?|signals?|rules?|if|when)"
    r"|(?:roll(?:ing)? ?back|abort|stop"
    r"|halt|escalate|revert|hold|pause|freeze|page|alert)(?: the [\w-]+| on-?call)? (?:immediately )?(?:if|when"
    r"|once|criteria"
    r"|conditions?|thresholds?)"
    r"|(?:do not|don['’]?t|never) (?:proceed|continue|deploy|release|go(?: ahead| live)?|promote|launch"
    r"|ship)(?: \w+){0,3}"
    r" (?:if|when|while)|(?:when|what) to (?:worry|watch out for|be worried about|panic)|blockers?"
    r"|show[- ]?stoppers?"
    r"|stop(?:ping)? (?:criteria|conditions?|signs?)|danger(?: signs?)?|bad signs?|unacceptable|not acceptable"
    r"|abort(?! (?:procedures?|plan|steps?|the)\b)(?: criteria| conditions?| thresholds?)?|(?:when"
    r"|whether) to (?:roll ?back|abort|revert)"
    r"|no[- ]?go(?: criteria| conditions?)?"
    r"|failure (?:criteria|conditions?|thresholds?)|red flags?|warning signs?|(?:immediate |critical )?alerts?"
    r"|alerting"
)
_ALERTS_SET_UP = _words(
    r"alert(?:s|ing)?(?: \w+)? (?:configured|configuration|set[- ]?up|enabled|in place|rules?|defined"
    r"|definitions?|tested"
    r"|installed|created|thresholds)|(?:configure|set up|create|define|enable|install)(?: the)? alert(?:s|ing)?"
)
_TRIGGER_HINTS = tuple(
    """trigger roll abort stop halt escalat revert when whether no fail flag warn alert hold pause freeze page danger
    worry what block bad accept""".split()  # noqa: SIM905
)
_GO = re.compile(r"\bgo\b", re.IGNORECASE)
_DECISION = re.compile(r"\bgo\s*(?:/|-|–|or|vs\.?|&)?\s*no[- ]?go\b", re.IGNORECASE)
# The first that matches decides, so the narrow ones stand first.
_ROLES: tuple[tuple[PhaseRole, re.Pattern[str]], ...] = (
    (
        "info",
        _words(
            r"trouble[- ]?shoot\w*|(?:common|known|typical|frequent|usual|possible|potential|recurring) (?:\w+ ){0,2}"
            r"(?:issues?|problems?|errors?|failures?|pitfalls?|mistakes?|gotchas?|questions?|fixes)(?: checks?)?"
            r"|(?:solv|fix|resolv|diagnos|debugg|handl|work)(?:e|ing)(?: with| around)? (?:\w+ ){0,2}(?:issues?"
            r"|problems?"
            r"|errors?|failures?|conflicts?|trouble)|workarounds?|gotchas?|pitfalls?|faqs?"
            r"|frequently asked(?: questions)?"
            r"|(?:useful|key|handy|common|helpful|quick|frequent(?:ly used)?|everyday) (?:\w+ )?(?:commands?"
            r"|one-?liners?"
            r"|queries|snippets?|tricks?|scripts?|aliases)|one[- ]?liners|tips (?:and|&) tricks"
            r"|command (?:reference|list)"
            r"|contacts?|contact information|references?"
            r"|related (?:documents?|documentation|docs|links|runbooks?)|useful links"
            r"|quick reference|cheat ?sheet"
            r"|resources|appendix|glossary|(?:deployment |executive |test coverage |release )?(?:overview"
            r"|summary)|background|risk (?:assessment|level|matrix|register)"
            r"|risks?|risk components|dashboard urls?|incident response|escalation(?: path| matrix)?"
            r"|if (?:issues|problems) .*"
            r"|on-?call|table of contents|change ?log|revision history|legend|debugging|assumptions"
            r"|out of scope|scope|disclaimer|best practices?|guidelines?|recommendations?|do['’]?s (?:and"
            r"|&) don['’]?ts"
            r"|principles|release cadence"
        ),
    ),
    ("prepare", _READY_TO_ROLL),
    (
        "rollback",
        _words(rf"{_ROLLBACK}|{_MISHAP}|emergency(?: procedures?| rollback)?|disaster recovery|contingency(?: plan)?"),
    ),
    (
        "signoff",
        _words(
            r"sign[- ]?offs?|signatures?|(?:final |stakeholder |launch )?approvals?"
            r"|authori[sz]ation to (?:deploy|launch)"
        ),
    ),
    (
        "prepare",
        _words(
            r"pre[- ]?(?:deploy\w*|release|launch|flight|conditions?|requisites?|check\w*|cutover|production"
            r"|migration"
            r"|upgrade|rollout)|before (?:you |the )?(?:begin|start|deploy\w*|release|launch)"
        ),
    ),
    (
        "followup",
        _words(
            r"post[- ]?(?:mortem|deploy\w* (?:tasks?|review|follow[- ]?ups?|actions?)|launch (?:tasks?|review))"
            r"|follow[- ]?ups?|next steps"
            r"|(?:days?|weeks?|months?) \d+(?:\s?[-–]\s?\d+)?(?: after.*)?|within (?:one|two|a) (?:day|week"
            r"|month)s?|after (?:the )?(?:deployment|release|launch)|retrospective"
            r"|lessons learned|within \d+ (?:days?|weeks?|hours?)|clean[- ]?up"
        ),
    ),
    (
        "monitor",
        _words(
            r"monitoring|monitor|soak(?:ing)?(?: test)?|observ\w+|watch|metrics to (?:watch|track)|(?:hourly"
            r"|daily|weekly) checks?|immediate alerts?|hold point|bake"
        ),
    ),
    (
        "verify",
        _words(
            r"post[- ]?(?:deploy\w*|release|launch|flight|cutover|migration|upgrade|checks?)|verif\w+"
            r"|validat\w+|smoke(?: tests?)?|health[- ]?checks?|tests?|testing"
            r"|success criteria|acceptance(?: criteria)?|(?:mandatory|optional) checks|targets?|go criteria"
            r"|quality gates?|exit criteria|go[/ -]*no[- ]?go.*"
        ),
    ),
    (
        "prepare",
        _words(
            r"prepar\w+|prerequisites?|requirements?|environment|configuration|set[- ]?up|dependenc\w+|backups?"
            r"|readiness|code (?:review|freeze|quality)|security|documentation|communication|planning|build"
            r"|safety measures"
        ),
    ),
    (
        "deploy",
        _words(
            r"deploy\w*|releas\w+|launch|roll[- ]?outs?|cut[- ]?over|go[- ]live|migrat\w+|ship|publish"
            r"|execution|install\w*|upgrade|promot\w+|swap|switch|start(?: workers?)?"
        ),
    ),
)
# A heading that names no later day: what stands below it may well be the proof that the release works.
_AFTERWARDS = re.compile(r"(?:\d+[.)]\s*)?after (?:the )?(?:deployment|release|launch)\W*\Z", re.IGNORECASE)
_MARK = re.compile(r"^T\s?(?P<sign>[-+−])\s?\d", re.IGNORECASE)
_BEFORE_MARK = re.compile(r"^T\s?[-−]\s?0*[1-9]|^T\s?[-−]\s?0+:0*[1-9]", re.IGNORECASE)
_STICKY: frozenset[PhaseRole] = frozenset({"rollback", "info", "signoff", "followup"})
# Weak words under a clear heading: "Staging environment" is part of deploying, "Deployed when" of verifying.
_KEPT = frozenset({("prepare", "deploy"), ("deploy", "verify"), ("deploy", "monitor")})
_LEVEL = re.compile(r"\b(?:level|tier|stage)\s*#?(\d{1,3})\b", re.IGNORECASE)
_LONGEST_TITLE = 300
_PROMISE = re.compile(
    r"(?:<|≤|under|within|less than|max(?:imum)?\.?|up to|in|~|about|:|\()\s*\**\s*(?=\d)", re.IGNORECASE
)


_STRICT = re.compile(
    r"\s*[(\[–—:,-]*\s*\b(?:stop|halt|abort|do not (?:proceed|continue)|don['’]?t (?:proceed|continue)"
    r"|no[- ]?go)\s+"
    r"(?:immediately\s+)?(?:if|when|unless|on|until)\s+(?:(?:any|one|all|every|each|even one|a single|a|these|of"
    r"|the|these|following|items?|checks?|steps?|tests?|box(?:es)?|thing|anything|everything|gates?|is|are|does|do"
    r"|single|above|below|first)\s+)*"
    r"(?:fail\w*|not pass\w*|pass(?:es|ed)?|missing|red|green|not green|unchecked|ticked|checked)\s*[)\]]?[!.]?",
    re.IGNORECASE,
)


def drop_strict(title: str) -> str:
    """A heading without "(STOP IF ANY FAILS)": that makes a section strict, it is not about rolling back."""
    return _STRICT.sub("", title[:_LONGEST_TITLE]).strip() if mentions(title, _TRIGGER_HINTS) else title


@lru_cache(maxsize=2048)
def find_role(title: str) -> PhaseRole | None:
    """The part a heading's own words give its section."""
    title = title[:_LONGEST_TITLE]
    if is_trigger(title) and not is_decision(title):
        return "monitor"
    if _AFTERWARDS.match(title):
        return "verify"
    for role, pattern in _ROLES:
        if pattern.search(title):
            return role
    mark = _MARK.match(title)
    if mark is None:
        return None
    return "prepare" if _BEFORE_MARK.match(title) else "deploy" if mark["sign"] != "+" else "monitor"


def inherit_role(own: PhaseRole | None, above: PhaseRole | None) -> PhaseRole | None:
    """A section under rollback, reference or sign-off stays that, whatever its own heading says."""
    if above in _STICKY and own != "info":
        return above
    if (own, above) in _KEPT:
        return above
    return own or above


def is_trigger(title: str) -> bool:
    """Whether the heading announces what must not happen: rollback triggers, alerts, NO-GO conditions."""
    return _is_trigger(title[:_LONGEST_TITLE])


# A heading is asked by everybody who reads what stands below it.
@lru_cache(maxsize=1024)
def _is_trigger(said: str) -> bool:
    return mentions(said, _TRIGGER_HINTS) and _TRIGGER.search(said) is not None and not is_mishap(said)


def rolls_a_step_back(title: str) -> bool:
    """Whether a label offers the way back of the step it stands under: "Rollback if it fails"."""
    said = title[:_LONGEST_TITLE].lstrip("*_ ")
    match = _UNDO_IF.match(said)
    return match is not None and _UNDOES.search(said) is not None


def is_mishap(title: str) -> bool:
    """Whether a heading speaks of what to do once something has failed: "Rollback if it fails"."""
    return _UNDO_IF.search(title[:_LONGEST_TITLE]) is not None


def sets_up_alerts(title: str) -> bool:
    """Whether thresholds under a heading are alerts to have in place, not numbers to hold now."""
    said = title[:_LONGEST_TITLE]
    return mentions(said, ("alert",)) and _ALERTS_SET_UP.search(said) is not None


def is_decision(title: str) -> bool:
    """Whether the words name a GO/NO-GO decision."""
    hinted = mentions(title, ("go",)) and _GO.search(title) is not None
    return hinted and _DECISION.search(title) is not None


def find_polarity(text: str, above: Polarity) -> Polarity:
    """Whether a threshold under these words is bad news when true."""
    return "bad" if is_trigger(text) and not is_decision(text) else above


def find_level(title: str) -> int | None:
    match = _LEVEL.search(title)
    return int(match[1]) if match else None


def find_promise(text: str) -> float | None:
    """The promised time, in seconds, of "(< 2 minutes)" or "Time to rollback: 5 minutes"."""
    match = _PROMISE.search(text)
    duration = find_duration(text, match.end()) if match else None
    return duration.seconds if duration and match and duration.start == match.end() else None
