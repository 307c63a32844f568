"""A program with a child that ignores being asked to end. It prints the child's id."""

from __future__ import annotations

import signal
import subprocess
import sys

STUBBORN = (
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\ntime.sleep(600)"
)

child = subprocess.Popen([sys.executable, "-c", STUBBORN])
sys.stdout.write(f"child {child.pid}\n")
sys.stdout.flush()
signal.pause()
