"""What can be turned in this room: the thresholds of health, and for how many days things are kept."""

from __future__ import annotations

from collections.abc import Mapping

from gonogo.kernel.knobs import Knob, Knobs
from gonogo.observe.levels import Limits
from gonogo.observe.tiers import RAW, TIERS, TierName

MARGIN = "gonogo.health.margin"
PROCESS_DAYS = "gonogo.keep.process_days"
CHECK_DAYS = "gonogo.keep.check_days"
LOG_DAYS = "gonogo.keep.log_days"
HEALTH_DAYS = "gonogo.keep.health_days"
_ROWS = {
    "processes": PROCESS_DAYS,
    "checks": CHECK_DAYS,
    "log_counts": LOG_DAYS,
    "log_excerpts": LOG_DAYS,
    "health": HEALTH_DAYS,
}
_THRESHOLDS = (("cpu", 80.0, 90.0), ("memory", 80.0, 90.0), ("disk", 85.0, 95.0))
_TIERS: dict[TierName, str] = {"raw": "raw", "1m": "minute", "15m": "quarter", "1h": "hour", "1d": "day"}
_KEPT = {
    "raw": "samples of every five seconds",
    "1m": "roll-ups of a minute",
    "15m": "roll-ups of a quarter of an hour",
    "1h": "roll-ups of an hour",
    "1d": "roll-ups of a day",
}


def _name_limit(component: str, level: str) -> str:
    return f"gonogo.health.{component}_{level}"


def _name_tier(tier: TierName) -> str:
    return f"gonogo.keep.{_TIERS[tier]}_days"


def name_rule(component: str, level: str) -> str:
    """The rule by which a component loses points: the variable that sets its threshold."""
    return f"HEALTH_{component}_{level}".upper()


def _make_limit(component: str, level: str, default: float) -> Knob:
    return Knob(
        name=_name_limit(component, level),
        variable=name_rule(component, level),
        default=default,
        description=f"From this share on, {component} is {'a warning' if level == 'warning' else level}",
        min=1,
        max=100,
        unit="%",
    )


def _make_days(name: str, default: float, what: str) -> Knob:
    variable = name.replace(".", "_").upper()
    return Knob(
        name=name,
        variable=variable,
        default=default,
        description=f"How long {what} are kept",
        min=1,
        max=3650,
        unit="d",
    )


KNOBS = (
    *(
        _make_limit(component, level, default)
        for component, warning, critical in _THRESHOLDS
        for level, default in (("warning", warning), ("critical", critical))
    ),
    Knob(
        name=MARGIN,
        variable="HEALTH_MARGIN",
        default=2,
        description="How far a share falls below a threshold before it is well again",
        min=0,
        max=50,
        unit="%",
    ),
    *(_make_days(_name_tier(tier.name), tier.days, _KEPT[tier.name]) for tier in TIERS),
    _make_days(PROCESS_DAYS, 30, "rows of processes"),
    _make_days(CHECK_DAYS, 30, "results of HTTP checks"),
    _make_days(LOG_DAYS, 30, "counts and excerpts of watched logs"),
    _make_days(HEALTH_DAYS, 90, "rows of health"),
)


def read_limits(knobs: Knobs, component: str) -> Limits:
    """The thresholds of a component as they stand now; a warning above the critical one counts as that one."""
    critical = knobs[_name_limit(component, "critical")]
    return Limits(min(knobs[_name_limit(component, "warning")], critical), critical, knobs[MARGIN])


def read_days(knobs: Knobs, raw_days: int | None = None) -> Mapping[TierName, int]:
    """For how many days each tier is kept now, raw samples for ``raw_days`` if given; a coarser tier never for less."""
    days, least = {}, 0
    for tier in TIERS:
        own = raw_days if tier is RAW and raw_days is not None else int(knobs[_name_tier(tier.name)])
        least = max(least, own)
        days[tier.name] = least
    return days


def read_row_days(knobs: Knobs) -> Mapping[str, int]:
    """For how many days rows are kept now, by what they are."""
    return {name: int(knobs[knob]) for name, knob in _ROWS.items()}
