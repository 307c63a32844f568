"""An action's words as values. Every reader raises BadInput that names the option, the rule, and an example."""

from __future__ import annotations

from pathlib import Path

from gonogo.kernel.actions import ActionCall
from gonogo.kernel.errors import BadInput
from gonogo.releases.reading.durations import parse_duration

_YES = frozenset({"yes", "true", "on", "1"})
_NO = frozenset({"no", "false", "off", "0", ""})


def check_known(call: ActionCall, *known: str) -> None:
    """Raise BadInput for an option that the action does not have; a misspelt one must not be overlooked."""
    for name in call.options:
        if name not in known:
            raise BadInput(f"There is no option '{name}' here; there are: {', '.join(known)}.", field=name)


def read_text(call: ActionCall, name: str, default: str | None = None) -> str:
    """An option's text. Without a ``default`` it has to be there."""
    value = call.options.get(name) or default
    if value is None:
        raise BadInput(f"'{name}' is missing: write {name}=…", field=name)
    return value


def read_list(call: ActionCall, name: str) -> tuple[str, ...]:
    """The parts between commas, without blanks."""
    return tuple(part.strip() for part in call.options.get(name, "").split(",") if part.strip())


def read_flag(call: ActionCall, name: str, *, default: bool) -> bool:
    """Yes or no."""
    if name not in call.options:
        return default
    word = call.options[name].lower()
    if word not in _YES | _NO:
        raise BadInput(f"'{name}' is yes or no, not '{word}'.", field=name)
    return word in _YES


def read_whole(call: ActionCall, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number within its bounds."""
    text = call.options.get(name, str(default))
    if not text.isdecimal() or int(text) < least or (most is not None and int(text) > most):
        bounds = f"from {least} on" if most is None else f"from {least} to {most}"
        raise BadInput(f"'{name}' is a whole number {bounds}, not '{text}'.", field=name)
    return int(text)


def read_number(call: ActionCall, name: str, default: float, *, least: float, most: float) -> float:
    """A number within its bounds."""
    text = call.options.get(name)
    try:
        value = default if text is None else float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise BadInput(f"'{name}' is a number from {least:g} to {most:g}, not '{text}'.", field=name)
    return value


def read_seconds(call: ActionCall, name: str, default: str, *, most: float) -> float:
    """A duration such as ``30s``, at most ``most`` seconds."""
    text = call.options.get(name, default)
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise BadInput(f"{name}: {error}.", field=name) from error
    if seconds > most:
        raise BadInput(f"'{name}' is at most {most:g} s, not '{text}'.", field=name)
    return seconds


def read_percent(call: ActionCall, name: str, default: str) -> float:
    """A share such as ``10%``, as 0.1."""
    text = call.options.get(name, default)
    try:
        return float(text.removesuffix("%")) / 100
    except ValueError as error:
        raise BadInput(f"'{name}' is a share such as 10%, not '{text}'.", field=name) from error


def find_file(call: ActionCall, path: str) -> Path:
    """A path as the checklist means it: from its own folder on."""
    return (call.folder / Path(path).expanduser()).absolute()
