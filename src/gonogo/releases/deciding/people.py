"""Who may tick, sign and decide. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.errors import BadInput, Forbidden, Problem
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.state import Options, RunState
from gonogo.releases.errors import FourEyesNeeded, PersonNeeded
from gonogo.releases.plan import Item
from gonogo.releases.reading.bindings import fold_words

Alone = Literal["", "one account", "four eyes off"]
"""Why whoever started a run may sign it too; empty when somebody else has to."""

_ACTS_FOR_OTHERS = frozenset({"local", "key", "system"})
_LONGEST_NAME = 200


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts there are (e-mails, disabled ones included), who holds which role, and whether four eyes count.

    ``administrator`` is the account that whoever uses this machine's command line is taken for.
    """

    accounts: frozenset[str] = frozenset()
    roles: Mapping[str, Any] = {}
    four_eyes: bool = True
    administrator: str = ""

    @property
    def alone(self) -> Alone:
        """Why there are no four eyes here. Accounts are counted, keys are not."""
        if len(self.accounts) <= 1:
            return "one account"
        return "" if self.four_eyes else "four eyes off"


def describe_act(actor: Actor, name: str | None) -> dict[str, str]:
    """Whose act this is, as the journal has it: ``name``, and ``for`` whom when a key or the command line says so.

    People act for themselves alone. Raises Forbidden and BadInput.
    """
    wanted = (name or "").strip()
    if not wanted or wanted.casefold() == actor.name.casefold():
        return {"name": actor.name}
    if actor.kind not in _ACTS_FOR_OTHERS:
        raise Forbidden(f"You are signed in as {actor.name} and can't act as {wanted}. Leave 'name' out.")
    if len(wanted) > _LONGEST_NAME or not wanted.isprintable():
        raise BadInput("'name' is a name or an e-mail: at most 200 characters on one line.", field="name")
    return {"name": describe_person(actor.name, wanted), "for": wanted}


def describe_person(name: str, on_behalf_of: str | None) -> str:
    """``root@host for anna``; the name alone when nobody else was named."""
    return f"{name} for {on_behalf_of}" if on_behalf_of and on_behalf_of != name else name


def refuse_other_name(actor: Actor, name: str | None) -> None:
    """Signatures and decisions are given in one's own name only. Raises PersonNeeded, or Forbidden to people."""
    if "for" in describe_act(actor, name):
        raise PersonNeeded(
            f"Signatures and decisions are given by the person themselves: {actor.name} can't give one for {name}. "
            f"{name} signs in and does it on the page of the run, or with `gonogo login` first.",
            field="name",
        )


def name_starters(actor: Actor, on_behalf_of: str, team: Team) -> tuple[str, ...]:
    """Every name that whoever starts a run goes by: none of them is a second pair of eyes."""
    names = {actor.id, actor.name, on_behalf_of, actor.owner}
    owner_is_account = actor.owner.casefold() in {name.casefold() for name in team.accounts}
    if actor.kind == "local" or (actor.kind == "key" and not owner_is_account):
        names.add(team.administrator)
    return tuple(sorted(names - {""}))


def is_starter(actor: Actor, options: Options) -> bool:
    """Whether this actor started the run, under any of their names."""
    names = {name.casefold() for name in (*options.starters, options.started_by, options.started_by_name) if name}
    return bool(names & {actor.id.casefold(), actor.name.casefold()})


def describe_four_eyes(course: Course, state: RunState) -> str:
    """That whoever started the run signed or decided it, as a sentence; empty when a second person did."""
    alone = {key: seen.alone for key, seen in state.items.items() if seen.alone}
    if not alone:
        return ""
    kinds = {course.items[key].kind for key in alone if key in course.items}
    did = " and ".join(verb for kind, verb in (("sign", "signed"), ("gate", "decided")) if kind in kinds)
    why = "One account" if "one account" in alone.values() else "Four eyes are turned off"
    return f"{why}: {did or 'signed'} by who started it. No second person has looked."


def find_role_holders(roles: Mapping[str, Any], role: str | None) -> frozenset[str] | None:
    """Who holds a role by ``[roles]`` of gonogo.toml (e-mails); None when the table does not name it."""
    wanted = fold_words(role or "")
    for name, people in roles.items():
        if wanted and fold_words(name) == wanted:
            return frozenset([people] if isinstance(people, str) else people)
    return None


