"""Comments of a fence that raise a doubt about the commands below them, or give a person something to do."""

from __future__ import annotations

import re
from functools import lru_cache

from gonogo.releases.reading.alternatives import Barrier, find_barrier, shorten

_MARKED_BAD = re.compile(r"^\s*(?:❌|✗|✘|⛔|🚫)")
_WARNS = re.compile(
    r"^\W*(?:never|do not|don['’]?t|avoid|danger\w*)\b(?!\s+(?:forget|skip|miss|worry|close|leave|exit|interrupt"
    r"|wait|panic"
    r"|continue|proceed))",
    re.IGNORECASE,
)
_TURNS_BACK = re.compile(
    r"^\W*(?:roll ?back|revert|undo|emergency|restore|recovery|fallback|troubleshooting|debug(?:ging)?|dry[- ]?run)\b"
    r"(?!\s+(?:plan|tested|test|point|info))",
    re.IGNORECASE,
)
_ON_HOST = re.compile(
    r"^\W*(?:\d+[.)]\s*)?(?:on|from|inside|within|in)\s+(?:the\s+|each\s+|every\s+|all\s+|your\s+|a\s+"
    r"|another\s+)?(?:[\w.-]+\s+){0,2}"
    r"(?:servers?|hosts?|nodes?|machines?|vms?|instances?|boxes|box|pods?|containers?|laptops?|workstations?|bastion"
    r"|jump ?box|primary|replicas?|standby|master|slave|remote|psql|mysql|mongo\w*|console|shell|prompt|repl"
    r"|terminal)\b"
    r"(?!\s+(?:logs?|status|health))",
    re.IGNORECASE,
)
_BY_HAND = re.compile(
    r"\bbefore (?:going on|continuing|proceeding|moving on|the next|you (?:go on|continue|proceed|move on))\b"
    r"|\bby hand\b|\bmanually\b|^\W*manual(?: steps?)?\s*:|\b(?:in|from|via|through"
    r"|using) the (?:[\w/.-]+ ){0,2}(?:dashboard|console|ui|gui|web ?ui"
    r"|portal|panel|admin|browser|settings|menu|app|website|interface|editor)\b|^\W*(?:\d+[.)]\s*)?(?:then\s+"
    r"|now\s+|next,?\s+)?"
    r"(?:click|go to|navigate|browse|open (?:the|your|a|https?:|up)\b|visit|log ?in to the|sign in|fill (?:in|out)"
    r"|tick|press|scroll|paste|ask|call|tell|notify|inform|email|announce|coordinate|contact|communicate"
    r"|wait for .{0,40}approval"
    r"|make (?:a|the|any|your|some|sure)\b.{0,40}?(?:changes?|edits?)|make (?:changes?|edits?)|select the"
    r"|choose (?:the|a|an)\b"
    r"|edit|modify|review the|look at|take a (?:screenshot|note)|write down|note (?:down|the)|record the"
    r"|double[- ]check"
    r"|confirm (?:with|that)|get (?:the )?(?:approval|sign-?off)|schedule|decide)\b",
    re.IGNORECASE,
)
_CHANGES_FILE = re.compile(
    r"^\W*(?:\d+[.)]\s*)?(?:then\s+|now\s+)?(?:add|set|update|change|replace|put|remove|rename|insert|append"
    r"|configure|adjust|bump)\b"
    r".{0,80}?(?:\.env\b|\.ya?ml\b|\.json\b|\.toml\b|\.conf\b|\.ini\b|\.py\b|\.tsx?\b|\.jsx?\b|\.cfg\b"
    r"|\.properties\b|\.tf\b"
    r"|\b(?:config|settings|configuration|values|dockerfile) (?:file)?\b|every app|all apps|each app)",
    re.IGNORECASE,
)
# What a command below does when it is the one that the comment asks for.
_DOES_IT = re.compile(
    r"^\s*(?:sudo\s+)?(?:sed|awk|perl|yq|jq|tee|vim?|nano|emacs|\$EDITOR|\$\{?EDITOR|code|ed|ex|crudini|dasel"
    r"|patch|envsubst|cp|mv|echo"
    r"|printf|cat|export|git config|kubectl (?:edit|patch|set|annotate|label)|helm|heroku config|fly secrets"
    r"|vercel env|ssh|psql"
    r"|mysql|open|xdg-open|start|mail|curl|slack|gh|aws|gcloud|az|python\S*|node|npm (?:version|pkg)|ansible\S*"
    r"|crontab|visudo"
    r"|systemctl edit|read|\w+=)\b|<<|>>?\s*\S|\bEDITOR="
)
_UNFILLED = re.compile(
    r"\b(?:change|replace|fill|adjust|edit|set|insert|put|use) ?[-_]?(?:me|this|it|in|your|with|here|the)\b"
    r"|placeholder|TO"
    r"DO|FIX"
    r"ME|TBD",
    re.IGNORECASE,
)
_LONGEST = 600


@lru_cache(maxsize=4096)
def find_aside(text: str) -> Barrier | None:
    """The doubt that a comment raises about the commands below it."""
    said, shown = text[:_LONGEST], shorten(text)
    if _MARKED_BAD.search(said):
        return Barrier(f'"{shown}" marks it as wrong: it is shown, never run', "example", never=True)
    if found := find_barrier(text):
        return found
    if _WARNS.search(said):
        return Barrier(f'"{shown}" warns of it: a person decides whether it runs', "condition")
    if _ON_HOST.search(said):
        return Barrier(f'"{shown}" says that it is typed somewhere else: type it there', "elsewhere")
    if turns_back(said):
        return Barrier(f'"{shown}" is for another case: a person decides whether it runs', "condition")
    return None


def turns_back(text: str) -> bool:
    """Whether a comment heads what is done only when something went wrong: "# Rollback"."""
    return _TURNS_BACK.search(text[:_LONGEST]) is not None


def find_unfilled(text: str) -> Barrier | None:
    """The doubt of a comment that says that its line was left to be filled in: "# CHANGEME"."""
    if _UNFILLED.search(text[:_LONGEST]) is None:
        return None
    return Barrier(f'"{shorten(text)}": it may still have to be filled in', "placeholder")


def gives_work(text: str, following: str) -> bool:
    """Whether a comment asks a person to do something that the command below it does not do."""
    said = text[:_LONGEST]
    if _BY_HAND.search(said) or _CHANGES_FILE.search(said):
        return not following or not _DOES_IT.search(following[:_LONGEST])
    return False
