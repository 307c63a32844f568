"""secrets scan: what is planted is found with its line, what is allowed passes, and this project holds none."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.secrets.allowed import ALLOW_LIST
from tests.releases.actions.stage import Stage

PROJECT = Path(__file__).parents[3]
# Put together here, so that this file holds none of them itself.
PLANTED = {
    "aws.py": 'key = "AKIA' + 'Q4T7XZ2MNBV6PLKD"',
    "github.sh": "export TOKEN=ghp_" + "a8Kd92LmQx7Zt4Vb6Nc1Rf5Wy3Hs0Jp2EuGo",
    "slack.json": '{"hook": "xoxb-' + '123456789012-123456789012-AbCdEfGhIjKlMnOpQrStUvWx"}',
    "stripe.rb": 'charge("sk_live_' + '4eC39HqLyjWDarjtT1zdp7dc")',
    "id_rsa": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\n",
    "settings.py": 'DB_PASSWORD = "' + 'tr0ub4dor&3x"',
    "compose.yml": "url: postgres://app:" + "Gz7pQ2vXw9@db/shop",
    "jwt.ts": 'const t = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.'
    + 'eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"',
    "random.py": 'seed = "' + 'c3VwZXJzZWNyZXR2YWx1ZVhZWjEyMzQ1Njc4OTBxd2VydHk="',
}


async def test_every_planted_credential_is_found_on_its_line(stage: Stage) -> None:
    for name, text in PLANTED.items():
        (stage.folder / name).write_text(f"# a file\n{text}\n")
    result = await stage.perform("secrets.scan")
    assert not result.passed
    missed = [name for name in PLANTED if f"✘ {name}:2: " not in stage.said]
    assert missed == []
    assert "tr0ub4dor" not in stage.said


async def test_what_somebody_allowed_passes_until_it_changes(stage: Stage) -> None:
    path = stage.folder / "settings.py"
    path.write_text(PLANTED["settings.py"])
    assert (await stage.perform("secrets.scan", update="yes")).passed
    assert 'why = "Say why' in (stage.folder / ALLOW_LIST).read_text()
    path.write_text(f"\n\n{PLANTED['settings.py']}")
    assert (await stage.perform("secrets.scan")).passed
    path.write_text(PLANTED["settings.py"].replace("tr0ub", "tr1ub"))
    assert not (await stage.perform("secrets.scan")).passed


async def test_an_allow_list_that_can_t_be_read_is_said(stage: Stage) -> None:
    (stage.folder / ALLOW_LIST).write_text('[[allowed]]\npath = "x"\n')
    with pytest.raises(BadInput, match="why"):
        await stage.perform("secrets.scan")


async def test_this_project_holds_none(stage: Stage) -> None:
    result = await stage.perform("secrets.scan", path=PROJECT)
    assert result.passed, stage.said
    assert result.values["files"] > 300


async def test_the_manifest_of_a_backup_holds_none_but_its_copies_may(stage: Stage) -> None:
    (stage.folder / "settings.py").write_text(PLANTED["settings.py"])
    await stage.perform("backup", files="settings.py")
    result = await stage.perform("secrets.scan")
    assert not result.passed
    assert (result.values["found"], stage.said.count("settings.py:1: ")) == (2, 2)
