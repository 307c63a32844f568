"""Who may import whom: import-linter's contracts hold, name every room, and libraries stay where they belong."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

import gonogo

SOURCE = Path(gonogo.__file__).parent
PROJECT = SOURCE.parents[1]

HTTP_FILES = re.compile(
    # The load test serves the bare framework, to measure ours beside it.
    r"gonogo\.(app|cli\.loadtest\.bare|web(\..+)?|kernel\.http(\..+)?|\w+\.(routes(\..+)?|(\w+_)?pages(\..+)?|\w+_routes))"
)
SQL_FILES = re.compile(
    r"gonogo\.(kernel\.(db(\..+)?|leases|auth\.(\w+_)?store)|migrations(\..+)?|\w+\.((\w+_)?store(\..+)?|models(\..+)?))"
)
HOMES = {
    "litestar": HTTP_FILES,
    "uvicorn": re.compile(r"gonogo\.(kernel\.http\..+|cli\..+)"),
    "sqlalchemy": SQL_FILES,
    "alembic": re.compile(r"gonogo\.(kernel\.db\.migrate|migrations(\..+)?)"),
    "jwt": re.compile(r"gonogo\.kernel\.auth\.\w+"),
    "argon2": re.compile(r"gonogo\.kernel\.auth\.\w+"),
    "cyclopts": re.compile(r"gonogo\.cli(\..+)?"),
    "rich": re.compile(r"gonogo\.cli(\..+)?"),
}
"""Each library and the modules that may import it. A new file is held to this without being named."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("gonogo", include_external_packages=True)


def test_the_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([linter, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_every_room_is_in_the_contracts() -> None:
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    siblings = set(re.split(r" \| ", contracts[0]["layers"][2]))
    rooms = {path.parent.name for path in SOURCE.glob("*/room.py")} - {"kernel"}
    assert siblings == rooms | {"web"}
    assert {f"gonogo.{room}" for room in rooms} <= set(contracts[1]["forbidden_modules"])


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_at_home(graph: grimp.ImportGraph, library: str) -> None:
    users = graph.find_modules_that_directly_import(library)
    assert users
    assert sorted(user for user in users if not HOMES[library].fullmatch(user)) == []


def test_the_client_stands_alone(graph: grimp.ImportGraph) -> None:
    used = graph.find_upstream_modules("gonogo.client", as_package=True)
    assert sorted(module for module in used if module.startswith("gonogo.")) == []


def test_inside_a_room_imports_point_down(graph: grimp.ImportGraph) -> None:
    order = ("room", "pages", "routes", "commands", "store", "models")
    wrong = []
    for room in {path.parent.name for path in SOURCE.glob("*/room.py")} - {"kernel"}:
        for place, lower in enumerate(order):
            for higher in order[:place]:
                low, high = f"gonogo.{room}.{lower}", f"gonogo.{room}.{higher}"
                if {low, high} <= graph.modules and graph.direct_import_exists(
                    importer=low, imported=high, as_packages=True
                ):
                    wrong.append(f"{low} imports {high}")
    assert wrong == []
