"""Marks the fields that ask for no number: formulas, shapes and choices.

Called by `grading` for each paper shape. Such an answer is right or wrong for all students alike, whatever their
numbers are, so each distinct text of a field is judged once. There is no follow-through: nothing rests on a formula.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.formula_answers import Counterexample, Judgement, Side, judge
from examgen.core.formula_language import parse_formula
from examgen.core.formula_tokens import Unparsed
from examgen.core.formula_trials import Entry, shape_trials
from examgen.core.misconceptions import MISCONCEPTIONS
from examgen.core.typed_characters import first_foreign, with_character
from examgen.exams.exam import Field, PaperShape, shown_shape
from examgen.exams.spellings import spellings
from examgen.marking.answers import REASON_CODES, AnswerTable
from examgen.marking.choices import CHOICE_REASONS, parse_choice
from examgen.marking.numbers import REASONS, Unreadable
from examgen.marking.outcomes import OUTCOMES
from examgen.marking.parse_shape import SHAPE_REASONS, parse_shape

_MOST_NUMBERS = 6
"""A counterexample of more symbols than these is not told: nobody would put the numbers in."""

_LOOKS_RIGHT = 8
"""Characters of a shape or letter that a foreign character among them has spoilt; longer answers are other texts."""

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one text in one field: the name of the outcome, a sentence for the student, and the names of the
    misconceptions that fit, with `|` between them."""

    outcome: str
    comment: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class OtherMarks:
    """The marked fields of some students; arrays are (students, fields) of `PaperShape.other_fields`.

    Attributes:
        outcome: codes of `OUTCOMES`.
        comments: places in `texts`.
        labels: places in `names`; the first name is empty.
    """

    outcome: NDArray[np.int8]
    comments: Codes
    texts: tuple[str, ...]
    labels: Codes
    names: tuple[str, ...]


def mark_others(paper: PaperShape, answers: AnswerTable, rows: Codes) -> OtherMarks:
    """Mark what asks for no number.

    Args:
        paper: the shape that these students share.
        answers: of the class.
        rows: (students, fields) rows of the answers; -1 where nothing was handed in.
    """
    outcome = np.zeros(rows.shape, dtype=np.int8)
    comments, labels = np.zeros(rows.shape, dtype=np.int64), np.zeros(rows.shape, dtype=np.int64)
    texts: dict[str, int] = {"": 0}
    names: dict[str, int] = {"": 0}
    for column, field in enumerate(paper.other_fields):
        place, distinct = _distinct(answers, rows[:, column])
        judged = [judge_text(paper, field, text) if isinstance(text, str) else text for text in distinct]
        outcome[:, column] = np.array([OUTCOMES[one.outcome].code for one in judged], dtype=np.int8)[place]
        comments[:, column] = np.array([texts.setdefault(one.comment, len(texts)) for one in judged])[place]
        labels[:, column] = np.array([names.setdefault(one.label, len(names)) for one in judged])[place]
    return OtherMarks(outcome, comments, tuple(texts), labels, tuple(names))


def judge_text(paper: PaperShape, field: Field, text: str) -> Judged:
    """Judge what a student wrote into a field that asks for no number. Never raises for any text."""
    if field.as_ == "formula":
        return _formula(paper, field, text)
    return _shape(paper, field, text) if field.as_ == "shape" else _choice(paper, field, text)


_BLANK = Judged("blank", OUTCOMES["blank"].comment)
_DUPLICATE = Judged("unreadable", REASONS["duplicate"])


def _distinct(answers: AnswerTable, rows: Codes) -> tuple[Codes, list[str | Judged]]:
    """(students,) places in the list of what was written in one field, each text once."""
    is_twice = (rows >= 0) & (answers.parsed.reason[rows] == REASON_CODES["duplicate"]) if len(answers) else rows < -1
    written = np.where(rows >= 0, answers.answer.codes[rows], -1) if len(answers) else np.full(len(rows), -1)
    codes, place = np.unique(np.where(is_twice, -2, written), return_inverse=True)
    others = {-1: _BLANK, -2: _DUPLICATE}
    found = [others.get(code) or str(answers.answer.distinct[code].as_py()) for code in codes.tolist()]
    return place.astype(np.int64), found


