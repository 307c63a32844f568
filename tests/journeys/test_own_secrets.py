"""A real server with planted secrets: what a run, a job, an agent's job and a service find of them."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from tests.journeys.processes import Machine, wait_until
from tests.needs import needs

PLANTED = {
    "GONOGO_SECRET_KEY": "planted-secret-key-0123456789-abcdefghij",
    "GONOGO_SETTINGS_KEY": "planted-settings-key-0123456789-abcdefgh",
    "GONOGO_ADMIN_PASSWORD": "planted-admin-password",
    "GONOGO_SLACK_WEBHOOK": "https://hooks.test/planted-webhook",
    "OTEL_EXPORTER_OTLP_HEADERS": "x-key=planted-header",
}
LOOK = """\
env > "$1.found"
pid=$$
while [ "$pid" -gt 1 ]; do
  tr '\\0' '\\n' < "/proc/$pid/environ" >> "$1.found"
  pid=$(awk '/^PPid:/ {print $2}' "/proc/$pid/status")
done
echo looked >> "$1.found"
"""
SERVICE = """\
import subprocess, time
subprocess.run(["sh", "look.sh", "service"])
time.sleep(600)
"""


@needs(sys.platform == "linux", "Linux, which shows an environment in /proc")
def test_nothing_that_the_server_starts_finds_its_secrets(machine: Machine) -> None:
    machine.write("look.sh", LOOK)
    machine.write("service.py", SERVICE)
    command = f"[{sys.executable!r}, 'service.py']"
    machine.write("gonogo.toml", f"[services.looker]\ncommand = {command}\n")
    machine.write("RELEASE.md", "# Look\n\n- [ ] Look around `sh look.sh run`\n")
    with machine.start("up", "--port", "0", **PLANTED) as server:
        wait_until(lambda: machine.is_served_by(server), "the server is up")
        with machine.connect() as gonogo:
            look = f"cd {shlex.quote(str(machine.folder))} && sh look.sh job"
            gonogo.jobs.enqueue("shell", {"command": look})
        machine.call("run", "RELEASE.md", "--yes")
        for name in ("run", "job", "service"):
            found = machine.folder / f"{name}.found"
            wait_until(lambda found=found: has_looked(found), f"the {name} has looked")
            assert "planted" not in found.read_text()
        machine.call("services", "down", "looker")


def has_looked(found: Path) -> bool:
    return found.exists() and found.read_text().endswith("looked\n")
