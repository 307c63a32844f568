"""Operators start what whoever may run commands has saved: a file on the server is a command as much as a typed one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.people import Server, grant_commands
from tests.releases.test_routes import post


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.md"
    path.write_text("# Ferry\n\n## Deploy\n```bash\necho off > ferry\n```\n")
    return path


@pytest.mark.parametrize("path", ["checklists", "releases"])
async def test_an_operator_brings_no_file_of_their_own(server: Server, file: Path, path: str) -> None:
    refused = await post(server.operator, path, {"path": str(file)}, 403)
    assert refused["required_permission"] == "commands:run"
    assert "A checklist that has not been saved here" in refused["detail"]
    assert not (file.parent / "ferry").exists()


async def test_an_operator_starts_what_was_saved_and_saves_it_again(server: Server, file: Path) -> None:
    saved = await post(server.admin, "checklists", {"path": str(file)}, 201)
    assert (await post(server.operator, "checklists", {"path": str(file)}, 201))["id"] == saved["id"]
    for body in ({"checklist": saved["id"]}, {"path": str(file), "target": "second"}):
        await post(server.operator, "releases", {"attended": False, **body}, 201)


async def test_another_folder_is_another_command(server: Server, file: Path, tmp_path: Path) -> None:
    saved = await post(server.admin, "checklists", {"path": str(file)}, 201)
    body = {"checklist": saved["id"], "attended": False, "workdir": str(tmp_path)}
    assert "A folder of your choice" in (await post(server.operator, "releases", body, 403))["detail"]
    await grant_commands(server)
    await post(server.operator, "releases", body, 201)
