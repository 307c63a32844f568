"""A shell fence to items: one a command, with the comments around it read for what they ask."""

from __future__ import annotations

import re

from gonogo.releases.reading.alternatives import Barrier, explain_variants, find_variants
from gonogo.releases.reading.asides import find_unfilled, gives_work, turns_back
from gonogo.releases.reading.comments import Comment, read_comment
from gonogo.releases.reading.desk import Desk, Place, nest
from gonogo.releases.reading.directories import Entered, Stray, enters, find_stray, find_target
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.foreign import add_step
from gonogo.releases.reading.gates import compile_threshold
from gonogo.releases.reading.inline import strip_pictures
from gonogo.releases.reading.judging import judges_each, leads_command
from gonogo.releases.reading.marks import add_check, note_uncompiled
from gonogo.releases.reading.rivals import find_rivals
from gonogo.releases.reading.running import add_command, show_command
from gonogo.releases.reading.shell import Piece, split_shell
from gonogo.releases.reading.typed import Typed
from gonogo.releases.reading.verbs import asks_for_action
from gonogo.releases.rules import Human

_SLEEP = re.compile(r"^sleep\s")
_FILE_NAME = re.compile(r"^[\w./-]+\.\w{1,5}$")
_TURNS = frozenset({"option", "turn", "condition", "variant"})


