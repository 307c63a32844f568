"""A run's journal in words: each entry becomes the lines that a person, or a log, is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rich.text import Text

from gonogo.cli.values import write_long, write_took, write_wait

MARKS = {
    "passed": ("✔", "green"),
    "done": ("✔", "green"),
    "failed": ("✘", "bold red"),
    "undecided": ("?", "bold yellow"),
    "no_data": ("?", "bold yellow"),
    "unknown": ("?", "bold yellow"),
    "skipped": ("–", "yellow"),
}
MARKS_OF_DECISIONS = {"no_go": "failed", "hold": "no_data"}
DECISIONS = {"go": "GO", "no_go": "NO-GO", "hold": "HOLD"}


class Teller:
    """Knows the items of one run and which heading was told last."""

    def __init__(self, release: Any) -> None:
        self.items = {item["id"]: item for phase in release["phases"] for item in phase["items"]}
        self._phases = {item["id"]: phase for phase in release["phases"] for item in phase["items"]}
        self._phase: str | None = None
        self._command: str | None = None

    def tell(self, entry: Any) -> Iterator[Text]:
        """The lines for one entry; none for those that say nothing to people."""
        teller = _TELLERS.get(entry["name"])
        if teller is None:
            return
        item = self.items.get(entry["item"])
        if item is not None:
            yield from self._tell_phase(item)
        yield from teller(self, entry, item)

    def _tell_phase(self, item: Any) -> Iterator[Text]:
        phase = self._phases[item["id"]]
        if phase["id"] != self._phase:
            if self._phase is not None:
                yield Text()
            self._phase = phase["id"]
            yield Text(phase["title"], "bold")

    def _tell_start(self, entry: Any, item: Any) -> Iterator[Text]:
        data = entry["data"]
        if runs_command(item):
            self._command = item["id"]
            again = f"  (attempt {data['attempt']})" if data.get("attempt", 1) > 1 else ""
            first, *rest = name_item(item).splitlines()
            yield Text.assemble("  ", ("$ " if item["command"] else "▸ ", "cyan"), (first, "bold"), (again, "dim"))
            yield from (Text(f"    {line}", "bold") for line in rest)
        elif data.get("until"):
            wait = write_wait(data["until"])
            yield Text.assemble("  ", ("… ", "yellow"), item["text"], (f"  {wait}", "dim"))

    def _tell_end(self, entry: Any, item: Any) -> Iterator[Text]:
        data = entry["data"]
        outcome = data.get("outcome", "failed")
        told = [] if item["id"] == self._command else [name_item(item)]
        if data.get("duration_s") is not None and runs_command(item):
            told.append(write_took(data["duration_s"]))
        if data.get("why") and (outcome != "passed" or not runs_command(item)):
            told.append(data["why"])
        self._command = None
        yield mark_line(outcome, " — ".join(told) or outcome)

    def _tell_lost(self, entry: Any, item: Any) -> Iterator[Text]:
        why = entry["data"].get("why") or "its end was not seen"
        yield mark_line("unknown", f"{name_item(item)} — {why}")

    def _tell_act(self, entry: Any, item: Any) -> Iterator[Text]:
        data = entry["data"]
        decision = data.get("decision")
        by = data.get("name") or entry["actor_name"]
        mark, said = MARKS_OF_DECISIONS.get(decision, "done"), f"{DECISIONS[decision]} by {by}" if decision else by
        if entry["name"] == "item_skipped":
            mark, said = "skipped", f"skipped by {by}"
        note = data.get("note") or data.get("reason")
        yield mark_line(mark, f"{item['text']} — {said}{f': {note}' if note else ''}")

    def _tell_retry(self, entry: Any, item: Any) -> Iterator[Text]:
        by = entry["data"].get("name") or entry["actor_name"]
        yield Text.assemble("  ", ("↻ ", "cyan"), f"{name_item(item)} — again, by {by}")

    def _tell_ask(self, entry: Any, _item: Any) -> Iterator[Text]:
        reason = entry["data"].get("reason", "")
        if reason in ("failed", "undecided", "no_data", "unknown"):
            yield Text(f"  ! a person has to say what happens now: it is {reason.replace('_', ' ')}", "bold yellow")

    def _tell_capture(self, entry: Any, _item: Any) -> Iterator[Text]:
        facts = sorted(entry["data"].items())
        known = ", ".join(f"{name} {value}" for name, value in facts if isinstance(value, str) and value)
        if known:
            yield Text(f"  kept for the way back: {known}", "dim")

    def _tell_hold(self, entry: Any, _item: Any) -> Iterator[Text]:
        yield Text()
        yield Text(f"HELD  {entry['data'].get('why', '')}", "bold yellow")

    def _tell_failure(self, entry: Any, _item: Any) -> Iterator[Text]:
        yield Text()
        yield Text(f"NO-GO  {entry['data'].get('why', '')}", "bold red")

    def _tell_rollback(self, entry: Any, _item: Any) -> Iterator[Text]:
        self._phase = None
        data = entry["data"]
        level = f" level {data['level']}" if data.get("level") is not None else ""
        promise = f", promised within {write_long(data['promise_s'])}" if data.get("promise_s") else ""
        count = len(data.get("items", ()))
        yield Text(f"Rolling back{level}: {count} command{'' if count == 1 else 's'}{promise}", "bold red")

    def _tell_rolled_back(self, entry: Any, _item: Any) -> Iterator[Text]:
        data = entry["data"]
        yield mark_line(data.get("outcome", "failed"), data.get("why") or "Rolled back.", indent="")

    def _tell_stop(self, entry: Any, _item: Any) -> Iterator[Text]:
        yield Text(f"Stopped by {entry['actor_name']}. {entry['data'].get('reason', '')}".rstrip(), "bold red")


def runs_command(item: Any) -> bool:
    """Whether the item is a command or an action that runs; a check or a gate only looks at one."""
    works = item["command"] is not None or item.get("need") == "action"
    return works and item["kind"] in ("run", "rollback")


def name_item(item: Any) -> str:
    """What an item is called in a line of its own."""
    name: str = item["command"] or item["text"]
    return name


def mark_line(outcome: str, text: str, *, indent: str = "  ") -> Text:
    """A line that begins with the mark of an outcome."""
    mark, style = MARKS.get(outcome, ("·", "dim"))
    plain = style if outcome in ("failed", "undecided", "no_data", "unknown") else ""
    return Text.assemble(indent, (f"{mark} ", style), (text, plain))


_TELLERS: dict[str, Callable[[Teller, Any, Any], Iterator[Text]]] = {
    "captured": Teller._tell_capture,
    "item_started": Teller._tell_start,
    "item_finished": Teller._tell_end,
    "item_lost": Teller._tell_lost,
    "item_ticked": Teller._tell_act,
    "item_signed": Teller._tell_act,
    "item_decided": Teller._tell_act,
    "item_taken_over": Teller._tell_act,
    "item_skipped": Teller._tell_act,
    "item_retried": Teller._tell_retry,
    "person_asked": Teller._tell_ask,
    "held": Teller._tell_hold,
    "failed": Teller._tell_failure,
    "rollback_started": Teller._tell_rollback,
    "rollback_finished": Teller._tell_rolled_back,
    "stopped": Teller._tell_stop,
}