def check_decider(actor: Actor, options: Options, team: Team) -> Alone:
    """Whether this actor may decide GO, NO-GO or hold; gives why there are no four eyes, if there are none.

    Raises Forbidden below approver, PersonNeeded for keys and for the command line beside several accounts.
    """
    _check_is_person(actor, options, team)
    authorise(actor, "approver")
    if team.alone == "one account" or is_starter(actor, options):
        return team.alone
    return ""


def check_signer(actor: Actor, item: Item, options: Options, team: Team) -> Alone:
    """Whether this actor may sign; gives why there are no four eyes, if there are none.

    Raises FourEyesNeeded for whoever started the run, or does not hold the role; Forbidden below approver;
    PersonNeeded for keys and for the command line beside several accounts.
    """
    _check_is_person(actor, options, team)
    started = is_starter(actor, options)
    if started and not team.alone:
        raise FourEyesNeeded(
            f"{actor.name} started this run, so somebody else has to sign '{item.text}'. "
            "Four eyes are two accounts; a team of one sets four_eyes = false under [releases] in gonogo.toml.",
            field="name",
        )
    holders = find_role_holders(team.roles, item.role)
    if holders is None or (team.alone and not _have_accounts(holders, team)):
        authorise(actor, "approver")
    else:
        authorise(actor, "operator")
        _check_holds(actor, item, holders)
    return team.alone if started or team.alone == "one account" else ""


def check_skipper(actor: Actor, item: Item, options: Options, team: Team) -> Alone:
    """Leaving out a signature or a gate takes an approver; a signature, one who may stand in for a second pair of eyes.

    Raises as ``check_decider`` does, and FourEyesNeeded.
    """
    alone = check_decider(actor, options, team)
    if item.kind == "sign" and is_starter(actor, options) and not team.alone:
        raise FourEyesNeeded(f"{actor.name} started this run, so somebody else has to leave out '{item.text}'.")
    return alone


def check_ticker(actor: Actor, item: Item, team: Team) -> None:
    """Raises FourEyesNeeded when the item names a role that ``[roles]`` gives to somebody else."""
    holders = find_role_holders(team.roles, item.role)
    if holders is not None and team.alone != "one account":
        _check_holds(actor, item, holders)


def list_accepted(actor: Actor, items: list[Item], options: Options, team: Team) -> tuple[str, ...]:
    """The signatures and decisions that this actor may give in advance: all they may give at all while alone."""
    return tuple(item.id for item in items if team.alone and _may_give(actor, item, options, team))


def list_not_held(actor: Actor, items: list[Item], team: Team) -> tuple[str, ...]:
    """The ticks that this actor can't give in advance, because the role is somebody else's."""
    return tuple(item.id for item in items if not _may_tick(actor, item, team))


def _may_give(actor: Actor, item: Item, options: Options, team: Team) -> bool:
    try:
        if item.kind == "sign":
            check_signer(actor, item, options, team)
        else:
            check_decider(actor, options, team)
    except Problem:
        return False
    return True


def _may_tick(actor: Actor, item: Item, team: Team) -> bool:
    try:
        check_ticker(actor, item, team)
    except Problem:
        return False
    return True


def _check_is_person(actor: Actor, options: Options, team: Team) -> None:
    if actor.kind == "user":
        return
    if actor.kind == "local":
        if team.alone == "one account" or (team.alone and is_starter(actor, options)):
            return
        raise PersonNeeded(
            f"{actor.name} is this machine's command line, and {len(team.accounts)} people have accounts here: it "
            "can't sign or decide. Sign in with `gonogo login`, or do it on the page of the run."
        )
    raise PersonNeeded(
        f"{actor.name} can't sign or decide: a person does, signed in on the page of the run or with `gonogo login`."
    )


def _have_accounts(holders: frozenset[str], team: Team) -> bool:
    return bool({name.casefold() for name in holders} & {name.casefold() for name in team.accounts})


def _check_holds(actor: Actor, item: Item, holders: frozenset[str]) -> None:
    if actor.name.casefold() not in {name.casefold() for name in holders}:
        listed = ", ".join(sorted(holders)) or "no one"
        raise FourEyesNeeded(f"'{item.role}' is {listed} by [roles] of gonogo.toml, not {actor.name}.", field="name")