class Script:
    """Reads the pieces of one fence in order. ``doubted`` says why nothing in it is certain to be a command."""

    def __init__(self, desk: Desk, place: Place, lines: list[int], doubted: Barrier | None = None) -> None:
        self.desk, self.place, self.lines, self.doubted = desk, place, lines, doubted
        self.block: list[tuple[Comment, int]] = []
        self.barrier: Barrier | None = None
        self.lasting = False
        self.last: Draft | None = None
        self.last_row = -2
        self.variants: list[str] = []
        self.rivals: dict[int, Barrier] = {}
        self.lost: Barrier | None = None
        self.commands_left = 0
        self.moved = False
        self.shared: list[tuple[Comment, int]] = []

    def read(self, text: str) -> None:
        """Add the items of ``text``, whose first line is the first of ``lines``."""
        pieces = split_shell(text)
        typed = Typed(self.desk, self.place, pieces, self.line_of)
        comments = {id(piece): read_comment(piece.text) for piece in pieces if piece.kind == "comment"}
        self.variants = find_variants([comment.text for comment in comments.values() if comment.meaning == "variant"])
        self.rivals = find_rivals(pieces)
        self.commands_left = sum(piece.kind == "command" for piece in pieces)
        for at, piece in enumerate(pieces):
            self.commands_left -= piece.kind == "command"
            if piece.kind == "comment":
                following = pieces[at + 1] if at + 1 < len(pieces) else None
                self.take_comment(piece, comments[id(piece)], following)
            elif typed.takes(piece):
                self.take_typed(typed, piece)
            else:
                self.take_command(piece, typed.doubt(piece) or self.doubted)
        self.flush()
        typed.close()

    def take_typed(self, typed: Typed, piece: Piece) -> None:
        """Leave a piece that is no command of this shell to a person, under the words above it."""
        label = " ".join(comment.text for comment, _ in self.block if comment.meaning not in ("expect", "shebang"))
        above = self.block
        step = typed.take(piece, strip_pictures(label))
        self.block = [] if step is not None else above
        if step is None:
            self.flush()
        for comment, row in above if step is not None else ():
            if comment.meaning in ("expect", "threshold"):
                self.add_expectation(comment, self.line_of(row), step)
        self.last, self.last_row = step or self.last, piece.end_line

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
            and not (_leads(piece, following) and leads_command(piece.text))
            and (beside or not _leads(piece, following))
        ):
            self.flush(heads=True)
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
        if comment.meaning in _TURNS or piece.line in self.rivals:
            self.turn(comment, piece)

    def block_end(self) -> int | None:
        return self.block[-1][1] if self.block else None

    def turn(self, comment: Comment, piece: Piece) -> None:
        """Raise or lower the barrier that the comment means for the commands below it."""
        if comment.meaning == "variant" and comment.text in self.variants:
            self.barrier, self.lasting = explain_variants(comment.text, self.variants), False
        elif piece.line in self.rivals:
            self.barrier, self.lasting = self.rivals[piece.line], False
        elif comment.barrier is not None and not (self.desk.rolls_back and turns_back(comment.text)):
            self.barrier, self.lasting = comment.barrier, comment.meaning == "option"
        elif not self.lasting and piece.line > self.last_row + 1 and not self.block:
            self.barrier = None

    def take_command(self, piece: Piece, doubted: Barrier | None) -> None:
        """Make a command of the fence an item, with the expectations that its comment block had ready for it."""
        line, end_line = self.line_of(piece.line), self.line_of(piece.end_line)
        self.give_work(piece.text)
        # "All of these should return 200" is about every command up to the next comment or empty line.
        shared = self.shared if not self.block and piece.line <= self.last_row + 1 else []
        asides = [(comment, row) for comment, row in self.block if comment.meaning in ("expect", "threshold")]
        self.shared = [*shared, *((comment, row) for comment, row in asides if judges_each(comment.text))]
        label = " ".join(comment.text for comment, _ in self.block if comment.meaning not in ("expect", "threshold"))
        label = "" if _FILE_NAME.match(label) else label
        trailing = read_comment(piece.trailing) if piece.trailing else None
        own = (trailing.barrier or find_unfilled(trailing.text)) if trailing else None
        if trailing and trailing.meaning not in ("expect", "threshold", "shebang"):
            note = f"{show_command(piece.text)} ({trailing.text})" if own else trailing.text
            label = f"{label}: {note}" if label else note
        stray = self.find_stray(piece.text, line)
        barrier = own or self.barrier or self.place.barrier or self.lost or doubted
        barrier = barrier or (stray.barrier if stray else None)
        place = nest(self.place, barrier=barrier, runs=self.place.runs)
        draft = add_command(self.desk, place, piece.text, line, end_line, strip_pictures(label), piece.node)
        self.block = []
        draft.starts_from = stray.fence if stray is not None else None
        self.lose_way(draft)
        if draft.command is not None:
            self.last = draft
        self.last_row = piece.end_line
        for comment, row in (*shared, *asides):
            self.add_expectation(comment, self.line_of(row), draft)
        if trailing and trailing.meaning in ("expect", "threshold"):
            self.add_expectation(trailing, end_line, draft)

    def find_stray(self, text: str, line: int) -> Stray | None:
        """The folder that a `cd` may start from instead of the session's, after an earlier fence went elsewhere."""
        if self.moved or self.desk.rolls_back or self.desk.informs:
            return None
        stray = find_stray(text, self.desk.entered, first=self.last is None)
        if stray is not None and stray.barrier is not None:
            self.desk.find("folder", "warning", line, f"{stray.barrier.why}; write ( cd … ) or cd back")
        return stray

    def lose_way(self, draft: Draft) -> None:
        """After a change of directory that does not happen, the commands below would run in the wrong place."""
        target = find_target(draft.command or "")
        if target is None or (draft.command or "").endswith("&"):
            return
        self.note_folder(target, draft)
        held = self.barrier is not None or self.place.barrier is not None or self.desk.rolls_back or self.desk.informs
        blocked = draft.runs == "never" or (draft.runs == "ask" and not held)
        why = f"line {draft.line} would change to {target} first, but does not run by itself"
        self.lost = Barrier(why, "folder") if blocked else None

    def note_folder(self, target: str, draft: Draft) -> None:
        """Remember the folder that the session is in from here on."""
        self.moved = True
        if draft.kind != "run" or self.desk.stays:
            return
        if not enters(draft.command or ""):
            self.desk.entered = None
        elif self.desk.entered is None or target.startswith(("/", "~")):
            self.desk.entered = Entered(target.rstrip("/"), draft.line, self.desk.fence, self.last is None)

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
        if judged is not None and judged.command is None:
            # What a person typed, a person judges.
            draft.rule = Human(source=comment.text, question=comment.text)
            return
        add_check(self.desk, draft, comment.text, judged)

    def give_work(self, following: str) -> None:
        """Make steps of the comments above a command that ask a person for something the command does not do."""
        if not any(gives_work(comment.text, following) for comment, _ in self.block if comment.meaning == "label"):
            return
        left: list[tuple[Comment, int]] = []
        step: Draft | None = None
        for comment, row in self.block:
            if comment.meaning == "label" and gives_work(comment.text, following):
                step = self.add_work(comment, row)
            elif step is not None and comment.listed and comment.meaning == "label":
                step.text = f"{step.text}{': ' if step.line == step.end_line else '; '}{comment.text}"
                step.end_line = self.line_of(row)
            else:
                left.append((comment, row))
        self.block = left

    def add_work(self, comment: Comment, row: int) -> Draft:
        """The step of a comment that gives a person something to do."""
        barrier = self.barrier or self.place.barrier
        place = nest(self.place, barrier=barrier)
        line = self.line_of(row)
        return add_step(
            self.desk, place, (line, line), strip_pictures(comment.text), "this comment asks a person", "comment"
        )

    def flush(self, *, heads: bool = False) -> None:
        """Comments with no command below them: something to do for a person, or advice to keep.

        ``heads``: what follows is an expectation, which they are the title of.
        """
        said = [(comment, row) for comment, row in self.block if comment.text]
        self.block = []
        step: Draft | None = None
        thresholds = [at for at, (comment, _) in enumerate(said) if comment.meaning == "threshold"]
        for at, (comment, row) in enumerate(said):
            line = self.line_of(row)
            if comment.listed and step is not None and comment.meaning == "label":
                step.text = f"{step.text.rstrip(':')}{': ' if step.line == step.end_line else '; '}{comment.text}"
                step.end_line = line
            elif comment.meaning in ("expect", "threshold"):
                self.add_expectation(comment, line, self.last)
            elif self.asks_person(comment, heads or (bool(thresholds) and at < thresholds[-1])):
                step = self.add_work(comment, row)
            else:
                step = None
                self.desk.add("info", line, line, strip_pictures(comment.text), parent=self.place.parent)

    def asks_person(self, comment: Comment, heads: bool) -> bool:
        """Whether a comment that no command stands below is a step, rather than the title of what follows."""
        if comment.meaning != "label" and not (comment.meaning == "condition" and self.desk.rolls_back):
            return False
        if gives_work(comment.text, ""):
            return True
        return asks_for_action(comment.text) and not heads and self.commands_left == 0


def _leads(piece: Piece, following: Piece | None) -> bool:
    return following is not None and following.kind == "command" and following.line == piece.end_line + 1
