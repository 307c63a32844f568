"""``python -m gonogo.services.keeper FOLDER``: detach from whoever started it, and keep the service of that folder.

Exit code 0: a keeper is at work. 3: another one has the folder.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import sys
from pathlib import Path

import msgspec

from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.child import reserve_descriptor
from gonogo.services.keeper.desk import Desk
from gonogo.services.keeper.fronts.front import FrontFailed
from gonogo.services.keeper.supervising import Keeper
from gonogo.services.spec import ServiceSpec

HELD = 3


def main(folder: ServiceFolder) -> int:
    """Keep the service until it is taken down."""
    reserve_descriptor()
    lock = os.open(folder.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return HELD
    _detach(folder)
    spec = msgspec.json.decode(folder.spec.read_bytes(), type=ServiceSpec)
    asyncio.run(_keep(folder, spec))
    return 0


def _detach(folder: ServiceFolder) -> None:
    """Let the starter go on, and belong to nobody."""
    if os.fork():
        os._exit(0)
    os.setsid()
    log = os.open(folder.own_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(log)
    os.close(nothing)


async def _keep(folder: ServiceFolder, spec: ServiceSpec) -> None:
    keeper = Keeper(folder, spec)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: keeper.spawn(keeper.end()))
    desk = Desk(keeper)
    try:
        await keeper.open()
    except FrontFailed as error:
        keeper.note("front_failed", None, why=str(error))
        return
    await desk.open()
    await keeper.closing.wait()
    await asyncio.sleep(0)
    desk.close()


if __name__ == "__main__":
    sys.exit(main(ServiceFolder(Path(sys.argv[1]))))
