"""What children of this process, and whoever looks into /proc, can find of its secrets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gonogo.kernel.config import list_secrets
from gonogo.kernel.secrets.own import build_child_environment, list_secret_variables
from tests.needs import needs

HIDING = """
import ctypes, os, subprocess
from pathlib import Path
from gonogo.kernel.config import load_config
from gonogo.kernel.secrets.own import hide_own_secrets
hide_own_secrets()
print(Path("/proc/self/environ").read_bytes())
print(subprocess.run(["env"], capture_output=True).stdout)
print(load_config().admin_password, load_config().otlp_headers, os.environ["GONOGO_API_KEY"], os.environ["PLAIN"])
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
LOOKING = "tr '\\\\0' '\\\\n' < /proc/$PPID/environ; cat /proc/$PPID/maps"
AS_NOBODY = f"""
import os, subprocess
from gonogo.kernel.secrets.own import hide_own_secrets
os.setgid(65534), os.setuid(65534)
hide_own_secrets()
done = subprocess.run(["sh", "-c", "{LOOKING}"], capture_output=True, text=True)
print(done.returncode, done.stdout, done.stderr)
"""
SOURCE = Path(__file__).parents[3] / "src"
linux = needs(sys.platform == "linux", "Linux, which shows an environment in /proc")


def start(code: str, **environment: str) -> str:
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "PLAIN": "shown"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=own | environment, capture_output=True, text=True, check=True
    )
    return done.stdout


@linux
def test_secrets_are_neither_inherited_nor_shown_but_still_known() -> None:
    shown, inherited, known, dumpable = start(
        HIDING,
        GONOGO_ADMIN_PASSWORD="quite-a-secret",
        OTEL_EXPORTER_OTLP_HEADERS="x-key=quite-a-secret",
        GONOGO_API_KEY="gnk_elsewhere",
    ).splitlines()
    assert "quite-a-secret" not in shown + inherited
    assert "gnk_elsewhere" not in shown
    assert "PLAIN=shown" in shown
    assert "PLAIN=shown" in inherited
    assert known == "quite-a-secret x-key=quite-a-secret gnk_elsewhere shown"
    assert dumpable == "0"


@linux
@needs(os.geteuid() == 0, "root, to become nobody")
def test_child_of_the_same_user_can_t_look_into_its_parent(tmp_path: Path) -> None:
    said = start(AS_NOBODY)
    assert "PLAIN=shown" not in said
    assert "ermission denied" in said


def test_every_secret_option_names_its_variable() -> None:
    variables = list_secret_variables()
    assert {f"GONOGO_{name.upper()}" for name in list_secrets()} < set(variables)
    assert "OTEL_EXPORTER_OTLP_HEADERS" in variables


def test_children_inherit_nothing_of_gonogo() -> None:
    given = {"PATH": "/bin", "GONOGO_SECRET_KEY": "a", "GONOGO_HOME": "/x", "OTEL_EXPORTER_OTLP_HEADERS": "x=y"}
    assert build_child_environment(given) == {"PATH": "/bin"}
