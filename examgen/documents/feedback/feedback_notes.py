"""What feedback says of each misconception: what was written and done, and the step both ways; for `feedback_pages`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from string import Formatter

import numpy as np

from examgen.core.evaluation import evaluate
from examgen.core.graph import Quantity, Values
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.rules.rule import Array
from examgen.documents.feedback.feedback_texts import NoteTexts, title_of
from examgen.documents.feedback.mistaken_steps import TOGETHER, Step, step_of
from examgen.documents.feedback.student_feedback import EntryFeedback, MisconceptionFeedback, StudentFeedback
from examgen.documents.paper.typed_tasks import on_one_line, symbol_latex
from examgen.documents.style import PaperStyle
from examgen.documents.worked.solved_paper import SolvedPaper, folds
from examgen.documents.worked.worked_lines import relations
from examgen.errors import ExamgenError
from examgen.exams.fields import Field, task_letter
from examgen.exams.keys.solved_papers import solve
from examgen.exams.naming.symbol_names import bias_name
from examgen.exams.paper_shapes import PaperShape

MOST_NAMED = 8
"""So many further entries that show a misconception are named."""

WILDEST = 1e6
"""A calculation with larger numbers teaches nothing and is left out."""


Other = tuple[str, str]
"""A further entry that shows a misconception: the part of the paper, and the symbol as LaTeX."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a sentence: `kind` is "text" with formulas between dollar signs, "formula" as LaTeX, or "value"."""

    kind: str
    content: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was done and what should be, in pieces; and the step both ways, None where it cannot be shown."""

    title: str
    did: tuple[Piece, ...]
    should: tuple[Piece, ...]
    step: Step | None


@dataclass(frozen=True, slots=True)
class Note:
    """A misconception explained, or several that fit equally well.

    Attributes:
        number: counted from 1.
        title: of one, or of all.
        explanations: of each.
        wrote: a sentence with the first answer that shows it, and with what the student's own values lead to.
        same: a sentence with the other answers that show it; empty where there are none.
        calculation: what the own values lead to, where no step can be shown; may be empty.
    """

    number: int
    title: str
    explanations: tuple[Explanation, ...]
    wrote: tuple[Piece, ...]
    same: tuple[Piece, ...]
    calculation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """A wrong answer that no misconception explains: a sentence as in `Note`, and the calculation as it should be."""

    wrote: tuple[Piece, ...]
    calculation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteParts:
    """What an explanation is built from: the misconceptions with their steps, the first entry, what part of the paper
    the others are in and their LaTeX, and the values for a calculation where there is no step, else None."""

    names: tuple[str, ...]
    paper: PaperShape
    field: Field
    own: SolvedPaper | None
    steps: tuple[Step | None, ...] = ()
    others: tuple[Other, ...] = ()


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
    substitute |= paper.printed(solve(paper, floats).values)
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
    weights = paper.naming.weights_around(quantity)
    return paper.graph[weights] if weights else quantity


def note_field(parts: Sequence[PaperShape], note: MisconceptionFeedback) -> tuple[int, Field] | None:
    """Place of the question and field of the first entry that a misconception explains."""
    for place, part in enumerate(parts):
        for field in part.fields:
            if (part.question.id, field.name) == note.places[0]:
                return place, field
    return None


def note_parts(
    note: MisconceptionFeedback, parts: Sequence[SolvedPaper], entries: Sequence[EntryFeedback]
) -> tuple[int, NoteParts]:
    """Place of the question, and what an explanation of one of `known_notes` is built from."""
    shapes = [part.paper for part in parts]
    found = note_field(shapes, note)
    assert found is not None, "known_notes keeps only notes of asked entries"
    place, field = found
    solved = parts[place]
    steps = tuple(step_of(solved, field, entries, name) for name in note.names)
    fields = {(shape.question.id, one.name): (shape, one) for shape in shapes for one in shape.fields}
    others = [fields[one] for one in note.places[1:] if one in fields]
    values = None if any(steps) else own_values(solved.paper, solved.values, field, entries)
    own = None if values is None else replace(solved, values=values)
    named = tuple((_part(shape, one, shapes), on_one_line(symbol_latex(shape, one))) for shape, one in others)
    return place, NoteParts(note.names, solved.paper, field, own, steps, named)


def _part(paper: PaperShape, field: Field, papers: Sequence[PaperShape]) -> str:
    """The part of the paper that an entry is in: (b), or 2 (b) where there are several questions."""
    number = f"{papers.index(paper) + 1} " if len(papers) > 1 else ""
    return f"{number}({task_letter(field.task)})"


def slip_parts(feedback: StudentFeedback, parts: Sequence[SolvedPaper]) -> tuple[int, NoteParts] | None:
    """Place of the question of the first slip and what its calculation is built from; None where there is none."""
    if feedback.first_slip is None:
        return None
    slip = MisconceptionFeedback((), (feedback.first_slip,))
    if note_field([part.paper for part in parts], slip) is None:
        return None
    place, found = note_parts(slip, parts, feedback.entries)
    return None if found.own is None else (place, found)


def known_notes(
    parts: Sequence[PaperShape], feedback: StudentFeedback, style: PaperStyle
) -> tuple[MisconceptionFeedback, ...]:
    """The misconceptions of the table that explain an asked entry; results may have been edited to say others.

    Raises: ExamgenError: the language has no words for one.
    """
    return tuple(
        note
        for note in feedback.misconceptions
        if all(_is_known(part, style) for name in note.names for part in name.split(TOGETHER))
        and note_field(parts, note) is not None
    )


def _is_known(misconception: str, style: PaperStyle) -> bool:
    is_known = misconception in MISCONCEPTIONS
    if is_known and misconception not in style.words["misconceptions"]:
        raise ExamgenError(
            f"language {style.language!r} has no words for the misconception {misconception}; "
            f"give [misconceptions.{misconception}] a title, did and should in its file of words"
        )
    return is_known


def note_of(number: int, note: NoteParts, said: NoteTexts, style: PaperStyle) -> Note:
    """One explanation, with its numbers."""
    words, more = style.words["feedback"], max(0, len(note.others) - MOST_NAMED)
    values = {**_answered(note, said), "entries": listed(note.others), "more": (Piece("text", str(more)),)}
    steps = note.steps or (None,) * len(note.names)
    return Note(
        number,
        title_of(note.names, style),
        tuple(
            _explanation(note.paper, name, step, values, style) for name, step in zip(note.names, steps, strict=True)
        ),
        _filled(words["wrote" if note.field.as_ == "number" else "wrote_other"], values),
        _filled(words["same_more" if more else "same"], values) if note.others else (),
        _calculation(note),
    )


def slip_of(note: NoteParts, said: NoteTexts, style: PaperStyle) -> Slip:
    """What is said of a slip, with its numbers."""
    return Slip(_filled(style.words["feedback"]["wrote"], _answered(note, said)), _calculation(note))


def _answered(note: NoteParts, said: NoteTexts) -> dict[str, tuple[Piece, ...]]:
    return {
        "symbol": (Piece("formula", on_one_line(symbol_latex(note.paper, note.field))),),
        "answer": (Piece("value", said.answer),),
        "own": (Piece("value", said.own),),
    }


def _calculation(note: NoteParts) -> tuple[str, ...]:
    return relations(note.own, calculated(note.paper, note.field)) if note.own is not None else ()


def _explanation(
    paper: PaperShape, name: str, step: Step | None, values: Mapping[str, tuple[Piece, ...]], style: PaperStyle
) -> Explanation:
    """Of a misconception, or of several that were made at once, in the words for the signs of the paper."""
    known = [style.words["misconceptions"][part] for part in name.split(TOGETHER)]
    if paper.is_turned:
        known = [{key: row.get(f"{key}_turned", text) for key, text in row.items()} for row in known]
    did, should = (_filled(" ".join(row[key] for row in known), values) for key in ("did", "should"))
    return Explanation(title_of((name,), style), did, should, step)


def listed(others: Sequence[Other]) -> tuple[Piece, ...]:
    """The first of many, each part of the paper named once."""
    pieces: list[Piece] = []
    for part, entries in groupby(others[:MOST_NAMED], key=itemgetter(0)):
        pieces.append(Piece("text", f"{', ' if pieces else ''}{part} "))
        for place, (_, symbol) in enumerate(entries):
            pieces += [*([Piece("text", ", ")] if place else []), Piece("formula", symbol)]
    return tuple(pieces)


def _filled(text: str, values: Mapping[str, tuple[Piece, ...]]) -> tuple[Piece, ...]:
    """A sentence in pieces; what a student typed stays apart from text and formulas."""
    pieces: list[Piece] = []
    written = ""
    for literal, name, _, _ in Formatter().parse(text):
        # A doubled brace ends a literal too, in the middle of a formula.
        written += literal
        if name:
            pieces += [Piece("text", written), *values[name]]
            written = ""
    return (*pieces, Piece("text", written))
