"""The standard's JavaScript library verifies what Gonogo sends."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gonogo.kernel.clock import SystemClock
from gonogo.kernel.config import Config
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.room import ROOM
from tests.programs import ensure_program
from tests.webhooks.receiver import Receiver, until
from tests.webhooks.stage import add, declare, send

SCRIPT = """
const { Webhook } = require("standardwebhooks");
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const told = new Webhook(given.secret).verify(given.body, given.headers);
let refused = false;
try { new Webhook(given.secret).verify(given.body + " ", given.headers); } catch { refused = true; }
console.log(JSON.stringify({ pier: told.data.pier, refused }));
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the library, as a receiver would have it."""
    ensure_program("node", "nodejs")
    npm = ensure_program("npm")
    folder = tmp_path_factory.mktemp("javascript")
    words = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), "standardwebhooks@1.0.0"]
    subprocess.run(words, check=True, capture_output=True, timeout=300)
    (folder / "verify.js").write_text(SCRIPT)
    return folder


async def test_the_javascript_library_verifies(config: Config, receiver: Receiver, folder: Path) -> None:
    async with Kernel(config, [ROOM], SystemClock()) as kernel:
        await declare(kernel)
        _, secret = await add(kernel, receiver.url)
        await send(kernel, 7)
        await until(lambda: receiver.heard, "the event arrives")
    [heard] = receiver.heard
    given = json.dumps({"secret": secret, "body": heard.body, "headers": heard.headers})
    assert run_script(folder, given) == {"pier": 7, "refused": True}


def run_script(folder: Path, given: str) -> Any:
    node = ensure_program("node", "nodejs")
    ran = subprocess.run([node, "verify.js"], cwd=folder, input=given, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
