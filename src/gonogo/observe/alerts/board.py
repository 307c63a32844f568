"""What alerts put on the front page: a light, and a panel of those that fire."""

from __future__ import annotations

from typing import Any

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light, LightState, Panel
from gonogo.observe.alerts.views import OpenAlert, list_open_alerts
from gonogo.observe.alerts.watch import Watch

PAGE = "/observe/alerts"
SHOWN = 6


async def read_alert_lights(kernel: Kernel) -> list[Light]:
    """One light: NO-GO while a critical alert fires, HOLD for a lesser one or when nobody can be told, else GO."""
    watch = kernel.get_part(Watch)
    return [judge_alerts(list_open_alerts(watch), watch)]


async def read_alert_panels(kernel: Kernel) -> list[Panel]:
    """The alerts that fire, beside the front page's other news."""
    return [Panel("alerts", "observe/_alerts.html", tell_firing(kernel), ("alert",), area="side")]


def tell_firing(kernel: Kernel) -> dict[str, Any]:
    """The alerts that fire, and how many are about to or have lost their data."""
    found = list_open_alerts(kernel.get_part(Watch))
    firing = [alert for alert in found if alert.firing]
    return {
        "firing": firing[:SHOWN],
        "more": max(0, len(firing) - SHOWN),
        "pending": sum(alert.state == "pending" for alert in found),
        "no_data": sum(alert.state == "no_data" and not alert.firing for alert in found),
        "rules": len(kernel.get_part(Watch).rules),
    }


def judge_alerts(found: list[OpenAlert], watch: Watch) -> Light:
    """The light of these alerts. One that somebody looks after counts as a HOLD."""
    firing = [alert for alert in found if alert.firing]
    if firing:
        worst = next((one for one in firing if one.severity == "critical" and not one.acknowledged_by), firing[0])
        more = f", and {len(firing) - 1} more" if len(firing) > 1 else ""
        state: LightState = "no_go" if worst.severity == "critical" and not worst.acknowledged_by else "hold"
        return Light("Alerts", state, f"{worst.rule}: {worst.series} is {worst.shown_value}{more}", PAGE)
    stuck = next((f"{name}: {error}" for name, (_, error) in watch.unsent.items() if error), None)
    if stuck is not None:
        return Light("Alerts", "hold", f"Nothing fires, but a notification can't be delivered. {stuck}", PAGE)
    if watch.problems:
        name, problem = next(iter(watch.problems.items()))
        return Light("Alerts", "no_data", f"The rule {name} can't be judged: {problem}", PAGE)
    blind = sum(alert.state == "no_data" for alert in found)
    told = f"; {blind} series without data" if blind else ""
    return Light("Alerts", "go", f"Nothing fires; {len(watch.rules)} rules watch{told}", PAGE)
