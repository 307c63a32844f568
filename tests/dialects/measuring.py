"""Every document of the corpus read and compared with its labels."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from gonogo.releases.reading import Surroundings, read_checklist
from gonogo.releases.reading.programs import KNOWN
from tests.dialects.comparing import Outcome, Reading, compare_claim, is_automatic, is_compiled
from tests.dialects.labels import Claim, Labels, read_labels

CORPUS = Path(__file__).parent / "corpus"
# The programs of the corpus are made up; where such a document is run, they are on PATH.
SURROUNDINGS = Surroundings(exists=lambda name: name in KNOWN or name.endswith("ctl") or "/" in name)
_MAY_RUN = {"auto", "either", "any"}
_MARKUP = re.compile(r"</?[a-z][^<>]*>|^\s*(?:`{3,}|~{3,}).*$")
_LETTER = re.compile(r"\w")


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a document that did not become what its labels say."""

    document: str
    line: int
    kind: Outcome | str
    text: str
    wanted: str
    became: str


class Measure(msgspec.Struct, kw_only=True):
    """What was counted in one document, or in all of them."""

    document: str
    english: bool = True
    automatic: int = 0
    dangerous: int = 0
    lost: int = 0
    silent: int = 0
    labelled_auto: int = 0
    ran_auto: int = 0
    expectations: int = 0
    wrong: int = 0
    checkable: int = 0
    compiled: int = 0
    questions: int = 0
    faults: list[Fault] = []

    @property
    def auto_share(self) -> float:
        """The share of the commands labelled ``auto`` that run by themselves."""
        return self.ran_auto / self.labelled_auto if self.labelled_auto else 1.0

    @property
    def compiled_share(self) -> float:
        """The share of the English machine-checkable expectations that no person has to judge."""
        return self.compiled / self.checkable if self.checkable else 1.0

    def holds(self) -> bool:
        """Whether everything that was promised of the reader is so."""
        clean = not (self.dangerous or self.lost or self.silent or self.wrong)
        return clean and self.auto_share >= 0.85 and self.compiled_share >= 0.75


def measure_corpus(folder: Path = CORPUS) -> list[Measure]:
    """One measure for each document, in the order of their names."""
    return [measure_document(path) for path in sorted(folder.glob("*.md"))]


def measure_document(path: Path) -> Measure:
    """Read a document, and compare every claim of its label file with what the reader made of it."""
    data = path.read_bytes()
    lines = data.decode("utf-8-sig").splitlines()
    labels = read_labels(path.with_suffix(".toml"), lines)
    reading = Reading(read_checklist(data, path.name, surroundings=SURROUNDINGS))
    measure = Measure(document=path.stem, english=labels.language == "en", faults=[])
    for claim in labels.claims:
        _count_claim(measure, reading, claim)
    _find_unlabelled(measure, reading, labels, lines)
    _find_lost(measure, reading, labels, lines)
    measure.automatic = sum(map(is_automatic, reading.items))
    return measure


def add_up(measures: list[Measure]) -> Measure:
    """The totals over all documents."""
    total = Measure(document="all", faults=[fault for measure in measures for fault in measure.faults])
    for field in ("automatic", "dangerous", "lost", "silent", "labelled_auto", "ran_auto", "expectations", "wrong"):
        setattr(total, field, sum(getattr(measure, field) for measure in measures))
    total.questions = sum(measure.questions for measure in measures)
    total.checkable = sum(measure.checkable for measure in measures if measure.english)
    total.compiled = sum(measure.compiled for measure in measures if measure.english)
    return total


def _count_claim(measure: Measure, reading: Reading, claim: Claim) -> None:
    outcome = compare_claim(reading, claim)
    measure.labelled_auto += claim.words == ("auto",)
    measure.ran_auto += claim.words == ("auto",) and outcome == "right"
    judged = claim.expectation is not None or claim.words[0].split()[0] in ("gate", "person", "notgood", "decision")
    measure.expectations += judged
    if claim.expectation is not None:
        measure.checkable += 1
        measure.compiled += outcome == "right" and any(map(is_compiled, reading.find_at(claim.line)))
    if outcome == "right":
        return
    measure.questions += outcome == "question"
    measure.silent += outcome == "silent"
    measure.wrong += outcome == "wrong"
    if outcome == "dangerous" and claim.words != ("rollback ask",):
        return  # counted once, with the command itself
    measure.dangerous += outcome == "dangerous"
    wanted = " or ".join(claim.words) or f"tells {claim.expectation and claim.expectation.holds} apart"
    _note(measure, reading, claim.line, outcome, claim.text, wanted)


def _find_unlabelled(measure: Measure, reading: Reading, labels: Labels, lines: list[str]) -> None:
    """Commands that run, rules that judge and signatures that are asked for without a label that wants them."""
    for item in reading.items:
        words = {word for claim in labels.find_at(item.line) for word in claim.words}
        names = {word.split()[0] for word in words}
        if is_automatic(item) and not names & _MAY_RUN:
            measure.dangerous += 1
            _note(measure, reading, item.line, "dangerous", lines[item.line - 1], "not to run by itself")
        spanned = range(item.line, item.end_line + 1)
        claimed = any(labels.find_at(line) for line in spanned)
        if (item.kind == "sign" or (item.kind == "check" and is_compiled(item))) and not claimed:
            measure.wrong += 1
            _note(measure, reading, item.line, "wrong", lines[item.line - 1], f"no {item.kind}")


def _find_lost(measure: Measure, reading: Reading, labels: Labels, lines: list[str]) -> None:
    """Lines that no item and no heading accounts for; markup alone, and comments that title a command, say nothing."""
    covered = set(reading.headings)
    for item in reading.items:
        covered.update(range(item.line, item.end_line + 1))
    for number, line in enumerate(lines, 1):
        if number in covered or not _LETTER.search(_MARKUP.sub("", line)):
            continue
        if line.lstrip().startswith(("#", "--", "//")) and not _wants_item(labels.find_at(number)):
            continue
        measure.lost += 1
        _note(measure, reading, number, "lost", line.strip(), "an item")


def _wants_item(claims: list[Claim]) -> bool:
    return any(claim.words != ("notcheck",) for claim in claims)


def _note(measure: Measure, reading: Reading, line: int, kind: str, text: str, wanted: str) -> None:
    became = "; ".join(
        f"{item.kind} {item.runs or ''} {item.doubt or ''} {item.rule!r:.90}" for item in reading.find_at(line)
    )
    measure.faults.append(
        Fault(document=measure.document, line=line, kind=kind, text=text.strip(), wanted=wanted, became=became)
    )
