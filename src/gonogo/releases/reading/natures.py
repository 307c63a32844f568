"""What a line of a shell fence is: a command, or the text around one: output, a prompt, SQL, a sentence."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from tree_sitter import Node

from gonogo.releases.hints import mentions
from gonogo.releases.reading.bare import split_bare
from gonogo.releases.reading.presence import is_plain_command
from gonogo.releases.reading.programs import KNOWN
from gonogo.releases.reading.shell import LONGEST_LINE
from gonogo.releases.reading.verbs import asks_for_action

# plain: certainly a command. bare: a command as far as its form goes. doubtful: it may be one or the other.
# output, prose: certainly not one. task: words that give somebody work. sql, prompt, cmdlet: another language.
Nature = Literal["plain", "bare", "doubtful", "output", "prose", "task", "sql", "prompt", "cmdlet"]
TEXT: frozenset[Nature] = frozenset({"output", "prose", "task", "sql", "prompt", "cmdlet", "doubtful"})
FOREIGN: frozenset[Nature] = frozenset({"sql", "prompt", "cmdlet"})

_PROMPT = re.compile(
    r"^\s*(?:>>> ?|In \[\d+\]:|(?:mysql|sqlite|mongo\w*|redis|ftp|sftp|lftp|cqlsh(?::\w+)?|influx|gdb|irb|pry"
    r"|test|admin)> "
    r"|MariaDB \[[^\]]*\]> |[\w.-]+[=-][#>*] |irb\([^)]*\)\S*>? |\[\d+\] pry|[\d.]+:\d+(?:\[\d+\])?> |rs\d*:\w+> "
    r"|PS [A-Za-z]:\\[^>]*> ?|[A-Za-z]:\\[^>]*>|iex\(\d+\)> |scala> |julia> |php > |\w+\(\w+\)> )"
)
# Every prompt above holds one of these.
_PROMPT_MARKS = (">", "#", "*", "[", "irb(")
_SQL = re.compile(
    r"^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|TRUNCATE|GRANT|REVOKE|BEGIN|COMMIT|ROLLBACK"
    r"|FROM|WHERE|LIMIT|ORDER BY|GROUP BY|HAVING|VALUES|SET|JOIN|(?:LEFT|RIGHT|INNER|OUTER|CROSS|FULL) (?:OUTER )?JOIN"
    r"|WITH|EXPLAIN|VACUUM|ANALYZE|REINDEX|DESCRIBE|SHOW|USE|AND|OR|UNION|RETURNING|ON CONFLICT|COPY|LOCK|CALL|DECLARE"
    r"|MERGE INTO|REFRESH|COMMENT ON|START TRANSACTION|FLUSH|KILL|PREPARE|CLUSTER)(?:\s|\(|;|$)"
    r"|^\s*(?i:select\s.{1,400}\sfrom\s|insert\s+into\s|update\s+[\w.\"`]+\s+set\s|delete\s+from\s"
    r"|create\s+(?:or\s+replace\s+)?(?:unique\s+)?(?:table|index|view|user|role|database|schema|function"
    r"|extension|trigger)\s"
    r"|alter\s+(?:table|user|role|database|system|index)\s|drop\s+(?:table|index|view|user|role|database|schema"
    r"|column)\s"
    r"|show\s+(?:slave|master|replica|databases|tables|processlist|full|variables|status|create|grants|engine|binary)\b"
    r"|grant\s.{1,200}\sto\s|truncate\s+table\s)"
    r"|^\s*\\(?:[a-z]{1,8}[+]?|\?|!)(?:\s|$)",
)
_SQL_VERBS = frozenset("select insert update delete create alter drop show grant truncate".split())  # noqa: SIM905
_CMDLET = re.compile(
    r"^\s*(?:\$\w+\s*=\s*)?[A-Z][a-z]+-[A-Z]\w+(?:\s|$)|^\s*\$(?:env:|ErrorActionPreference)|^\s*Import-Module\b"
)
_OUTPUT = re.compile(
    r"^(?:https?://\S*$|[{}\[\]]+,?$|[\"'{\[]\s*[\"'\w]+[\"']?\s*:|[|+=*─━│┌├└╔║-]{2,}|[✓✔✗✘✅❌●○•→←▶⚠]"
    r"|<[/!?a-zA-Z]|\d+[\s%.,)]|\d+$|[\w .-]{1,60}:\s*$|(?!(?:export|echo|git|cd|if|for|while)\b)[\w.-]+:\s(?!.*[|&;])"
    r"|[A-Z][\w ()-]{0,40}:\s(?!.*[|&;])"
    r"|[A-Z_]+ +\d+$|HTTP/\d|-{1,2}\s?\w+\s*$|\.{3}|%|(?:\[?\d{4}-\d\d-\d\d|\[?\d\d:\d\d:\d\d)\b"
    r"|\[?(?:INFO|WARN|WARNING|ERROR|DEBUG|FATAL|TRACE|NOTICE|LOG|HINT|DETAIL|PASS|FAIL|SKIP|OK)\]?(?::|\s|$)"
    r"|(?:NAME|NAMESPACE|CONTAINER ID|REPOSITORY|USER|PID|UID|Filesystem|REVISION|ID)\s{2,}\S|\[\w[\w .:-]*\]$|@@ )"
)
_CRON = re.compile(r"^\s*(?:@(?:reboot|hourly|daily|weekly|monthly|yearly)\s|(?:[\d*/,-]+\s+){4}[\d*/,A-Za-z-]+\s+\S)")
_ANSWER = re.compile(
    r"\[[yYnN]/[yYnN]\]|\((?:yes/no|y/n)[^)]*\)|\([^()]* letter code\)|\]:\s*\S*$|\bpass(?:word|phrase):?\s*$"
)
_PROSE = re.compile(r"^[A-Z][a-z]+(?:,? (?:[A-Za-z][\w'’-]*|\([^)]*\)|\d+|&|/|-|—|–))*[.:!?]?$")
_CAPITAL = re.compile(r"^[A-Z][\w'’-]*(?:\s|$|[.,:;!?])")
_SHELLISH = re.compile(r"(?:^|\s)(?:--?\w|/\w|\S*[/\\]\S|[|><&]|\$\w|\w+=)")
_LITTLE = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "your",
        "our",
        "their",
        "all",
        "and",
        "or",
        "of",
        "to",
        "from",
        "for",
        "with",
        "when",
        "until",
        "if",
        "into",
        "should",
        "must",
        "will",
        "sure",
        "every",
        "each",
        "any",
        "by",
        "as",
        "has",
        "have",
        "not",
        "no",
        "then",
        "than",
        "which",
        "there",
    ]
)
_SPEAKERS = frozenset(
    {"echo", "printf", "logger", "say", "wall", "write", "git", "notify-send", "for", "case", "gh", "curl"}
)
_WORDS = re.compile(r"[A-Za-z'’,.-]+")
_ASSIGNMENT = re.compile(r"^\s*[A-Za-z_]\w*=")
_LISTED = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+(?=[A-Z])")
_MARKS = frozenset('`"${}*=')
_START = frozenset("./~$_([{:!\"'\\<>`")


@lru_cache(maxsize=256)
def read_nature(text: str, node: Node | None) -> Nature:
    """What one piece of a shell fence is, by its own words."""
    first = text.lstrip()
    line = first.split("\n", 1)[0]
    word = line.split(None, 1)[0] if line else ""
    if len(line) > LONGEST_LINE:
        return "bare"
    if word in KNOWN and word not in _SQL_VERBS and split_bare(first) is not None:
        # Nothing but words behind a well-known program: only a sentence looks like that as well.
        return "doubtful" if _reads_like_sentence(line) else "plain" if is_plain_command(text, node) else "bare"
    if kind := _read_foreign(line):
        return kind
    if (listed := _LISTED.match(line)) and asks_for_action(line[listed.end() :]):
        return "task"
    if _CRON.match(line) or (word not in KNOWN and _OUTPUT.match(line)):
        return "output"
    if not word or not (word[0].isalnum() or word[0] in _START):
        return "output" if word.isascii() or not any(char.isalpha() for char in word[:1]) else "doubtful"
    if word not in KNOWN and _ANSWER.search(line):
        return "output"
    if word not in KNOWN and (_PROSE.match(line) or (_CAPITAL.match(line) and not _SHELLISH.search(line))):
        return "task" if asks_for_action(line) else "prose"
    if word not in KNOWN and _CAPITAL.match(line) and not _ASSIGNMENT.match(line) and not _looks_like_variable(word):
        return "doubtful"
    if "\n" not in text and _reads_like_sentence(line):
        return "doubtful"
    if _ASSIGNMENT.match(line) and " " not in line.strip():
        return "bare"
    return "plain" if is_plain_command(text, node) else "bare"


def is_text(text: str) -> bool:
    """Whether words are certainly no command of this shell."""
    return read_nature(text, None) in TEXT - {"doubtful"}


def _read_foreign(line: str) -> Nature | None:
    if mentions(line, _PROMPT_MARKS) and _PROMPT.match(line):
        return "prompt"
    if _SQL.match(line):
        return "sql"
    return "cmdlet" if _CMDLET.match(line) else None


def _looks_like_variable(word: str) -> bool:
    return re.match(r"^[A-Z_][A-Z0-9_]*=", word) is not None


def _reads_like_sentence(line: str) -> bool:
    words = line.split()
    little = sum(word.lower().strip(".,") in _LITTLE for word in words[1:])
    if not little or len(words) < 3 or words[0] in _SPEAKERS or not _MARKS.isdisjoint(line) or _SHELLISH.search(line):
        return False
    if not all(_WORDS.fullmatch(word) for word in words):
        return False
    return little >= (1 if words[0] not in KNOWN or len(words) > 3 else 2)
