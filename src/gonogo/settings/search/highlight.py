"""Where in a setting's texts the query matched, as places to mark."""

from __future__ import annotations

from collections.abc import Mapping

from gonogo.settings.search.words import find_words, write_value
from gonogo.settings.views import SettingView


def find_highlights(view: SettingView, matched: Mapping[str, int]) -> dict[str, list[tuple[int, int]]]:
    """``(start, end)`` of every match, by field; ``matched`` holds how many letters of each word count."""
    texts = {"key": view.key, "label": view.label, "category": view.category, "description": view.description}
    if not view.secret:
        texts["value"] = write_value(view.value)
    found = {
        field: [(place, place + matched[word]) for place, word in find_words(text) if word in matched]
        for field, text in texts.items()
    }
    return {field: places for field, places in found.items() if places}
