"""Inside the sandbox: ``python -m tests.documents.inside FOLDER attended|unattended|rollback ANSWERS``.

Starts the services that run before the release, runs ``RELEASE.md``, and writes the run to ``FOLDER/result.json``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import msgspec

from gonogo.cli.embedded import EmbeddedServer
from gonogo.client.gonogo import Gonogo
from gonogo.kernel.config import load_config
from gonogo.releases.adoption import parse_adoption

PATIENCE_S = 60.0
# What a careful person of this team says to each kind of question that is not a doubt.
_SIMPLE = {"tick": "tick", "judge": "tick", "sign": "sign"}


def main(folder: Path, manner: str, answers: Path) -> None:
    start_services(folder)
    if manner == "unattended":
        gonogo_run = "from gonogo.cli.main import main; main()"
        command = [sys.executable, "-c", gonogo_run, "run", "RELEASE.md", "--yes", "--accept-humans", "ada"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        with serve() as gonogo:
            runs = gonogo.releases.list().items
            assert runs, done.stdout + done.stderr
            result = {**gonogo.releases.show(runs[0]["id"]), "said": done.stdout + done.stderr, "exit": done.returncode}
    else:
        with serve() as gonogo:
            result = attend(gonogo, Person(answers), "rollback" if manner == "rollback" else None)
    (folder / "result.json").write_text(json.dumps({**result, "served": ask_services(folder)}))


def start_services(folder: Path) -> None:
    """What runs before the release begins; it leaves no line in the log."""
    kiln = folder / "work" / "kiln"
    for line in (folder / "ports").read_text().splitlines():
        name, port = line.split()
        if kiln.is_dir():
            subprocess.Popen([sys.executable, "serve.py", port], cwd=kiln, start_new_session=True)
        else:
            subprocess.run(["systemctl", "restart", name], check=True)
    (folder / "log").unlink(missing_ok=True)


def ask_services(folder: Path) -> dict[str, str]:
    """The version that each service serves by now."""
    ports = [line.split() for line in (folder / "ports").read_text().splitlines()]
    found = {}
    for name, port in ports:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/version", timeout=2) as answer:
                found[name] = json.load(answer)["version"]
        except OSError as error:
            found[name] = str(error)
    return found


class serve:  # noqa: N801  it reads as a verb
    """A server on this data folder, and a client of it."""

    def __enter__(self) -> Gonogo:
        config = load_config(host="127.0.0.1", port=0, log_level="warning")
        self._server = EmbeddedServer(msgspec.structs.replace(config, embedded=True))
        self._server.__enter__()
        self._gonogo = Gonogo()
        return self._gonogo.__enter__()

    def __exit__(self, *_: Any) -> None:
        self._gonogo.__exit__(None, None, None)
        self._server.__exit__(None, None, None)


class Person:
    """Answers every question: doubts as the adoption file does, everything else with yes."""

    def __init__(self, answers: Path) -> None:
        entries = parse_adoption(answers.read_bytes(), answers.name).entries if answers.exists() else ()
        self._answers = {entry.key: entry for entry in entries}
        self._known: dict[str, str] = {}

    def _keys(self, gonogo: Gonogo) -> dict[str, str]:
        if not self._known:
            plan = gonogo.releases.plan(path=str(Path("RELEASE.md").absolute()))
            self._known = {item["id"]: item["key"] for phase in plan["phases"] for item in phase["items"]}
        return self._known

    def answer(self, gonogo: Gonogo, run: str, item: Any, reason: str) -> None:
        releases = gonogo.releases
        entry = self._answers.get(self._keys(gonogo)[item["id"]])
        kind = entry.answer if entry is not None else "run"
        if reason in _SIMPLE:
            getattr(releases, _SIMPLE[reason])(run, item["id"], note="seen")
        elif reason == "failed" and kind not in ("out", "hand"):
            releases.stop(run, f"this failed: {item['text']}")
        elif reason not in ("doubt", "failed"):
            releases.decide(run, item["id"], "go", note="as expected")
        elif kind in ("out", "note"):
            releases.skip(run, item["id"], reason=(entry.why if entry else "") or "only a note")
        elif kind == "hand" or item["command"] is None:
            releases.take_over(run, item["id"], note="done by hand")
        else:
            releases.run_item(run, item["id"], note="as agreed")

    def leave_out_waits(self, gonogo: Gonogo, run: Any) -> None:
        """Leave out a wait that the adoption file leaves out."""
        for item in (item for phase in run["phases"] for item in phase["items"] if item["kind"] == "wait"):
            entry = self._answers.get(self._keys(gonogo)[item["id"]])
            if entry is not None and entry.answer == "out" and item["state"]["status"] == "waiting":
                gonogo.releases.skip(run["id"], item["id"], reason=entry.why)


def attend(gonogo: Gonogo, person: Person, on_no_go: str | None) -> Any:
    """Start the run and answer what it asks until it is over."""
    started = gonogo.releases.start(path=str(Path("RELEASE.md").absolute()), attended=True, on_no_go=on_no_go)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        run = gonogo.releases.show(started["id"])
        if run["status"] in ("finished", "held"):
            return run
        asked = run["asked"]
        if run["status"] == "waiting" and asked is not None:
            item = next(item for phase in run["phases"] for item in phase["items"] if item["id"] == asked["item"])
            person.answer(gonogo, run["id"], item, asked["reason"])
        else:
            person.leave_out_waits(gonogo, run)
            time.sleep(0.03)
    raise TimeoutError(f"the run did not end: {run['status']} {run['asked']}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
