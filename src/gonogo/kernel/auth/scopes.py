"""Scopes: what a key may do. A key has scopes and never a role; no scope signs or decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from gonogo.kernel.auth.actor import ROLES, Actor, Role
from gonogo.kernel.auth.bounds import Bound
from gonogo.kernel.errors import BadInput, Forbidden

ADMIN = "admin"
ANY = "any"
"""Declared by a route that every key may call, such as the one that says whose key it is."""


class ScopeRule(msgspec.Struct, frozen=True):
    """What a scope allows. Its key counts as ``role`` in commands, and so its owner needs that role as well."""

    summary: str
    role: Role
    bound: tuple[str, ...] = ()
    needed: str = ""


SCOPES: dict[str, ScopeRule] = {
    "observe:write": ScopeRule("Report the samples, logs and OTLP data of one host.", "operator", ("host",), "host"),
    "signals:write": ScopeRule(
        "Push samples of signals whose names start with a prefix.", "operator", ("prefix",), "prefix"
    ),
    "settings:read": ScopeRule("Read settings and follow their changes.", "viewer"),
    "settings:write": ScopeRule("Change settings that operators may change.", "operator"),
    "queue:work": ScopeRule("Work on jobs: claim, report, keep files.", "operator", ("types", "connectors")),
    "jobs:enqueue": ScopeRule("Enqueue jobs, and read, cancel and retry them.", "operator", ("types",)),
    "releases:run": ScopeRule("Start releases of saved checklists, follow and stop them.", "operator"),
    "flags:evaluate": ScopeRule("Read the value of one setting at a time.", "viewer"),
    "llm:call": ScopeRule("Enqueue jobs for language models.", "operator"),
    "webhooks:send": ScopeRule("Send events to webhook endpoints.", "operator"),
    "metrics:read": ScopeRule("Read metrics, signals and the state of hosts.", "viewer"),
    ADMIN: ScopeRule("Everything that an administrator may do, except to sign and to decide.", "admin"),
}


class ScopeNeeded(Forbidden):
    """The key lacks the scope of this route."""

    type, title = "scope-needed", "This key lacks the scope"


class OutOfBounds(Forbidden):
    """The key has the scope, but is bound to another host, prefix, type or connector."""

    type, title = "out-of-bounds", "This key is bound to something else"


def declare_scope(*scopes: str) -> dict[str, tuple[str, ...]]:
    """The ``opt`` of a route or controller: the scopes of which a key needs one."""
    if unknown := [scope for scope in scopes if scope not in SCOPES and scope != ANY]:
        raise ValueError(f"'{unknown[0]}' is not a scope.")
    return {"scope": scopes}


def check_scope(actor: Actor, needed: Sequence[str]) -> None:
    """Raise ``ScopeNeeded`` unless a key has one of the scopes that a route declares. People have roles instead."""
    if actor.kind != "key" or ADMIN in actor.scopes or ANY in needed or set(needed) & set(actor.scopes):
        return
    has = ", ".join(actor.scopes) or "none that its owner may still use"
    raise ScopeNeeded(
        f"This needs a key with the scope {' or '.join(needed)}; {actor.name} has {has}. "
        f"`gonogo keys create NAME --scope {needed[0]}` creates one.",
        required_scope=needed[0],
        scopes=list(actor.scopes),
    )


def check_scopes(scopes: Sequence[str], bound: Bound) -> tuple[str, ...]:
    """The scopes of a new key, each once, in the order of the table. Raises ``BadInput``."""
    if not scopes:
        raise BadInput(f"'scopes' must name at least one of {', '.join(SCOPES)}.", field="scopes")
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise BadInput(f"'{unknown[0]}' is not a scope. Scopes are {', '.join(SCOPES)}.", field="scopes")
    chosen = tuple(scope for scope in SCOPES if scope in scopes)
    _check_bound(chosen, bound)
    return chosen


def find_role(scopes: Iterable[str]) -> Role:
    """What a key with these scopes counts as once a route has let it in."""
    return max((SCOPES[scope].role for scope in scopes), key=ROLES.index, default="viewer")


def list_usable(scopes: Iterable[str], owner: Role) -> tuple[str, ...]:
    """The scopes that count while the key's owner has this role: nobody's key may do more than they may."""
    return tuple(scope for scope in scopes if scope in SCOPES and ROLES.index(owner) >= ROLES.index(SCOPES[scope].role))


def _check_bound(scopes: Sequence[str], bound: Bound) -> None:
    for scope in scopes:
        needed = SCOPES[scope].needed
        if needed and not getattr(bound, needed).strip():
            raise BadInput(
                f"'{scope}' is bound to one {needed}: give 'bound.{needed}', or \"*\" for every one.",
                field=f"bound.{needed}",
            )
    allowed = {name for scope in scopes for name in SCOPES[scope].bound}
    for name in Bound.__struct_fields__:
        if getattr(bound, name) and name not in allowed:
            whose = " or ".join(scope for scope, rule in SCOPES.items() if name in rule.bound)
            raise BadInput(f"'bound.{name}' goes with the scope {whose} only.", field=f"bound.{name}")
