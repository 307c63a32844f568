"""The connector's port, and what it is given of an attempt."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from gonogo.jobs.rules import MOST_LINES
from gonogo.jobs.schemas import Claim
from gonogo.kernel.durable import GiveUp
from gonogo.kernel.phrasing import phrase_error
from gonogo.kernel.secrets.documents import find_hidden_texts
from gonogo.kernel.secrets.masking import Masker

T = TypeVar("T")
LONGEST_LINE = 2000


class ConnectorNotFound(Exception):
    """No connector has this name; the message lists those there are."""


class JobFailed(Exception):
    """A failure that a connector foresees: its text is the job's error, without the traceback of a defect."""


class FilesNotKept(Exception):
    """This worker has nowhere to keep produced files."""


class Run:
    """One attempt at a job, as its connector sees it. ``report`` and ``say`` may be called from any thread.

    What is told reaches the queue with the worker's next beat, at most a second later.
    """

    def __init__(self, claim: Claim, keep: Keep | None = None) -> None:
        self.claim = claim
        self.cancelled = threading.Event()
        """Set when the job was cancelled, lost or has run out of time: for code in threads, which nobody can end."""
        self._keep = keep
        self._lock = threading.Lock()
        self._fraction: float | None = None
        self._message = ""
        self._lines: list[str] = []
        self._folder: Path | None = None

    @property
    def payload(self) -> Any:
        return self.claim.payload

    @property
    def is_last(self) -> bool:
        """Whether the job is dead if this attempt fails."""
        return self.claim.attempt >= self.claim.max_attempts

    @cached_property
    def masker(self) -> Masker:
        """Masks the secrets of the payload, and whatever has the shape of one."""
        return Masker(find_hidden_texts(self.claim.payload))

    def read_payload(self, type: type[T]) -> T:
        """The payload as ``type``. Raises ``GiveUp``: what does not fit now never will."""
        try:
            return msgspec.convert(self.claim.payload, type, strict=False)
        except msgspec.ValidationError as error:
            raise GiveUp(f"The payload does not fit a '{self.claim.type}' job: {phrase_error(error, type)}.") from error

    def report(self, fraction: float | None = None, message: str = "") -> None:
        """Say how far it is (0 to 1, when that is known) and what is going on."""
        with self._lock:
            self._fraction = fraction if fraction is None else min(1.0, max(0.0, fraction))
            self._message = self.masker.mask_text(make_text(message)) if message else ""

    def say(self, line: str) -> None:
        """Add a line to the job's log."""
        self.say_lines([line])

    def say_lines(self, lines: Sequence[str]) -> list[str]:
        """Add lines to the job's log, of which the newest are kept; those, masked. Many at once are masked together."""
        kept = [make_text(line.rstrip()[:LONGEST_LINE]).replace("\n", " ") for line in lines[-MOST_LINES:]]
        masked = self.masker.mask_text("\n".join(kept)).split("\n") if kept else []
        with self._lock:
            self._lines = [*self._lines, *masked][-MOST_LINES:]
        return masked

    @property
    def folder(self) -> Path:
        """A folder for this attempt alone, removed when it ends."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="gonogo-job-"))
        return self._folder

    async def produce(self, path: Path, *, name: str = "", media_type: str = "", **facts: Any) -> Any:
        """Keep a file as an asset of this job; what the asset store tells of it. Raises ``FilesNotKept``.

        ``facts`` go into its attestation: ``model``, ``inputs``, whatever the connector knows of its making.
        """
        if self._keep is None:
            raise FilesNotKept("This worker keeps no files.")
        return await self._keep(self, Product(path, name or path.name, media_type, facts))

    def take_news(self) -> tuple[float | None, str, tuple[str, ...]]:
        """What was reported since the last call: for the worker, not for connectors."""
        with self._lock:
            news = self._fraction, self._message, tuple(self._lines)
            self._fraction, self._message, self._lines = None, "", []
            return news

    def return_lines(self, lines: Sequence[str]) -> None:
        """Put back lines that could not be delivered."""
        with self._lock:
            self._lines = [*lines, *self._lines][-MOST_LINES:]

    async def clean(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)


class Product(msgspec.Struct, frozen=True):
    """A file that a job made, and what is known of its making."""

    path: Path
    name: str
    media_type: str
    facts: Mapping[str, Any]


Keep = Callable[[Run, Product], Awaitable[Any]]


class Connector(Protocol):
    """Does jobs of some types. ``run`` must bear being cancelled at any await, and repeated."""

    @property
    def name(self) -> str:
        """What ``--connectors`` calls it."""
        ...

    def list_capabilities(self) -> Sequence[str]:
        """``type=…`` for every type of job it does, and what else jobs may need, such as ``model=…``."""
        ...

    async def run(self, run: Run) -> Any:
        """Do the job; what is returned (JSON) is its result.

        An exception is a failed attempt, ``GiveUp`` a dead job, ``TryAgain`` sets the pause before the next attempt.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def make_text(text: str) -> str:
    """``text`` with an escape for what is no character, such as a byte of a file name that is not UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()


def list_types(capabilities: Sequence[str]) -> list[str]:
    """The types among capabilities."""
    return [text.removeprefix("type=") for text in capabilities if text.startswith("type=")]
