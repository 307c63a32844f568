"""Who may tick, sign and decide: every kind of caller, with one account, with several, and without four eyes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.kernel.auth.actor import SYSTEM, Actor, Role
from gonogo.kernel.errors import BadInput, Forbidden, Problem
from gonogo.releases.deciding.people import (
    Team,
    check_decider,
    check_signer,
    check_skipper,
    check_ticker,
    describe_act,
    is_starter,
    list_accepted,
    list_not_held,
    name_starters,
    refuse_other_name,
)
from gonogo.releases.deciding.state import Options
from gonogo.releases.errors import FourEyesNeeded, PersonNeeded
from tests.releases.plans import make_item

ADMIN = "root@shop.test"
MIA, NED = "mia@shop.test", "ned@shop.test"
LOCAL = Actor("local", "deploy@till1", "local", "admin")
KEY = Actor("k1", "key pipeline", "key", "admin", MIA)
SEVERAL = Team(accounts=frozenset({ADMIN, MIA, NED}), administrator=ADMIN, roles={"Head baker": [NED]})
ONE = Team(accounts=frozenset({ADMIN}), administrator=ADMIN, roles={"Head baker": [NED]})
EYES_OFF = Team(accounts=SEVERAL.accounts, administrator=ADMIN, roles=SEVERAL.roles, four_eyes=False)
ANY_ROLE = make_item("s1", "sign", role="Porter")
BAKER = make_item("s2", "sign", role="head baker")


def person(name: str, role: Role = "approver") -> Actor:
    return Actor(f"u-{name}", name, "user", role)


def started_by(actor: Actor, team: Team = SEVERAL, started_for: str = "") -> Options:
    starters = name_starters(actor, started_for, team)
    return Options(started_by=actor.id, started_by_name=actor.name, started_for=started_for, starters=starters)


@pytest.mark.parametrize(
    ("actor", "name", "stands"),
    [
        (LOCAL, "anna", {"name": "deploy@till1 for anna", "for": "anna"}),
        (KEY, " anna ", {"name": "key pipeline for anna", "for": "anna"}),
        (LOCAL, None, {"name": "deploy@till1"}),
        (LOCAL, "", {"name": "deploy@till1"}),
        (LOCAL, "Deploy@Till1", {"name": "deploy@till1"}),
        (person(MIA), "MIA@shop.test", {"name": MIA}),
    ],
)
def test_everybody_acts_as_themselves_and_keys_for_somebody_at_most(
    actor: Actor, name: str | None, stands: dict[str, str]
) -> None:
    assert describe_act(actor, name) == stands


def test_people_act_for_nobody_else() -> None:
    with pytest.raises(Forbidden):
        describe_act(person(MIA, "admin"), NED)


@pytest.mark.parametrize("name", ["x" * 201, "anna\nned", "anna\x1b[2J"])
def test_a_name_is_a_name(name: str) -> None:
    with pytest.raises(BadInput):
        describe_act(LOCAL, name)


@pytest.mark.parametrize("actor", [LOCAL, KEY, SYSTEM])
def test_nothing_is_signed_in_another_s_name(actor: Actor) -> None:
    with pytest.raises(PersonNeeded):
        refuse_other_name(actor, NED)
    refuse_other_name(actor, None)


@pytest.mark.parametrize("actor", [LOCAL, KEY, SYSTEM])
@pytest.mark.parametrize("check", [check_decider, lambda *who: check_signer(who[0], BAKER, *who[1:])])
def test_beside_several_accounts_only_people_sign_and_decide(actor: Actor, check: Any) -> None:
    with pytest.raises(PersonNeeded):
        check(actor, started_by(person(MIA)), SEVERAL)
    with pytest.raises(PersonNeeded):
        check(actor, started_by(actor), SEVERAL)


@pytest.mark.parametrize("team", [SEVERAL, ONE, EYES_OFF])
def test_a_key_never_signs_or_decides(team: Team) -> None:
    with pytest.raises(PersonNeeded):
        check_signer(KEY, ANY_ROLE, started_by(KEY), team)
    with pytest.raises(PersonNeeded):
        check_decider(KEY, started_by(KEY), team)


def test_four_eyes_are_two_accounts() -> None:
    options = started_by(person(MIA))
    with pytest.raises(FourEyesNeeded, match="somebody else"):
        check_signer(person(MIA), ANY_ROLE, options, SEVERAL)
    assert check_signer(person(ADMIN, "admin"), ANY_ROLE, options, SEVERAL) == ""


def test_whoever_made_a_key_is_no_second_pair_of_eyes_for_it() -> None:
    with pytest.raises(FourEyesNeeded):
        check_signer(person(MIA), ANY_ROLE, started_by(KEY), SEVERAL)
    assert check_signer(person(ADMIN, "admin"), ANY_ROLE, started_by(KEY), SEVERAL) == ""


def test_the_administrator_is_no_second_pair_of_eyes_for_the_command_line() -> None:
    with pytest.raises(FourEyesNeeded):
        check_signer(person(ADMIN, "admin"), ANY_ROLE, started_by(LOCAL), SEVERAL)
    assert check_signer(person(MIA), ANY_ROLE, started_by(LOCAL), SEVERAL) == ""


def test_nor_for_a_key_that_the_command_line_made() -> None:
    made_here = Actor("k2", "key cron", "key", "operator", LOCAL.name)
    with pytest.raises(FourEyesNeeded):
        check_signer(person(ADMIN, "admin"), ANY_ROLE, started_by(made_here), SEVERAL)


def test_for_whom_a_run_was_started_counts_as_who_started_it() -> None:
    with pytest.raises(FourEyesNeeded):
        check_signer(person(MIA), ANY_ROLE, started_by(LOCAL, started_for="Mia@shop.test"), SEVERAL)


def test_a_role_without_a_person_takes_an_approver() -> None:
    with pytest.raises(Forbidden):
        check_signer(person(NED, "operator"), ANY_ROLE, started_by(person(MIA)), SEVERAL)


def test_a_role_with_a_person_is_signed_by_that_person() -> None:
    options = started_by(person(MIA))
    assert check_signer(person("NED@shop.test", "operator"), BAKER, options, SEVERAL) == ""
    with pytest.raises(FourEyesNeeded, match=NED):
        check_signer(person(ADMIN, "admin"), BAKER, options, SEVERAL)


def test_who_is_alone_signs_and_decides_and_the_record_says_so() -> None:
    for actor in (LOCAL, person(ADMIN, "admin")):
        options = started_by(LOCAL, ONE)
        assert check_signer(actor, ANY_ROLE, options, ONE) == "one account"
        assert check_signer(actor, BAKER, options, ONE) == "one account"
        assert check_decider(actor, options, ONE) == "one account"


def test_without_four_eyes_who_started_signs_as_themselves() -> None:
    assert check_signer(LOCAL, ANY_ROLE, started_by(LOCAL), EYES_OFF) == "four eyes off"
    assert check_decider(LOCAL, started_by(LOCAL), EYES_OFF) == "four eyes off"
    assert check_signer(person(MIA), ANY_ROLE, started_by(person(MIA)), EYES_OFF) == "four eyes off"
    assert check_signer(person(ADMIN, "admin"), ANY_ROLE, started_by(person(MIA)), EYES_OFF) == ""


def test_without_four_eyes_the_command_line_signs_no_run_of_others() -> None:
    with pytest.raises(PersonNeeded):
        check_signer(LOCAL, ANY_ROLE, started_by(person(MIA)), EYES_OFF)


def test_without_four_eyes_a_role_still_belongs_to_its_person() -> None:
    with pytest.raises(FourEyesNeeded):
        check_signer(LOCAL, BAKER, started_by(LOCAL), EYES_OFF)


def test_leaving_a_signature_out_needs_four_eyes_as_well() -> None:
    options = started_by(person(MIA))
    with pytest.raises(FourEyesNeeded):
        check_skipper(person(MIA), BAKER, options, SEVERAL)
    with pytest.raises(Forbidden):
        check_skipper(person(NED, "operator"), BAKER, options, SEVERAL)
    with pytest.raises(PersonNeeded):
        check_skipper(KEY, BAKER, options, SEVERAL)
    assert check_skipper(person(ADMIN), BAKER, options, SEVERAL) == ""


def test_a_tick_of_a_role_is_its_person_s() -> None:
    item = make_item("h1", "human", role="Head baker")
    check_ticker(person(NED, "operator"), item, SEVERAL)
    check_ticker(LOCAL, item, ONE)
    for actor in (person(MIA), LOCAL, KEY):
        with pytest.raises(FourEyesNeeded):
            check_ticker(actor, item, SEVERAL)


def test_what_can_be_given_in_advance() -> None:
    given = [ANY_ROLE, BAKER, make_item("d1", "gate")]
    ticks = [make_item("h1", "human"), make_item("h2", "human", role="Head baker")]
    assert list_accepted(LOCAL, given, started_by(LOCAL), SEVERAL) == ()
    assert list_accepted(person(ADMIN, "admin"), given, started_by(person(ADMIN)), SEVERAL) == ()
    assert list_accepted(LOCAL, given, started_by(LOCAL), ONE) == ("s1", "s2", "d1")
    assert list_accepted(LOCAL, given, started_by(LOCAL), EYES_OFF) == ("s1", "d1")
    assert list_accepted(KEY, given, started_by(KEY), ONE) == ()
    assert list_not_held(LOCAL, ticks, SEVERAL) == ("h2",)
    assert list_not_held(person(NED), ticks, SEVERAL) == ()


actors = st.builds(
    Actor,
    st.sampled_from(["u1", "u2", "local", "k1"]),
    st.sampled_from([ADMIN, MIA, NED, "deploy@till1"]),
    st.sampled_from(["user", "key", "local", "system"]),
    st.sampled_from(["viewer", "operator", "approver", "admin"]),
    st.sampled_from(["", MIA, "deploy@till1"]),
)


@given(starter=actors, signer=actors, started_for=st.sampled_from(["", NED]), item=st.sampled_from([ANY_ROLE, BAKER]))
def test_no_signature_without_a_second_person(starter: Actor, signer: Actor, started_for: str, item: Any) -> None:
    options = started_by(starter, SEVERAL, started_for)
    try:
        check_signer(signer, item, options, SEVERAL)
    except Problem:
        return
    assert signer.kind == "user"
    assert signer.id != starter.id and signer.name not in (starter.name, started_for, starter.owner)
    assert not is_starter(signer, options)
