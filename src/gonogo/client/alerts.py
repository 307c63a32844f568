"""Alerts: what fires, who is told, rules, silences, and trying rules out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path, read_page

ROOT = ("v1", "observability", "infrastructure", "alerts")


class Alerts:
    """``gonogo.alerts``."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(
        self,
        state: str = "open",
        *,
        rule: str | None = None,
        host: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Any:
        """Alerts, newest first: ``open``, ``firing``, ``pending``, ``no_data``, ``resolved`` or ``all``; a page."""
        params = drop_absent(state=state, rule=rule, host=host, limit=limit, cursor=cursor)
        return self._send(Call("GET", make_path(*ROOT), params=params, read=read_page))

    def open(self) -> Any:
        """Alerts that are not over, worst first, with the next word of each."""
        return self._ask("open")

    def show(self, id: str) -> Any:
        """One alert."""
        return self._ask(id)

    def ack(self, id: str, note: str = "") -> Any:
        """Say that somebody looks after it: no more reminders."""
        return self._do(id, "ack", body={"note": note})

    def rules(self) -> Any:
        """Every rule and how it stands."""
        return self._ask("rules")

    def rule(self, name: str) -> Any:
        """One rule."""
        return self._ask("rules", name)

    def save_rule(self, name: str, body: Mapping[str, Any]) -> Any:
        """Add or change a rule."""
        return self._send(Call("PUT", make_path(*ROOT, "rules", name), body=dict(body)))

    def remove_rule(self, name: str) -> Any:
        """Take a rule away."""
        return self._send(Call("DELETE", make_path(*ROOT, "rules", name)))

    def silences(self) -> Any:
        """Silences in force."""
        return self._ask("silences")

    def silence(self, matchers: Mapping[str, str], reason: str, lasting: str = "1h") -> Any:
        """Tell nobody of alerts with these labels for a while."""
        return self._do("silences", body={"matchers": dict(matchers), "reason": reason, "lasting": lasting})

    def unsilence(self, id: str) -> Any:
        """Let a silence end now."""
        return self._send(Call("DELETE", make_path(*ROOT, "silences", id)))

    def ledger(
        self,
        *,
        alert: str | None = None,
        rule: str | None = None,
        outcome: str | None = None,
        since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Any:
        """What was told or held back, and why, newest first; a page."""
        params = drop_absent(alert=alert, rule=rule, outcome=outcome, since=since, limit=limit, cursor=cursor)
        return self._send(Call("GET", make_path(*ROOT, "ledger"), params=params, read=read_page))

    def channels(self) -> Any:
        """Who is told, and what waits."""
        return self._ask("channels")

    def test(self, rule: str) -> Any:
        """Send a marked test through a rule's channels; gives how each went."""
        return self._do("test", body={"rule": rule})

    def dry_run(self, rule: str, days: int = 30) -> Any:
        """Say what a rule would have sent over stored history."""
        return self._do("dry-run", body={"rule": rule, "days": days})

    def evaluate(self, slack_webhook: str = "") -> Any:
        """Look at every rule now, and tell at once what there is to tell."""
        return self._do("evaluate", body={"slack_webhook": slack_webhook})

    def _ask(self, *path: str) -> Any:
        return self._send(Call("GET", make_path(*ROOT, *path)))

    def _do(self, *path: str, body: Any) -> Any:
        return self._send(Call("POST", make_path(*ROOT, *path), body=body))
