"""Keeping the answers of an attended run for the next one."""

from __future__ import annotations

import sys
from pathlib import Path

from gonogo.cli.answer_book import AnswerBook
from gonogo.cli.exits import CannotRun
from gonogo.cli.output import count, say, warn
from gonogo.client.errors import ApiError
from gonogo.client.gonogo import Gonogo
from gonogo.releases.adoption.parse import parse_adoption
from gonogo.releases.adoption.update import merge_entries
from gonogo.releases.plan import Plan
from gonogo.releases.running.sidecar import find_sidecar


def offer_to_keep(gonogo: Gonogo, run: str, file: Path, plan: Plan) -> None:
    """Ask whether the answers given on the way are kept beside the checklist, and keep them on a yes."""
    try:
        answers = gonogo.releases.answers(run)
        entries = parse_adoption(answers["toml"].encode(), "the answers of the run").entries
        if not entries:
            return
        sys.stdout.write(
            f"Keep {count(len(entries), 'answer', 'answers')} in {find_sidecar(file).name}? [y] yes  [n] no  > "
        )
        sys.stdout.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            return
        book = AnswerBook(file, "")
        book.save(merge_entries(book.read(), entries, plan))
        say(f"Kept. Commit {find_sidecar(file).name} with {file.name}: the next run does not ask again.")
    except (ApiError, CannotRun) as error:
        warn(f"gonogo: The answers were not kept: {error}")
