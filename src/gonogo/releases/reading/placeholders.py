"""Text that someone still has to fill in: YOUR_PASSWORD, <previous-tag>, backup_YYYYMMDD.sql."""

from __future__ import annotations

import re

from gonogo.releases.hints import mentions

_PATTERNS = (
    r"\$?\{?\bYOUR[_-]?[A-Z][A-Z0-9_-]*|\bMY[_-](?:APP|SERVER|HOST|DOMAIN|DB|DATABASE|PROJECT|BUCKET)\w*",
    r"(?i:(?<![a-z])your[_-][a-z][\w-]*|\byour(?:domain|app|server|company|project|site|org|host|user|db|bucket"
    r"|registry|service|cluster|team|name|repo|token|password|email)\w*)",
    r"(?<![\w-])my-(?:app|server|host|domain|db|database|project|bucket|cluster|namespace|service|registry|repo"
    r"|release|image|org|company|site|user|pod|deployment|function|topic|queue|key|token)\b",
    r"(?<![<\d&])<(?=[A-Za-z_])(?:[^<>\n|;&$`\"']{0,120}[^<>\n|;&$`\"'\s])?>(?!\()|<%=?[^%\n]{1,120}%>"
    r"|[«‹][^»›\n]{1,80}[»›]",
    r"(?<![%\w])\w{0,80}(?:YYYY|yyyy)[-_./]?(?:MM|mm)(?:[-_./]?(?:DD|dd))?\w*|\bHHMMSS\b|\bHH:MM\b"
    r"|\bDD[-_./]?MM[-_./]?YYYY\b|\b\d{4}-XX-XX\b",
    r"(?<![@\w.-])(?:[\w-]{1,60}\.){0,4}example\.(?:com|org|net|io)\b"
    r"|\b[\w.+-]{1,60}@(?:[\w-]{1,60}\.){0,3}example\.(?:com|org|net|io)\b",
    r"/path/to\b|\bpath/to/|/some/path\b|\bpath_to_\w+",
    r"\[(?i:your|insert|enter|name|previous|version|tag|commit|contact|placeholder|date|timestamp|service|host"
    r"|hostname|server|environment|env|branch|url|user|username|password|id)\b[^\]\n]{0,80}\]",
    r"(?<![\w${\[\"'-])\[(?:[A-Za-z]{2,30}[_ -]){1,4}[A-Za-z]{2,30}\](?!\])|\[\[ ?[A-Za-z][\w-]{1,40} ?\]\](?=$"
    r"|[\s/:.])",
    r"\bX{4,}\b|\bx{3,}\b|\bXXX\b|\bxxx(?:\.xxx){1,3}\b|\b[a-z]{1,8}[-_]x{3,}\b|\b\w{1,8}_x{3,}\w*",
    r"(?i:\bchange[_-]?(?:me|this)\b|\breplace[_-]?(?:me|with|this)\w*|\binsert[_-][a-z_]{1,40}[_-]here\b"
    r"|\bfill[_-]?(?:me"
    r"|in)\b|\bplaceholder\b|\b\w{1,40}[-_]goes[-_]here\b|\bto[-_]be[-_](?:filled|defined|done)\b)",
    r"\bTO" r"DO\b|\bTBD\b|\bTBC\b|\bFIX" r"ME\b",
    r"\{\{-?\s*[A-Za-z_][\w.-]{0,60}\s*-?\}\}|\b(?:v|:|/)?\{\{-?\s*\.[A-Z][\w.]{0,60}\s*-?\}\}(?<!\.Names\}\})",
    r"(?<![$%\w{'\"#])\{(?i:version|tag|commit|sha|hash|image|backup|date|timestamp|env|environment|host"
    r"|hostname|user|name|id|revision|branch|url|domain|port|password|token"
    r"|service|namespace|region|your[^}\s]{0,60})\}(?!\})",
    r"(?<![$%\w{#])\{[A-Z][A-Z0-9 _-]{1,60}\}|(?<![$%\w{'\"#])\{[a-z]{2,30}(?:[_ -][a-z]{2,30}){1,4}\}",
    r"\bv?[Xx]\.[Yy](?:\.[Zz])?\b|\bv?N(?:\.N){1,3}\b|\bv[XN]\b|\bv?X\.X(?:\.X)?\b|\ba\.b\.c\.d\b|\bv?\d+\.X(?:\.X)?\b",
    r"(?:^|\s)(?:\.\.\.|…)(?=\s|$)",
    r"%[A-Z][A-Z0-9_]{2,40}%|@@?[A-Z][A-Z0-9_]{1,40}@@?(?=\W|$)|\b__[A-Z][A-Z0-9_]{0,40}?__|\bNAME_OF_\w+",
    r"\b123456789012\b|\b1234567890\b|\b(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}\b|\b1\.2\.3\.4\b",
    r"\b(?:user|username|myuser)@(?:host|server|hostname|ip|remote)\w*|\babc\d{2,6}\b|\babcdef\d*\b|\bdeadbeef\b",
    r"(?<!\w)(?:\*{3,}|\?{3,}|_{4,})(?!\w)",
)
_PLACEHOLDER = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.MULTILINE)
# Names in capitals where a value belongs: "docker pull shop:IMAGE_TAG", "-p=PASSWORD", "git revert COMMIT".
_NOUNS = (
    r"PASSWORD|PASSWD|USERNAME|HOSTNAME|PROJECT|NAMESPACE|CLUSTER|VERSION|BRANCH|SERVICE|BUCKET|REGION|DATABASE"
    r"|DBNAME|DOMAIN"
    r"|TOKEN|SECRET|APIKEY|IMAGE|TAG|HASH|SHA|COMMIT|REVISION|ENVIRONMENT|SERVER|FILENAME|FILE|URL|EMAIL|ACCOUNT"
    r"|PORT|USER"
    r"|HOST|NAME|ID|ENV|APP|POD|DB|IP|TIMESTAMP|DATE|RELEASE|BACKUP"
)
_CAPITALS = re.compile(
    rf"(?:(?<=[\s=:/@~])|^)(?:[A-Z][A-Z0-9]{{0,40}}(?:[_-][A-Z0-9]{{1,40}}){{1,6}}|{_NOUNS})(?=[\s/:@,.]"
    rf"|$)(?!\.\w)|(?<=[=~])N\b"
)
_QUOTED_NOUN = re.compile(rf"(?<=[\s=])[\"'](?:{_NOUNS})[\"'](?=\s|$)")
_WORDY = re.compile(
    r"(?:(?<=[\s=:/@])|^)(?:(?:pod|container|service|app|application|db|database|user|namespace|cluster|bucket"
    r"|image|project"
    r"|account|instance|deployment|node|release|function|stack|host|server|domain|repo|branch|tag|commit|job|task|queue"
    r"|topic|table|volume|network|backup|version|revision|previous|old|new|target|specific|desired|last[-_]good)[-_]"
    r"(?:name|id|hash|sha|arn|ip|version|tag|commit|revision|number)|backup_file(?:\.\w+)?)(?=[\s:/@]|$)"
)
_QUOTES = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
# Where names in capitals are just that: names of variables, methods, keywords, signals.
_NAMES_THINGS = re.compile(
    r"\b(?:export|unset|printenv|env|secrets?|config(?::\w+)?|variables?|grep|egrep|rg|sed|awk|getenv"
    r"|redis-cli|read|declare|local|readonly|trap|stty|make|git commit|git tag|echo|printf|logger"
    r"|ssm|vault"
    r"|case|test|kafka-\S+|jq|yq|xargs|setx?|doppler|direnv|compgen)\b|<<|(?:^|\s)(?:-e|--env|--build-arg)\s|\[\["
)
_GIT_NAMES = frozenset({"HEAD", "ORIG_HEAD", "FETCH_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD"})
_FORMATS = re.compile(
    r"--format|--template|go-template|\binspect\b|\bhelm template\b|-o\s|jinja|\.(?:j2|tmpl|tpl|gotmpl|hbs)\b"
)
_SEARCHES = re.compile(r"\b(?:grep|egrep|rg|sed|awk|perl|xmllint|pup|echo|printf|python3?)\b")
# Languages whose own text fills in what stands in braces.
_FILLS_IN = re.compile(
    r"\b(?:python\d?|node|ruby|perl|php|jq|uv run)\b[^|;&]{0,80}?\s(?:-\w*[cerm]\w*|--eval)\s|\bf[\"']"
)
_MAKES_NAMES = re.compile(r"\bmktemp\b|\bmkstemp\b")
_BODY = re.compile(r"(?:^|\s)(?:-d|--data(?:-\w+)?|--json|-F|--form|-H|--header)\b")


