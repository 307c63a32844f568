"""Lines of a shell fence that are not its shell's: typed in a client, SQL, output, words. Neighbours are one step."""

from __future__ import annotations

from collections.abc import Callable

from gonogo.releases.reading.alternatives import Barrier
from gonogo.releases.reading.desk import Desk, Place
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.elsewhere import leaves
from gonogo.releases.reading.foreign import add_step, join_rows
from gonogo.releases.reading.natures import FOREIGN, TEXT, Nature, read_nature
from gonogo.releases.reading.presence import starts_program
from gonogo.releases.reading.running import show_command
from gonogo.releases.reading.shell import Piece

_NAMES: dict[Nature, str] = {"sql": "SQL", "prompt": "typed at the prompt of a client", "cmdlet": "PowerShell"}


class Typed:
    """Knows the nature of every piece of a fence, and gathers those that are no commands of it."""

    def __init__(self, desk: Desk, place: Place, pieces: list[Piece], line_of: Callable[[int], int]) -> None:
        self.desk, self.place, self.line_of = desk, place, line_of
        commands = [piece for piece in pieces if piece.kind == "command"]
        self.natures = {id(piece): read_nature(piece.text, piece.node) for piece in commands}
        texts = [piece for piece in commands if self.natures[id(piece)] in TEXT]
        self.first_text = texts[0] if texts else None
        self.only_text = bool(texts) and len(texts) == len(commands)
        self.works = False
        self.step: Draft | None = None
        self.step_row = -2
        self.shown: list[Draft] = []

    def takes(self, piece: Piece) -> bool:
        """Whether a piece is no command of this shell. In a client, everything up to its end is typed there."""
        stay = self.desk.find_stay()
        if stay is not None and leaves(piece.text):
            return False
        if stay is not None and stay.kind == "client":
            # A program that everybody knows is typed in a shell; whether the client was left, a person says.
            return not (self.natures[id(piece)] == "plain" and starts_program(piece.text))
        return self.natures[id(piece)] in TEXT - {"doubtful"}

    def take(self, piece: Piece, label: str) -> Draft | None:
        """Add what a piece is: part of a step for a person, or shown text. The step, where there is one."""
        nature, line, end_line = self.natures[id(piece)], self.line_of(piece.line), self.line_of(piece.end_line)
        stay = self.desk.find_stay()
        if stay is not None or nature in FOREIGN:
            return self._extend(piece, nature, label)
        if nature == "task":
            self.works = True
            return add_step(
                self.desk, self.place, (line, end_line), piece.text.strip(), "this line asks a person", "text"
            )
        why = "this is output or words, not a command: it is shown, never run"
        text = show_command(piece.text)
        self.shown.append(
            self.desk.add("info", line, end_line, text, runs="never", why=why, doubt="text", parent=self.place.parent)
        )
        return None

    def doubt(self, piece: Piece) -> Barrier | None:
        """Why a command beside lines of text may be text itself."""
        self.works = True
        if self.first_text is None or self.natures[id(piece)] == "plain":
            return None
        line = self.line_of(self.first_text.line)
        return Barrier(f"line {line} of the same fence is not a command, so this may be none either", "text")

    def close(self) -> None:
        """A fence on the way that holds nothing but text is still there for somebody to read and to do."""
        if not self.shown or self.works or self.step is not None or self.desk.informs:
            return
        why = "this fence is marked as shell and holds no command: do what it says, then tick it"
        shown = {id(draft) for draft in self.shown}
        self.desk.drafts[:] = [draft for draft in self.desk.drafts if id(draft) not in shown]
        span = (self.shown[0].line, self.shown[-1].end_line)
        add_step(self.desk, self.place, span, join_rows([draft.text for draft in self.shown]), why, "text")

    def _extend(self, piece: Piece, nature: Nature, label: str) -> Draft:
        """Lines typed one after the other are one step."""
        self.works = True
        stay = self.desk.find_stay()
        end_line = self.line_of(piece.end_line)
        if self.step is not None and piece.line == self.step_row + 1 and not label:
            self.step.text = join_rows([self.step.text, piece.text])
            self.step.end_line = end_line
        else:
            why = (
                stay.why if stay else f"this is {_NAMES.get(nature, 'text')}, not shell: run it yourself, then tick it"
            )
            self.step = add_step(
                self.desk,
                self.place,
                (self.line_of(piece.line), end_line),
                f"{label}: {join_rows([piece.text])}" if label else join_rows([piece.text]),
                why,
                "elsewhere" if stay else "not-shell",
                fence="sql" if nature == "sql" else None,
            )
        if stay is not None:
            self.desk.stays[-1] = stay.note_typed(self.desk.section)
        self.step_row = piece.end_line
        return self.step
