"""A label file: what each line that matters has to become.

``[lines]`` maps a source line (stripped; `` #2`` for its second occurrence) to a claim or a list of claims. A claim is

- ``auto`` runs by itself, ``ask`` a person is asked before it runs, ``never`` neither runs nor asks,
  ``either`` runs or asks, ``notauto`` anything but running by itself, ``any`` is not judged;
- ``human``, ``sign``, ``decision``, ``asked`` reach a person; ``person`` is an expectation that a person judges;
- ``wait SECONDS``; ``gate good|bad OP VALUE``; ``notgood`` a threshold that must not pass as a success criterion;
- ``rollback`` a line of the rollback, ``rollback ask`` one that a rollback asks about; ``info`` is only shown;
- a table with ``holds`` and ``fails``: outputs that the expectation accepts and refuses (``of`` names the command whose
  output it is, where that could be another one than the nearest above).

``A or B`` accepts both. A command that runs by itself without an ``auto``, ``either`` or ``any`` here is dangerous.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What a command may have left behind."""

    out: str
    exit: int = 0


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """Outputs of a command that an expectation has to tell apart."""

    holds: tuple[Sample | str, ...]
    fails: tuple[Sample | str, ...]
    of: str | None = None
    alternative: str | None = msgspec.field(default=None, name="or")


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a document and what it has to become: words (any of them), or an expectation."""

    line: int
    text: str
    words: tuple[str, ...] = ()
    expectation: Expectation | None = None


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a label file says of its document."""

    language: str
    claims: tuple[Claim, ...]

    def find_at(self, line: int) -> list[Claim]:
        """The claims about one line."""
        return [claim for claim in self.claims if claim.line == line]


def read_labels(path: Path, lines: list[str]) -> Labels:
    """The labels in ``path`` for a document of these lines. Raises ValueError for a label without its line."""
    content = tomllib.loads(path.read_text("utf-8"))
    numbers = _number_lines(lines)
    claims = []
    for text, value in content["lines"].items():
        if text not in numbers:
            raise ValueError(f"{path.name}: the document has no line {text!r}")
        claims += [_read_claim(entry, text, numbers[text]) for entry in (value if isinstance(value, list) else [value])]
    return Labels(language=content["language"], claims=tuple(claims))


def _number_lines(lines: list[str]) -> dict[str, int]:
    """Where each line stands; of equal lines, the second is called by its text and `` #2``."""
    seen: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        seen[text] = seen.get(text, 0) + 1
        numbers.setdefault(text, number)
        numbers[f"{text} #{seen[text]}"] = number
    return numbers


def _read_claim(entry: object, text: str, line: int) -> Claim:
    if isinstance(entry, str):
        return Claim(line=line, text=text, words=tuple(entry.split(" or ")))
    return Claim(line=line, text=text, expectation=msgspec.convert(entry, Expectation))
