"""Findings that need the whole checklist: what is missing, what contradicts, who and what is not bound."""

from __future__ import annotations

from itertools import combinations

from gonogo.releases.plan import Finding, Severity
from gonogo.releases.reading.bindings import Bindings, fold_words
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.rules import Number

_FACTORS = {
    "": ("", 1.0),
    "%": ("%", 1.0),
    **{
        unit: ("s", size)
        for unit, size in (("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0))
    },
    **{unit: ("B", size) for unit, size in (("b", 1.0), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12))},
    **{unit: ("B", size) for unit, size in (("kib", 2.0**10), ("mib", 2.0**20), ("gib", 2.0**30))},
}
_MOST_COMPARED = 12


def lint_plan(drafts: list[Draft], bindings: Bindings) -> list[Finding]:
    """Every finding about the checklist as a whole."""
    found = [*_find_empty(drafts), *_find_unrolled(drafts), *_find_unnamed(drafts, bindings), *_find_unbound(drafts)]
    return [*found, *_find_contradictions(drafts)]


def _finding(rule: str, severity: Severity, line: int, message: str) -> Finding:
    return Finding(rule=rule, severity=severity, line=line, message=message)


def _find_empty(drafts: list[Draft]) -> list[Finding]:
    if any(draft.kind != "info" for draft in drafts):
        return []
    message = "there is nothing to do in this file: no command, checkbox, gate or step was found"
    return [_finding("empty-checklist", "error", 1, message)]


def _find_unrolled(drafts: list[Draft]) -> list[Finding]:
    changes = any(draft.runs == "auto" for draft in drafts if draft.kind == "run")
    if not changes or any(draft.kind == "rollback" for draft in drafts):
        return []
    message = 'commands run here, but nothing says how to roll back: add a "Rollback" section'
    return [_finding("missing-rollback", "warning", 1, message)]


def _find_unnamed(drafts: list[Draft], bindings: Bindings) -> list[Finding]:
    found, seen = [], set()
    for draft in drafts:
        if draft.kind == "sign" and draft.role is None:
            message = f'"{draft.text[:60]}" does not say whose signature it is: name the role'
            found.append(_finding("unnamed-role", "warning", draft.line, message))
        elif draft.kind == "sign" and draft.role and draft.role not in seen and not bindings.names_role(draft.role):
            seen.add(draft.role)
            message = f'nobody is named for "{draft.role}": add it under [roles] in gonogo.toml'
            found.append(_finding("unnamed-role", "warning", draft.line, message))
    return found


def _find_unbound(drafts: list[Draft]) -> list[Finding]:
    found = []
    for draft in drafts:
        if draft.kind == "gate" and draft.expression is None and not draft.criteria and _is_metric(draft):
            message = (
                f'"{draft.text[:60]}" is bound to no signal, so a person judges it: bind its phrase under [signals]'
            )
            if isinstance(draft.rule, Number) and draft.rule.signal:
                message = f'"{draft.rule.signal}" makes no expression of "{draft.text[:60]}": mend it under [signals]'
            found.append(_finding("unbound-metric", "warning", draft.line, message))
    return found


def _is_metric(draft: Draft) -> bool:
    return isinstance(draft.rule, Number) or any(char.isdigit() for char in draft.text)


def _find_contradictions(drafts: list[Draft]) -> list[Finding]:
    groups: dict[tuple[str, str], list[tuple[Draft, float, str, str]]] = {}
    for draft in drafts:
        rule = draft.rule
        if (
            draft.kind not in ("gate", "check")
            or not isinstance(rule, Number)
            or rule.value is None
            or not rule.subject
        ):
            continue
        family, factor = _FACTORS.get((rule.unit or "").lower(), (rule.unit or "", 1.0))
        side = "below" if rule.op in ("<", "<=") else "above" if rule.op in (">", ">=") else ""
        if side:
            groups.setdefault((fold_words(rule.subject), family), []).append(
                (draft, rule.value * factor, side, rule.polarity)
            )
    return [
        _contradict(first[0], second[0])
        for group in groups.values()
        for first, second in combinations(group[:_MOST_COMPARED], 2)
        if _clash(first[1:], second[1:])
    ]


def _clash(first: tuple[float, str, str], second: tuple[float, str, str]) -> bool:
    if first[2] != second[2]:
        good, bad = (first, second) if first[2] == "good" else (second, first)
        # Good below 5, bad above 1: at 3 the release has succeeded and must be rolled back.
        if good[1] == "below" and bad[1] == "above":
            return bad[0] < good[0]
        return good[1] == "above" and bad[1] == "below" and bad[0] > good[0]
    if first[1] == second[1] or first[2] == "bad":
        return False
    ceiling, floor = (first[0], second[0]) if first[1] == "below" else (second[0], first[0])
    return floor >= ceiling


def _contradict(first: Draft, second: Draft) -> Finding:
    message = f'"{second.text[:60]}" contradicts line {first.line}: "{first.text[:60]}"'
    return _finding("contradictory-thresholds", "warning", second.line, message)
