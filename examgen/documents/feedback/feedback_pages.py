"""What a feedback page shows: a paper with its worked solution, before it the tables of entries and the explanations.

Built for the web from a student's texts and numbers, for print from slots for them; the templates only read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from examgen.documents.feedback.feedback_notes import MOST_NAMED, Note, NoteParts, Piece, Slip, listed, note_of, slip_of
from examgen.documents.feedback.feedback_texts import FeedbackTexts, NoteTexts, RowTexts
from examgen.documents.feedback.unread import UnreadAnswers
from examgen.documents.pages import PaperPage
from examgen.documents.paper.papers import Person, page_of
from examgen.documents.paper.typed_tasks import on_one_line, symbol_latex
from examgen.documents.style import PaperStyle
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.exam import Exam


@dataclass(frozen=True, slots=True)
class Row:
    """One asked entry: its symbol as LaTeX, and what is said of it."""

    symbol: str
    texts: RowTexts


@dataclass(frozen=True, slots=True)
class TaskRows:
    """The entries of one lettered part."""

    letter: str
    text: str
    rows: tuple[Row, ...]

    def chosen(self, is_right: bool) -> list[Row]:
        """Those where nothing went wrong, or the others."""
        return [row for row in self.rows if row.texts.is_right is is_right]

    def printed(self, is_right: bool, is_small: bool) -> list[Row]:
        """The same on paper, where what is right has small rows, unless it is a formula."""
        return [row for row in self.chosen(is_right) if not is_right or row.texts.is_wide is not is_small]


@dataclass(frozen=True, slots=True)
class QuestionRows:
    """The tables of one question."""

    number: str
    title: str
    tasks: tuple[TaskRows, ...]

    def has_rows(self, is_right: bool) -> bool:
        """Whether there is one where nothing went wrong, or another."""
        return any(task.chosen(is_right) for task in self.tasks)

    def has_printed(self, is_small: bool) -> bool:
        """Whether there are such rows of what is right on paper."""
        return any(task.printed(True, is_small) for task in self.tasks)


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """A whole page; `paper` has the worked solution. `held` has pieces of a paragraph for each reason why marks are
    held back, `slip` the calculation of the first wrong answer that is explained by nothing."""

    paper: PaperPage
    texts: FeedbackTexts
    questions: tuple[QuestionRows, ...]
    notes: tuple[Note, ...]
    held: tuple[tuple[Piece, ...], ...] = ()
    slip: Slip | None = None

    @property
    def has_wrong(self) -> bool:
        """Whether anything went wrong."""
        return any(question.has_rows(False) for question in self.questions)

    @property
    def rights(self) -> int:
        """How many entries are right or follow."""
        return sum(len(task.chosen(True)) for question in self.questions for task in question.tasks)


def feedback_page(
    exam: Exam,
    person: Person,
    parts: Sequence[SolvedPaper],
    notes: Sequence[NoteParts],
    texts: FeedbackTexts,
    style: PaperStyle,
    held: Sequence[UnreadAnswers] = (),
    *,
    slip: NoteParts | None = None,
    with_solution: bool = True,
) -> FeedbackPage:
    """The page from its questions' values and texts, or from slots for them."""
    paper = page_of(exam, person, parts, style, with_solution=with_solution)
    rows = iter(texts.rows)
    questions = []
    for part, shown in zip(parts, paper.questions, strict=True):
        tasks = [
            TaskRows(
                task.letter,
                task.text,
                tuple(
                    Row(on_one_line(symbol_latex(part.paper, field)), next(rows))
                    for field in part.paper.fields
                    if field.task == number
                ),
            )
            for number, task in enumerate(shown.tasks)
        ]
        questions.append(QuestionRows(shown.number, shown.title, tuple(tasks)))
    explained = [note_of(number, note, said, style) for number, (note, said) in _numbered(notes, texts.notes)]
    reasons = tuple(_told(one, style, has_several=len(parts) > 1) for one in held)
    slipped = slip_of(slip, texts.slip, style) if slip is not None and texts.slip is not None else None
    return FeedbackPage(paper, texts, tuple(questions), tuple(explained), reasons, slipped)


def _told(held: UnreadAnswers, style: PaperStyle, *, has_several: bool) -> tuple[Piece, ...]:
    """What holds for several answers, and which they are."""
    number = f"{held.question} " if has_several else ""
    others = [(f"{number}({part})", on_one_line(symbol)) for part, symbol in held.answers]
    more = ", …" if len(others) > MOST_NAMED else ""
    return (*listed(others), Piece("text", f"{more}{style.words['feedback']['colon']}{held.reason}"))


def _numbered(notes: Sequence[NoteParts], texts: Sequence[NoteTexts]) -> list[tuple[int, tuple[NoteParts, NoteTexts]]]:
    return list(enumerate(zip(notes, texts, strict=True), start=1))
