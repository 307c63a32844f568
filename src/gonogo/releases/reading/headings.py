"""What a heading promises: certainly a step of the release, certainly not one, or nothing that can be relied on."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from gonogo.releases.reading.language import is_foreign

Promise = Literal["way", "component", "doubtful", "foreign", "unknown"]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", re.IGNORECASE)


# A heading with one of these may be anything, whatever stands above it.
_DOUBTFUL = _words(
    r"maintenance(?! (?:mode|window|page|banner))|housekeeping|clean(?:ing)?[- ]?ups?|tidy(?:ing)?[- ]?up"
    r"|automation"
    r"|scripted|optional\w*|alternatives?|alternatively|examples?|samples?|templates?|demos?|tutorials?"
    r"|future|later|someday|draft|ideas?|todo|deprecated|obsolete|old (?:way|method|procedure|process)"
    r"|not (?:yet|recommended|needed|now)|do not|don['’]?t|never|avoid|experimental"
    r"|local(?:ly)?(?: (?:development|setup|environment))?|if|when|whenever|unless|in case|should you|only for"
    r"|depending|hot[- ]?fix\w*|scal(?:e|ing) (?:up|down|out|in)|scaling|re-?enabl\w+|decommission\w*"
    r"|tear(?:ing)?[- ]?down|uninstall\w*|wip(?:e|ing)|destroy\w*|commands?|one[- ]?liners?|snippets?|cookbook"
    r"|recipes?|tips?|tricks?|best practices?|guidelines?|conventions?|architecture|diagrams?|concepts?|theory"
    r"|rationale|on[- ]?going|regular|routine|periodic|monthly|quarterly|yearly|drills?|simulat\w+"
    r"|(?:dry|test|trial|practice)[- ]?runs?"
    r"|rehears\w+|disaster\w*|emergenc\w+|fail(?:s|ed|ing)|broken|stuck|crash\w*|problems?|issues?|conflicts?"
    r"|debug\w*|diagnos\w+|investigat\w+|(?:^|: )(?:what|why|who|how)"
)
# These raise a doubt too, unless the heading says that they are tested or gives an order.
_HALF_DOUBTFUL = _words(
    r"automat\w+|scripts?|manual(?:ly)?|legacy|advanced|polic(?:y|ies)|notes?|history|details|specification"
    r"|schedules?|daily|weekly|operations?|runbooks?|playbooks?|exercises?|tools?|utilities|recover\w*"
    r"|restor\w+"
    r"|repair\w*|fix(?:es|ing)?|resolv\w+|handling|escalat\w+|incidents?|outages?|failures?|errors?"
    r"|remov(?:e|al|ing)"
    r"|delet\w+|reset\w*|purg\w+"
)
_TESTED = _words(r"tests?|testing|tested|verif\w+|validat\w+|monitor\w*|smoke|gates?|criteria")
_ASKED = re.compile(r"(?i)\b(check|verify|see|confirm|ensure|decide|validate)\s+(?:if|whether|when)\b")
# Steps of a release, by what they are called when somebody writes them down.
_ON_THE_WAY = _words(
    r"deploy\w*|re-?deploy\w*|releas\w+|launch\w*|roll(?:ing)?[- ]?outs?|cut[- ]?overs?|go(?:ing)?[- ]live"
    r"|migrat\w+"
    r"|ship|shipping|publish\w*|execution|executing|install\w*|upgrad\w+|updat\w+|promot\w+|swap\w*|switch\w*"
    r"|start(?:ing|s|[- ]?up)?|stop(?:ping)?|shut(?:ting)?[- ]?down|restart\w*|reload\w*|build\w*|compil\w+"
    r"|packag\w+"
    r"|provision\w*|bootstrap\w*|enabl\w+|activat\w+|configur\w+|set(?:ting)?[- ]?up|initiali[sz]\w+"
    r"|prepar\w+|prerequisites?"
    r"|pre[- ]?conditions?|pre[- ]?(?:flight|deploy\w*|release|launch|checks?|requisites?|cutover"
    r"|production"
    r"|migration|upgrade|rollout)|post[- ]?(?:deploy\w*|release|launch|checks?|cutover|migration|upgrade"
    r"|flight)"
    r"|requirements?|readiness|dependenc\w+|back(?:ing)?[- ]?ups?|snapshots?|freez\w+|tag|tagging|branch|cut"
    r"|tests?|testing|verif\w+|validat\w+|checks?|check[- ]?list|smoke(?: tests?)?|sanity|health\w*|inspect\w*"
    r"|monitor\w*|soak\w*|bak(?:e|ing)|observ\w+|watch(?:ing)?|metrics|canar(?:y|ies)|blue[-/ ]?green"
    r"|staging|stage"
    r"|production|prod|development|environments?|traffic|dns|drain\w*|warm(?:ing)?[- ]?up|ramp\w*"
    r"|announc\w+|notif\w+|communicat\w+|finali[sz]\w+|complet\w+|clos(?:e|ing|ure)|wrap(?:ping)?[- ]?up"
    r"|hand[- ]?off"
    r"|sign[- ]?offs?|approvals?|go[/ -]*no[- ]?go|decisions?|decide|gates?|success|acceptance|criteria|quality"
    r"|performance|load|security|audit|code (?:review|freeze|quality)|review|planning|procedure|process"
    r"|sequence|steps?"
    r"|hold point|contract|integrity|safety|protection|connect\w*|integration|documentation"
    r"|(?:before|after|during) (?:you |the |we )?\w+|first \d+ \w+|day (?:0|zero|one|of)|now|ready|run|final\w*|apply"
    r"|push|pull|merge"
)
_NUMBERED = re.compile(
    r"^(?:(?:step|phase|stage|tier|part|wave|batch|ring|task|act|action|checkpoint|milestone"
    r"|gate)\s*#?\s*(?:\d+|[a-z]\b"
    r"|i{1,3}\b|iv\b|one|two|three)|t\s?[-+−–]\s?\d|h\s?[-+−–]\s?\d|\d{1,2}:\d{2})",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"^(?:then |next,? |finally,? |now )?(?:add|adjust|allow|apply|approve|archive|assign|attach"
    r"|authenticate|begin|bring"
    r"|bump|change|check|checkout|choose|clone|close|commit|confirm|connect|copy|create|deploy|detach"
    r"|direct|divert|download"
    r"|drain|dump|edit|enable|ensure|establish|execute|export|extract|fetch|fill|finish|flip|flush|freeze"
    r"|generate|get|give"
    r"|grant|import|increase|inform|inject|invite|invalidate|issue|join|keep|kill|land|let|link|load|lock"
    r"|log in|make|map|mark"
    r"|measure|move|mount|notify|obtain|open|pause|perform|pin|point|post|prime|propagate|publish|pull|put"
    r"|re-?build"
    r"|re-?create|re-?direct|re-?fresh|register|rename|replace|replicate|reroute|re-?start|resume|retire"
    r"|rotate|route|run"
    r"|save|seed|select|send|set|shift|sign in|spin up|split|stop|submit|swap|switch|sync|take|tell|toggle"
    r"|transfer"
    r"|trigger|tune|turn|unblock|unfreeze|unlock|unpack|update|upload|use|wait|wake|warm"
    r"|write)\b(?!$)(?!\s*[:/])",
    re.IGNORECASE,
)
_LOOKS = _words(r"see|view|list|show|inspect|find|look|read|display|prove|determine|identify|test|ensure|make sure")
_COMPONENT = re.compile(
    r"^(?:the\s+|all\s+|our\s+|core\s+|main\s+|primary\s+|public\s+"
    r"|internal\s+)*(?:(?:[a-z0-9.]+[- ]){0,2}(?:back[- ]?ends?|front[- ]?ends?|databases?|db|api|apis"
    r"|caches?|redis|postgres\w*|mysql|mongo\w*|sqlite|elastic\w*|kafka|rabbitmq|nats|workers?|queues?"
    r"|services?"
    r"|micro[- ]?services?|servers?|applications?|apps?|web(?: ?sites?| ?app)?|sites?|mobile|ios|android"
    r"|client|clients|ui"
    r"|gateways?|load ?balancers?|prox(?:y|ies)|nginx|apache|caddy|haproxy|cdn|dns|storage|buckets?|s3"
    r"|infrastructure"
    r"|networks?|networking|containers?|images?|clusters?|nodes?|kubernetes|k8s|docker|helm|terraform|secrets?"
    r"|certificates?|tls|ssl|auth|authentication|search|index|indexes|schemas?|tables?|data|assets?"
    r"|static files"
    r"|feature flags?|flags|cron(?: ?jobs?)?|jobs?|schedulers?|lambdas?|functions?|webhooks?|telemetry"
    r"|logging|tracing"
    r"|dashboards?|alerts?|layers?|components?|modules?|packages?|librar(?:y|ies)|firmware|devices?|hosts?"
    r"|regions?|zones?|tenants?))$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*[.):]?|[A-Z][.)]|[ivx]+[.)])\s+")
_MARK = re.compile(r"^(?:step|phase|stage|tier|part|wave|task)\s*#?\s*\w+\s*(?:[:.)–—-]+\s*|$)", re.IGNORECASE)

_GENERIC = frozenset({"command", "commands", "script", "scripts", "notes", "how to", "how", "details", "tools"})
_MOMENTS = frozenset({"before", "during", "after", "now", "go", "first", "then", "finally", "at last", "last"})
_LONGEST = 300


@lru_cache(maxsize=4096)
def read_promise(title: str) -> Promise:
    """How far the words of a heading vouch for the commands below it."""
    said = title[:_LONGEST]
    if is_foreign(said):
        return "foreign"
    bare = _NUMBER.sub("", said).strip()
    name = _MARK.sub("", bare)
    if name.lower().strip(" :") in _GENERIC:
        return "unknown"
    if name.lower().strip(" :") in _MOMENTS:
        return "way"
    ordered = _IMPERATIVE.match(name) is not None
    if _DOUBTFUL.search(_ASKED.sub(r"\1", name)):
        return "doubtful"
    if _HALF_DOUBTFUL.search(name) and not (ordered or _TESTED.search(name)):
        return "doubtful"
    if _NUMBERED.match(bare) or _ON_THE_WAY.search(name) or ordered:
        return "way"
    return "component" if _COMPONENT.match(name) else "unknown"


def orders_step(text: str) -> bool:
    """Whether words open with the verb of a step: "deploy the image", "check the pods"."""
    return any(verb.match(text) for verb in (_IMPERATIVE, _ON_THE_WAY, _LOOKS))


def names_component(text: str) -> bool:
    """Whether words do nothing but name a part of the system: "the backend", "all workers"."""
    return _COMPONENT.match(text.strip()) is not None