def _unread(reason: str, message: str, text: str = "") -> Judged:
    """An unreadable answer; in a short one that looks right, the character is named that is no letter of a keyboard."""
    foreign = first_foreign(text) if len(text) <= _LOOKS_RIGHT else ""
    return _BLANK if reason == "blank" else Judged("unreadable", with_character(message, foreign))


def _shape(paper: PaperShape, field: Field, text: str) -> Judged:
    sizes = parse_shape(text)
    if isinstance(sizes, Unreadable):
        return _unread(sizes.reason, SHAPE_REASONS[sizes.reason], text)
    right = shown_shape(paper.naming, paper.graph[field.quantity])
    if sizes == right:
        return Judged("correct")
    if sizes == right[::-1]:
        return Judged("wrong", "The rows come first, then the columns; here they are swapped.")
    if len(sizes) != len(right):
        return Judged("wrong", "A shape has two numbers, rows and columns; a column of n numbers has the shape (n, 1).")
    return Judged("wrong")


def _choice(paper: PaperShape, field: Field, text: str) -> Judged:
    task = paper.question.tasks[field.task]
    chosen = parse_choice(text, task.options)
    if isinstance(chosen, Unreadable):
        return _unread(chosen.reason, CHOICE_REASONS[chosen.reason], text)
    return Judged("correct" if chosen == ord(task.answer) - ord("a") else "wrong")


def _formula(paper: PaperShape, field: Field, text: str) -> Judged:
    known = spellings(paper.naming)
    formula = parse_formula(text, known)
    if isinstance(formula, Unparsed):
        return _unread(formula.reason, formula.message)
    allows = paper.question.tasks[field.task].allows
    if forbidden := [name for name in formula.symbols if not allows(paper.graph[known[name][0]])]:
        return Judged("wrong", f"This task does not allow {_listed(forbidden)} in the formula.")
    on = shape_trials(paper.shape, paper.graph)
    found = judge(on, (field.quantity, field.index), formula, known)
    if found.verdict == "right":
        return Judged("correct")
    return Judged("wrong", _why(paper, field, found, known), "|".join(found.misconceptions))


def _why(paper: PaperShape, field: Field, found: Judgement, known: Mapping[str, Entry]) -> str:
    """One sentence on what is wrong with a formula."""
    if found.circular:
        asked = [name for name in found.circular if known[name] == (field.quantity, field.index)]
        said = "is what the formula is for" if asked else "follows from what the formula is for"
        return f"The formula uses {_listed(asked or found.circular)}, which {said}."
    if found.misconceptions:
        mistakes = [MISCONCEPTIONS[name].mistake for name in found.misconceptions]
        return f"It looks as if {', or '.join(mistakes)}."
    if found.verdict == "undefined":
        return "It is not defined for all numbers: it divides by 0, or has a root or logarithm of a negative number."
    if found.verdict == "partly" and found.fails_where:
        return f"It is right for some numbers only: it fails where {_side(paper, found.fails_where[0])}."
    return _example(found.example, is_partly=found.verdict == "partly")


def _side(paper: PaperShape, side: Side) -> str:
    return f"{paper.naming.entry(*side.entry).unicode} is {'positive' if side.is_live else 'negative'}"


def _example(example: Counterexample | None, *, is_partly: bool) -> str:
    opening = "It is right for some numbers only: " if is_partly else ""
    if example is None or len(example.symbols) > _MOST_NUMBERS or not np.isfinite(example.value):
        return "It is right for some numbers only." if is_partly else ""
    numbers = ", ".join(f"{name} = {value:.3f}" for name, value in example.symbols.items())
    where = f"where {numbers}, it" if numbers else "it always"
    sentence = f"{opening}{where} gives {example.value:.4g}, not {example.reference:.4g}."
    return sentence[0].upper() + sentence[1:]


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
