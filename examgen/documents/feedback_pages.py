"""What a feedback page shows: a paper with its worked solution, before it the tables of entries and the explanations.

Built for the web from a student's texts and numbers, for print from slots for them; the templates only read it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

import numpy as np

from examgen.core.graph import Quantity, Values, evaluate
from examgen.core.rules import Array
from examgen.documents.feedback import EntryFeedback, MisconceptionFeedback, StudentFeedback
from examgen.documents.feedback_texts import FeedbackTexts, NoteTexts, RowTexts, title_of
from examgen.documents.other_tasks import symbol_latex
from examgen.documents.pages import PaperPage
from examgen.documents.papers import Person, page_of
from examgen.documents.solved_paper import SolvedPaper, bias_name, folds
from examgen.documents.style import PaperStyle
from examgen.documents.worked import relations
from examgen.exams.exam import Exam, Field, PaperShape

DERIVATIVE = re.compile(r"\\frac\{(\\partial [^{}]*)\}\{(.*)\}")

WILDEST = 1e6
"""A calculation with larger numbers teaches nothing and is left out."""


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


@dataclass(frozen=True, slots=True)
class QuestionRows:
    """The tables of one question."""

    number: str
    title: str
    tasks: tuple[TaskRows, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a sentence: `kind` is "text" with formulas between dollar signs, "formula" as LaTeX, or "value"."""

    kind: str
    content: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was done and what should be, in pieces."""

    title: str
    did: tuple[Piece, ...]
    should: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A misconception explained, or several that fit equally well.

    Attributes:
        number: counted from 1.
        title: of one, or of all.
        explanations: of each.
        answer, own: sentences with an answer, and with what the student's own values lead to.
        calculation: the relations that lead there, with the student's own numbers; may be empty.
    """

    number: int
    title: str
    explanations: tuple[Explanation, ...]
    answer: tuple[Piece, ...]
    own: tuple[Piece, ...]
    calculation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """A whole page; `paper` has the worked solution."""

    paper: PaperPage
    texts: FeedbackTexts
    questions: tuple[QuestionRows, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class NoteParts:
    """What an explanation is built from: the misconception, its first entry, and the values for its calculation, None
    where there is none."""

    names: tuple[str, ...]
    paper: PaperShape
    field: Field
    own: SolvedPaper | None


def feedback_page(
    exam: Exam,
    person: Person,
    parts: Sequence[SolvedPaper],
    notes: Sequence[NoteParts],
    texts: FeedbackTexts,
    style: PaperStyle,
) -> FeedbackPage:
    """The page from its questions' values and texts, or from slots for them."""
    paper = page_of(exam, person, parts, style, with_solution=True)
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
    return FeedbackPage(paper, texts, tuple(questions), tuple(explained))


def own_values(paper: PaperShape, givens: Values, field: Field, entries: Sequence[EntryFeedback]) -> Values | None:
    """The values with which a student should have computed an entry: the own answers, and what follows from them.

    None where there is nothing to learn from them: wild numbers, or others than those that the entry was marked by, or
    an entry that asks for no number.
    """
    if field.as_ != "number":
        return None
    substitute = {quantity.name: np.full(quantity.shape, np.nan) for quantity in paper.graph.derived}
    answers = {entry.field: entry for entry in entries if entry.question == paper.question.id}
    for asked in paper.number_fields:
        entry = answers.get(asked.name)
        if entry is not None and entry.value is not None:
            substitute[asked.quantity][asked.index] = entry.value
    floats = {name: np.asarray(value, dtype=float) for name, value in givens.items()}
    found = evaluate(paper.graph, floats, substitute=substitute)
    values: dict[str, Array] = dict(found.values)
    quantity = calculated(paper, field)
    for name in {quantity.name, field.quantity, *([bias_name(quantity)] if folds(paper, quantity) else [])}:
        values[name] = found.computed[name]
    used = [values[name] for name in (*quantity.inputs, quantity.name)]
    if not all(np.all(np.isfinite(array)) and np.all(np.abs(array) < WILDEST) for array in used):
        return None
    entry = answers.get(field.name)
    own = entry.own if entry is not None and entry.own is not None else None
    computed = float(values[field.quantity][field.index])
    half_unit = 0.5 * 10.0 ** -float(field.digits.decimals_for(np.array(computed)))
    return values if own is not None and abs(computed - own) <= half_unit else None


def calculated(paper: PaperShape, field: Field) -> Quantity:
    """The quantity whose calculation is shown for an entry; folded biases belong to their weights."""
    quantity = paper.graph[field.quantity]
    if paper.naming.notation.folds_bias and quantity.kind in {"dL_db", "b_new"}:
        return paper.graph[quantity.name.replace("b", "W", 1)]
    return quantity


def note_field(parts: Sequence[PaperShape], note: MisconceptionFeedback) -> tuple[int, Field] | None:
    """Place of the question and field of the first entry that a misconception explains."""
    for place, part in enumerate(parts):
        for field in part.fields:
            if (part.question.id, field.name) == note.places[0]:
                return place, field
    return None


def known_notes(
    parts: Sequence[PaperShape], feedback: StudentFeedback, style: PaperStyle
) -> tuple[MisconceptionFeedback, ...]:
    """The misconceptions that there are words for."""
    texts = style.words["misconceptions"]
    return tuple(
        note
        for note in feedback.misconceptions
        if all(name in texts for name in note.names) and note_field(parts, note) is not None
    )


def on_one_line(symbol: str) -> str:
    """A derivative with a slash in place of its line, for rows of one height."""
    fraction = DERIVATIVE.fullmatch(symbol)
    return f"{fraction[1]} {{/}} {fraction[2]}" if fraction else symbol


def _numbered(notes: Sequence[NoteParts], texts: Sequence[NoteTexts]) -> list[tuple[int, tuple[NoteParts, NoteTexts]]]:
    return list(enumerate(zip(notes, texts, strict=True), start=1))


def note_of(number: int, note: NoteParts, said: NoteTexts, style: PaperStyle) -> Note:
    """One explanation, with its numbers."""
    symbol = on_one_line(symbol_latex(note.paper, note.field))
    values = {
        "symbol": Piece("formula", symbol),
        "answer": Piece("value", said.answer),
        "own": Piece("value", said.own),
    }
    known = style.words["misconceptions"]
    return Note(
        number,
        title_of(note.names, style),
        tuple(
            Explanation(
                known[name]["title"], _filled(known[name]["did"], values), _filled(known[name]["should"], values)
            )
            for name in note.names
        ),
        _filled(style.words["feedback"]["note_answer"], values),
        _filled(style.words["feedback"]["note_own"], values),
        relations(note.own, calculated(note.paper, note.field)) if note.own is not None else (),
    )


def _filled(text: str, values: Mapping[str, Piece]) -> tuple[Piece, ...]:
    """A sentence in pieces; what a student typed stays apart from text and formulas."""
    pieces: list[Piece] = []
    written = ""
    for literal, name, _, _ in Formatter().parse(text):
        # A doubled brace ends a literal too, in the middle of a formula.
        written += literal
        if name:
            pieces += [Piece("text", written), values[name]]
            written = ""
    return (*pieces, Piece("text", written))
