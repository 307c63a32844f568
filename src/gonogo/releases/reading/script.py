"""A shell fence to items: one a command, with the comments around it read for what they ask."""

from __future__ import annotations

import re

from gonogo.releases.reading.alternatives import Barrier, explain_variants, find_barrier, find_variants
from gonogo.releases.reading.comments import Comment, read_comment
from gonogo.releases.reading.desk import Desk, Place, nest
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.gates import compile_threshold
from gonogo.releases.reading.inline import strip_pictures
from gonogo.releases.reading.marks import add_check, note_uncompiled
from gonogo.releases.reading.running import add_command, show_command
from gonogo.releases.reading.shell import Piece, split_shell
from gonogo.releases.reading.verbs import asks_for_action
from gonogo.releases.rules import Human

_SLEEP = re.compile(r"^sleep\s")
_FILE_NAME = re.compile(r"^[\w./-]+\.\w{1,5}$")
_CD = re.compile(r"^(?:cd|pushd)\s+(\S+)")


class Script:
    """Reads the pieces of one fence in order."""

    def __init__(self, desk: Desk, place: Place, lines: list[int]) -> None:
        self.desk, self.place, self.lines = desk, place, lines
        self.block: list[tuple[Comment, int]] = []
        self.barrier: Barrier | None = None
        self.lasting = False
        self.last: Draft | None = None
        self.last_row = -2
        self.variants: list[str] = []
        self.lost: Barrier | None = None

    def read(self, text: str) -> None:
        """Add the items of ``text``, whose first line is the first of ``lines``."""
        pieces = split_shell(text)
        comments = [(piece, read_comment(piece.text)) for piece in pieces if piece.kind == "comment"]
        self.variants = find_variants([comment.text for _, comment in comments if comment.meaning == "variant"])
        read = {id(piece): comment for piece, comment in comments}
        for at, piece in enumerate(pieces):
            following = pieces[at + 1] if at + 1 < len(pieces) else None
            if piece.kind == "comment":
                self.take_comment(piece, read[id(piece)], following)
            else:
                self.take_command(piece)
        self.flush()

    def line_of(self, row: int) -> int:
        return self.lines[min(row, len(self.lines) - 1)]

    def take_comment(self, piece: Piece, comment: Comment, following: Piece | None) -> None:
        """Read a comment of the fence: an expectation of what stands above it, a wait, a label, or words."""
        beside = piece.line <= self.last_row + 1
        if not beside and piece.line > (self.block_end() or piece.line) + 1:
            self.flush()
        if (
            comment.meaning in ("expect", "threshold")
            and (self.last is not None)
            and (beside or not _leads(piece, following))
        ):
            self.flush()
            self.add_expectation(comment, self.line_of(piece.line), self.last)
            self.last_row = piece.line if beside else self.last_row
            return
        if comment.meaning == "wait" and not (following and _SLEEP.match(following.text)):
            self.flush()
            self.desk.add(
                "info" if self.desk.informs else "wait",
                self.line_of(piece.line),
                self.line_of(piece.line),
                comment.text,
                duration_s=comment.seconds,
                parent=self.place.parent,
            )
            return
        if comment.meaning != "shebang":
            if not beside or not self.block:
                self.turn(comment, piece)
            self.block.append((comment, piece.line))
        if comment.meaning in ("option", "turn", "condition", "variant"):
            self.turn(comment, piece)

    def block_end(self) -> int | None:
        return self.block[-1][1] if self.block else None

    def turn(self, comment: Comment, piece: Piece) -> None:
        """Raise or lower the barrier that the comment means for the commands below it."""
        if comment.meaning == "variant" and comment.text in self.variants:
            self.barrier, self.lasting = explain_variants(comment.text, self.variants), False
        elif comment.meaning == "option":
            self.barrier, self.lasting = find_barrier(comment.text), True
        elif comment.meaning in ("turn", "condition"):
            self.barrier, self.lasting = find_barrier(comment.text), False
        elif not self.lasting and piece.line > self.last_row + 1 and not self.block:
            self.barrier = None

    def take_command(self, piece: Piece) -> None:
        """Make a command of the fence an item, with the expectations that its comment block had ready for it."""
        line, end_line = self.line_of(piece.line), self.line_of(piece.end_line)
        asides = [(comment, row) for comment, row in self.block if comment.meaning in ("expect", "threshold")]
        label = " ".join(comment.text for comment, _ in self.block if comment.meaning not in ("expect", "threshold"))
        label = "" if _FILE_NAME.match(label) else label
        trailing = read_comment(piece.trailing) if piece.trailing else None
        own = find_barrier(trailing.text) if trailing and trailing.meaning in ("option", "turn", "condition") else None
        if trailing and trailing.meaning not in ("expect", "threshold", "shebang"):
            note = f"{show_command(piece.text)} ({trailing.text})" if own else trailing.text
            label = f"{label}: {note}" if label else note
        barrier = own or self.barrier or self.place.barrier or self.lost
        runs = self.place.runs
        draft = add_command(
            self.desk,
            nest(self.place, barrier=barrier, runs=runs),
            piece.text,
            line,
            end_line,
            strip_pictures(label),
            piece.node,
        )
        self.block = []
        self.lose_way(draft)
        if draft.command is not None:
            self.last = draft
        self.last_row = piece.end_line
        for comment, row in asides:
            self.add_expectation(comment, self.line_of(row), draft)
        if trailing and trailing.meaning in ("expect", "threshold"):
            self.add_expectation(trailing, end_line, draft)

    def lose_way(self, draft: Draft) -> None:
        """After a change of directory that does not happen, the commands below would run in the wrong place."""
        moves = _CD.match(draft.command or "")
        if moves is None or (draft.command or "").endswith("&"):
            return
        held = self.barrier is not None or self.place.barrier is not None or self.desk.rolls_back or self.desk.informs
        blocked = draft.runs == "never" or (draft.runs == "ask" and not held)
        why = f"line {draft.line} would change to {moves[1]} first, but does not run by itself"
        self.lost = Barrier(why, "folder") if blocked else None

    def add_expectation(self, comment: Comment, line: int, judged: Draft | None) -> None:
        """Make a comment an item that judges a command, or a threshold of its own."""
        parent = self.place.parent
        if comment.meaning == "threshold":
            rule, expression = compile_threshold(comment.text, self.place.polarity, self.desk.bindings)
            if expression:
                self.desk.add("gate", line, line, comment.text, rule=rule, expression=expression, parent=parent)
                return
            draft = self.desk.add(
                "check", line, line, comment.text, rule=rule, judges=judged, scope="fence", parent=parent
            )
            if isinstance(rule, Human):
                note_uncompiled(self.desk, draft)
            return
        draft = self.desk.add("check", line, line, comment.text, parent=parent)
        add_check(self.desk, draft, comment.text, judged)

    def flush(self) -> None:
        """Comments with no command below them: advice to keep, or in a rollback a step for a person."""
        said = [(comment, row) for comment, row in self.block if comment.text]
        self.block = []
        for comment, row in said:
            line = self.line_of(row)
            asks = self.desk.rolls_back and asks_for_action(comment.text)
            self.desk.add(
                "rollback" if asks else "info", line, line, strip_pictures(comment.text), parent=self.place.parent
            )


def _leads(piece: Piece, following: Piece | None) -> bool:
    return following is not None and following.kind == "command" and following.line == piece.end_line + 1
