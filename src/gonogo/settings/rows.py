"""Settings as rows of the page: which control fits, what it holds, and whether this person may touch it. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.settings.text import write_long, write_text
from gonogo.settings.views import SettingView

Control = Literal["switch", "slider", "number", "select", "color", "text", "json", "secret"]
_CONTROLS: dict[str, Control] = {"bool": "switch", "enum": "select", "color": "color", "json": "json"}
STEPS = 200


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One setting on the page. Texts are what inputs hold; ``step`` is the slider's."""

    view: SettingView
    control: Control
    text: str
    swatch: str
    value_json: str
    default_json: str
    default_text: str
    step: str
    allowed: str
    can_change: bool


class Group(msgspec.Struct, frozen=True):
    """One tab: a category with how many settings it has, and how many are not at their default."""

    name: str
    count: int
    modified: int

    @property
    def title(self) -> str:
        """The name as a heading; short ones are abbreviations."""
        return self.name.upper() if len(self.name) <= 3 else self.name.capitalize()


def make_row(view: SettingView, actor: Actor) -> Row:
    """The row of a setting for this person."""
    return Row(
        view=view,
        control=choose_control(view),
        text="" if view.secret else write_long(view.type, view.value),
        swatch=widen_color(str(view.value)) if view.type == "color" else "",
        value_json=msgspec.json.encode(view.value).decode(),
        default_json=msgspec.json.encode(view.default).decode(),
        default_text=write_text(view.type, view.default),
        step=find_step(view),
        allowed=tell_allowed(view),
        can_change=actor.may(view.min_role),
    )


def choose_control(view: SettingView) -> Control:
    """The control for a type; numbers with both bounds get a slider."""
    if view.secret:
        return "secret"
    if view.type in ("int", "float"):
        return "slider" if view.min is not None and view.max is not None else "number"
    return _CONTROLS.get(view.type, "text")


def find_step(view: SettingView) -> str:
    """The slider's step: the catalog's, else a round part of the range."""
    if choose_control(view) != "slider":
        return "any"
    if view.step is not None:
        return write_text("float", view.step)
    span = float(view.max or 0) - float(view.min or 0)
    exponent = math.floor(math.log10(span / STEPS)) if span > 0 else 0
    step = next(base * 10.0**exponent for base in (1, 2, 5, 10) if base * 10.0**exponent * STEPS >= span)
    return "1" if view.type == "int" and step < 1 else f"{step:g}"


def tell_allowed(view: SettingView) -> str:
    """What values are allowed, in a few words."""
    unit = f" {view.unit}" if view.unit else ""
    if view.min is not None and view.max is not None:
        return f"{view.min} to {view.max}{unit}"
    if view.min is not None:
        return f"at least {view.min}{unit}"
    if view.max is not None:
        return f"at most {view.max}{unit}"
    return {"duration": "such as 30s or 15m", "color": "such as #1e90ff", "json": "any JSON"}.get(view.type, "")


def widen_color(text: str) -> str:
    """A colour in the six digits that the browser's own picker knows."""
    digits = text.removeprefix("#").lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits[:6]}"


def list_groups(views: Iterable[SettingView]) -> list[Group]:
    """The categories in the catalog's order."""
    counts: Counter[str] = Counter()
    modified: Counter[str] = Counter()
    for view in views:
        counts[view.category] += 1
        modified[view.category] += view.modified
    return [Group(name, count, modified[name]) for name, count in counts.items()]


def choose_views(views: Sequence[SettingView], group: str) -> list[SettingView]:
    """The settings of a tab: one category, the modified ones, or all."""
    if group == "modified":
        return [view for view in views if view.modified]
    return [view for view in views if group in ("", view.category)]


def tell_value(value: Any) -> str:
    """Any value in a difference; a dash where there was none."""
    return "–" if value is None else write_text("string", value)
