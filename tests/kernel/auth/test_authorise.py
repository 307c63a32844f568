"""Which role reaches how far."""

from __future__ import annotations

import pytest

from gonogo.kernel.auth.actor import ROLES, SYSTEM, Actor, Role
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.errors import Forbidden

MATRIX: dict[Role, set[Role]] = {
    "viewer": {"viewer"},
    "member": {"viewer", "member"},
    "operator": {"viewer", "member", "operator"},
    "approver": {"viewer", "member", "operator", "approver"},
    "admin": {"viewer", "member", "operator", "approver", "admin"},
}


@pytest.mark.parametrize("has", ROLES)
@pytest.mark.parametrize("needs", ROLES)
def test_roles(has: Role, needs: Role) -> None:
    actor = Actor("1", "ann@example.test", "user", has)
    if needs in MATRIX[has]:
        authorise(actor, needs)
        return
    with pytest.raises(Forbidden) as refused:
        authorise(actor, needs)
    assert refused.value.extra == {"required_role": needs, "role": has}
    assert f"needs the role {needs}" in refused.value.detail


def test_gonogo_itself_may_do_everything() -> None:
    authorise(SYSTEM, "admin")