# The search is slow; every placeholder holds one of these.
_HINT = re.compile(
    r"[\[{<«‹%@…]|[Yy]our|YOUR|M[Y]|my-|example\.|path|X|xxx|YYYY|yyyy|HH|DD|\.\.\.|change|Change|CHANGE|eplace|EPLACE|nsert"
    r"|NSERT|fill|FILL|Fill|lacehold|LACEHOLD|goes|to[-_]be|TO"
    r"DO|TB|FIX|x\.|v[NX]|N\.N|a\.b\.|__|NAME_OF|1234567890|192\.0\.2|198\.51|203\.0\.113|1\.2\.3\.4|abc|dead|\*\*\*|\?\?\?"
)
_QUICK_HINTS = tuple(
    """[ { < % @ your my example. path x yyyy hh dd ... change eplace nsert fill lacehold goes to tb n.n a.b. __
    vn name_of 1234567890 192.0.2 198.51 203.0.113 1.2.3.4 abc dead *** ???""".split()  # noqa: SIM905
)
_CAPITAL_HINT = re.compile(r"[A-Z][A-Z]|[=~]N")
_WORDY_HINT = re.compile(r"[-_](?:name|id|hash|sha|arn|ip|version|tag|commit|revision|number|file)(?![a-z])")


def find_placeholder(text: str) -> str | None:
    """The first thing in ``text`` that was left to be filled in."""
    if mentions(text, _QUICK_HINTS) and _HINT.search(text):
        for match in _PLACEHOLDER.finditer(text):
            found = match.group().strip()
            if not _is_meant(text, found):
                return found
    wordy = ("-" in text or "_" in text) and _WORDY_HINT.search(text) is not None
    return _find_name(text) if wordy or (not text.islower() and _CAPITAL_HINT.search(text)) else None


def _is_meant(text: str, found: str) -> bool:
    """Whether what looks like a placeholder is the real thing where it stands."""
    if found.startswith(("{{", "v{{", ":{{", "/{{")):
        return _FORMATS.search(text) is not None
    if "@" in found and "example." in found:
        return "{" in text or _BODY.search(text) is not None
    if found.startswith("{") and _FILLS_IN.search(text):
        return True
    if found.startswith("<") and _SEARCHES.search(text) is not None:
        return any(found in quoted for quoted in _QUOTES.findall(text))
    if found[:1] in "Xx" and set(found.lower()) == {"x"}:
        return _MAKES_NAMES.search(text) is not None
    return found.startswith("[[") and text.lstrip().startswith("[[")


def _find_name(text: str) -> str | None:
    if (quoted := _QUOTED_NOUN.search(text)) is not None and not _NAMES_THINGS.search(text):
        return quoted.group().strip("\"'")
    bare = _QUOTES.sub(lambda match: "'" * len(match.group()), text)
    if (wordy := _WORDY.search(bare)) is not None:
        return wordy.group()
    if _NAMES_THINGS.search(bare):
        return None
    for match in _CAPITALS.finditer(bare):
        if match.group() not in _GIT_NAMES:
            return match.group()
    return None
