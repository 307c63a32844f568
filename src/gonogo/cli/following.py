"""Following a run: its journal in words, its commands' output, its questions, until it ends or is held."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from typing import Any

from rich.text import Text

from gonogo.cli.asking import HOLD, INTERRUPTED, LATER, Said, ask_item, ask_menu, perform
from gonogo.cli.batch import find_batch
from gonogo.cli.connection import is_embedded
from gonogo.cli.ending import exit_code, tell_end
from gonogo.cli.exits import HELD
from gonogo.cli.output import say, warn
from gonogo.cli.printing import OutputReader
from gonogo.cli.telling import Teller, name_item, runs_command
from gonogo.cli.values import count_since, write_span
from gonogo.cli.views import LiveView, PlainView, View
from gonogo.client.errors import ApiError, ServerUnreachable
from gonogo.client.gonogo import Gonogo

LOOK_EVERY_S = 0.25
LOOK_ANYWAY = 20
"""Looks after which the journal is read even without an event: a stream may be connecting again just then."""


def follow_run(gonogo: Gonogo, run: str, *, attended: bool, name: str | None, since: int = 0) -> int:
    """Show a run, from entry ``since`` of its journal on, until it is over, held, or left; gives the exit code."""
    view: View = LiveView() if attended else PlainView()
    signal.signal(signal.SIGTERM, raise_interrupt)
    follower = Follower(gonogo, run, view, attended=attended, name=name, since=since)
    try:
        with view:
            release = follower.follow()
    except ServerUnreachable:
        warn(f"gonogo: The server at {gonogo.target.url} is gone; what it did is kept. Go on with: gonogo resume {run}")
        return HELD
    tell_end(gonogo, release)
    return exit_code(release)


def raise_interrupt(_number: int, _frame: Any) -> None:
    """SIGTERM is Ctrl-C from a machine."""
    raise KeyboardInterrupt


def draw_opening(gonogo: Gonogo, release: Any) -> Iterator[Text]:
    """Which run this is, and its page when there is a server to show it."""
    yield Text.assemble((release["title"], "bold"), ("  run ", "dim"), release["id"])
    if not is_embedded(gonogo):
        yield Text(f"{gonogo.target.url}/releases/{release['id']}", "dim")


class Follower:
    """Reads the journal on, entry by entry, and asks the person at the terminal when the run waits for one."""

    def __init__(self, gonogo: Gonogo, run: str, view: View, *, attended: bool, name: str | None, since: int) -> None:
        self._gonogo = gonogo
        self._run = run
        self._view = view
        self._attended = attended
        self._name = name
        self._seen = since
        self._output: OutputReader | None = None
        self._is_left = False

    def follow(self) -> Any:
        """The run as it was when it ended, was held, or was left."""
        release = self._gonogo.releases.show(self._run)
        self._teller = Teller(release)
        self._write(draw_opening(self._gonogo, release))
        stream = self._gonogo.events.watch(f"release:{self._run}")
        stream.find_next(LOOK_EVERY_S)  # it is connected from here on, so nothing falls between it and the first look
        looks = 0
        try:
            while True:
                try:
                    happened = looks % LOOK_ANYWAY == 0 or stream.find_next(LOOK_EVERY_S) is not None
                    looks += 1
                    if happened and self._is_over(release := self._catch_up()):
                        return release
                    self._print_output()
                except KeyboardInterrupt:
                    self._answer_interrupt()
                if self._is_left:
                    return self._gonogo.releases.show(self._run)
        finally:
            stream.close()

    def _catch_up(self) -> Any:
        release = self._gonogo.releases.show(self._run)
        for entry in self._read_entries():
            self._seen = entry["seq"]
            self._take(entry)
        if release["status"] == "waiting" and self._attended:
            self._ask(release)
        return release

    def _read_entries(self) -> Iterator[Any]:
        while entries := self._gonogo.releases.journal(self._run, self._seen).items:
            yield from entries

    def _is_over(self, release: Any) -> bool:
        return release["status"] in ("finished", "held") or (release["status"] == "waiting" and not self._attended)

    def _take(self, entry: Any) -> None:
        if entry["name"] in ("item_finished", "item_lost") and self._output is not None:
            self._write(self._output.read_rest())
            self._output = None
        self._write(self._teller.tell(entry))
        item = self._teller.items.get(entry["item"])
        self._view.show_busy(None)
        if entry["name"] == "item_started" and item is not None:
            self._begin(entry, item)

    def _begin(self, entry: Any, item: Any) -> None:
        started, until = entry["at"], entry["data"].get("until")
        if runs_command(item):
            self._output = OutputReader(self._gonogo, self._run, item["id"], entry["data"].get("attempt", 1))
            command = name_item(item).partition("\n")[0]
            self._view.show_busy(lambda: f"{write_span(count_since(started))}  {command}")
        elif until is not None:
            self._view.show_busy(lambda: f"{write_span(-count_since(until))} left  {item['text']}")

    def _print_output(self) -> None:
        if self._output is not None:
            self._write(self._output.read_new())

    def _write(self, lines: Iterable[Text]) -> None:
        for line in lines:
            self._view.write(line)

    def _ask(self, release: Any) -> None:
        asked = release["asked"]

        def still_asked() -> bool:
            return bool(self._gonogo.releases.show(self._run)["asked"] == asked)

        self._view.pause()
        try:
            said = ask_item(asked, self._teller.items[asked["item"]], still_asked, find_batch(release, asked))
            if said is not None:
                self._do(asked["item"], said)
        finally:
            self._view.go_on()

    def _answer_interrupt(self) -> None:
        if not self._attended:
            self._is_left = True
            return
        self._view.pause()
        try:
            said = ask_menu(INTERRUPTED, lambda: True)
            if said is not None:
                self._do("", said)
        except KeyboardInterrupt:
            self._is_left = True
        finally:
            self._view.go_on()

    def _do(self, item: str, said: Said) -> None:
        self._is_left = said.answer in (LATER, HOLD)
        if said.answer is LATER:
            return
        try:
            perform(self._gonogo, self._run, item, said, self._name)
        except ApiError as error:
            say(f"  {error.detail}")
