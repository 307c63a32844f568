"""The built-in actions by the words of an annotation, and what a run has to know of them. Pure.

``contract verify`` in a checklist is the action ``contract.verify``; ``swap`` is ``services.swap``. ``load`` stands
alone or before ``end``.
"""

from __future__ import annotations

_ONE_WORD = {
    "backup": "backup",
    "restore": "restore",
    "verify-env": "verify-env",
    "load": "load",
    "swap": "services.swap",
}
_TWO_WORDS = {
    "secrets": ("scan",),
    "contract": ("record", "verify"),
    "database": ("check",),
    "incident": ("open",),
    "load": ("end",),
}
VERBS = frozenset({*_ONE_WORD, *_TWO_WORDS})
_LOOKING = frozenset(
    {"backup", "verify-env", "load", "load.end", "secrets.scan", "contract.record", "contract.verify", "database.check"}
)


def find_action(verb: str, words: list[str]) -> tuple[str, list[str]] | None:
    """The action's name and the words that are left; None when the second word is missing or unknown."""
    if verb in _TWO_WORDS and words and words[0] in _TWO_WORDS[verb]:
        return f"{verb}.{words[0]}", words[1:]
    return (_ONE_WORD[verb], words) if verb in _ONE_WORD else None


def list_second_words(verb: str) -> tuple[str, ...]:
    """What may follow this verb."""
    return _TWO_WORDS.get(verb, ())


def only_looks(action: str) -> bool:
    """Whether it leaves alone what is being released: nothing to roll back after it, and no harm in doing it twice."""
    return action in _LOOKING
