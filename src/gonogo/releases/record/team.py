"""Who is here: the accounts, the roles of gonogo.toml, and whether four eyes are asked for."""

from __future__ import annotations

from gonogo.kernel.auth.store import list_people
from gonogo.kernel.config import Config
from gonogo.kernel.db.database import Tx
from gonogo.releases.deciding.people import Team


def load_team(tx: Tx, config: Config) -> Team:
    """The team as of this transaction. Disabled accounts count: disabling somebody must not remove four eyes."""
    return Team(
        accounts=frozenset(person.email for person in list_people(tx)),
        roles=config.tables.get("roles", {}),
        four_eyes=config.releases_four_eyes,
        administrator=config.admin_email,
    )
