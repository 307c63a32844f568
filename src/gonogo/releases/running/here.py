"""Which programs and files are there, seen from the folder that a run starts in."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path


def look_here(folder: Path | None) -> Callable[[str], bool]:
    """Whether a program is on PATH, or a path is there from ``folder``. Without a folder no path is looked at."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))

    @cache
    def exists(word: str) -> bool:
        if not word or "\0" in word:
            return False
        try:
            if os.sep in word:
                return folder is not None and (folder / word).exists()
            return shutil.which(word, path=path) is not None
        except OSError:
            return False

    return exists
