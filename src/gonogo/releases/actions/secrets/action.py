"""``secrets scan``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.options import check_known, find_file, read_flag
from gonogo.releases.actions.secrets.allowed import ALLOW_LIST, read_allowed, write_allowed
from gonogo.releases.actions.secrets.scanner import Found
from gonogo.releases.actions.secrets.tree import list_sources


async def scan_secrets(call: ActionCall) -> ActionResult:
    """Look for credentials in the files of a tree; each is told with its file and line.

    Options: path (the checklist's folder when absent), allow (a file of what may stay), update (yes adds what is found
    to that file, to be looked through and committed).
    """
    check_known(call, "path", "allow", "update")
    root = find_file(call, call.options.get("path", "."))
    if not root.is_dir():
        raise BadInput(f"'{root}' is no folder.", field="path")
    listed = root / ALLOW_LIST if "allow" not in call.options else find_file(call, call.options["allow"])
    entries = read_allowed(listed)
    paths = await asyncio.to_thread(list_sources, root, call.kernel.config.folder)
    fresh, passed = [], 0
    # The list itself is full of hashes.
    async for found in scan_files(root, [path for path in paths if root / path != listed]):
        if any(entry.covers(found) for entry in entries):
            passed += 1
            continue
        fresh.append(found)
        call.say(f"✘ {found.file}:{found.line}: {found.kind}")
    counts = {"files": len(paths), "found": len(fresh), "allowed": passed}
    looked = f"{len(paths)} files, {passed} known and allowed"
    if fresh and read_flag(call, "update", default=False):
        write_allowed(listed, entries, fresh)
        return ActionResult(True, f"{len(fresh)} credentials added to {listed}: say there why each may stay.", counts)
    if fresh:
        return ActionResult(False, f"{len(fresh)} credentials in {looked}; the first in {_place(fresh[0])}.", counts)
    return ActionResult(True, f"No credentials in {looked}.", counts)


async def scan_files(root: Path, paths: list[str]) -> AsyncIterator[Found]:
    """Every finding as it comes."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "gonogo.releases.actions.secrets.scanner"),
        cwd=root,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        feeding = asyncio.create_task(_feed(process.stdin, paths))
        async for line in process.stdout:
            yield msgspec.json.decode(line, type=Found)
        await feeding
        _, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise RuntimeError(f"the scanner ended with {process.returncode}: {complaint.decode()[-500:]}")


async def _feed(stream: asyncio.StreamWriter, paths: list[str]) -> None:
    stream.write("\n".join(paths).encode("utf-8", "surrogateescape"))
    await stream.drain()
    stream.close()


def _place(found: Found) -> str:
    return f"{found.file}:{found.line}"
