"""Reading without the garbage collector: what it makes it keeps, and next to nothing of it hangs in a circle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hold_collector() -> Iterator[None]:
    """No passes over the objects of a plan while it is made, unless somebody else holds the collector already."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
