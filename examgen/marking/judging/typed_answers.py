"""Marks the fields that ask for no number: formulas, shapes and choices.

Called by `grading` for each paper shape. Such an answer is right or wrong for all students alike, whatever their
numbers are, so each distinct text of a field is judged once; but where it may be the text of an option with numbers of
each paper's own, once for each student. There is no follow-through: nothing rests on a formula.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from examgen.core.equivalence.formula_answers import Counterexample, Judgement, Side, judge
from examgen.core.equivalence.formula_trials import Entry, shape_trials
from examgen.core.evaluation import evaluate
from examgen.core.formulas.formula_language import parse_formula
from examgen.core.formulas.formula_tokens import REASONS as FORMULA_REASONS
from examgen.core.formulas.formula_tokens import Unparsed
from examgen.core.formulas.number_grammar import DOUBTFUL
from examgen.core.formulas.typed_characters import LOOKS_RIGHT, first_foreign
from examgen.core.graph import Values
from examgen.exams.fields import Field, shown_shape
from examgen.exams.option_numbers import option_numbers, option_texts, option_values
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.spellings import spellings
from examgen.exams.references.typed_references import right_options
from examgen.exams.wording.option_texts import numbers_in
from examgen.exams.wording.sentences import IN_ENGLISH, NEAR, Wording
from examgen.marking.judging.mistakes import mistakes_text
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.reading.answers import REASON_CODES, AnswerTable
from examgen.marking.reading.typed.typed_choices import CHOICE_REASONS, parse_choices, parse_one
from examgen.marking.reading.typed.typed_numbers import REASONS, Unreadable
from examgen.marking.reading.typed.typed_shapes import SHAPE_REASONS, parse_shape

_MOST_NUMBERS = 6
"""A counterexample of more symbols than these is not told: nobody would put the numbers in."""

_OF_NO_TEXT = ("duplicate", DOUBTFUL)
"""Reasons why an answer does not count whatever is written."""

_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")

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


def mark_others(
    paper: PaperShape,
    answers: AnswerTable,
    rows: Codes,
    wording: Wording = IN_ENGLISH,
    givens: Values = MappingProxyType({}),
) -> OtherMarks:
    """Mark what asks for no number.

    Args:
        paper: the shape that these students share.
        answers: of the class.
        rows: (students, fields) rows of the answers; -1 where nothing was handed in.
        wording: of the exam.
        givens: (students, *shape) by given quantity; nobody needs them where no option has numbers.
    """
    numbers = option_values(paper, evaluate(paper.graph, givens).values) if option_numbers(paper) else {}
    outcome = np.zeros(rows.shape, dtype=np.int8)
    comments, labels = np.zeros(rows.shape, dtype=np.int64), np.zeros(rows.shape, dtype=np.int64)
    texts: dict[str, int] = {"": 0}
    names: dict[str, int] = {"": 0}
    for column, field in enumerate(paper.other_fields):
        place, distinct = _distinct(answers, rows[:, column], wording)
        judged = [judge_text(paper, field, text, wording) if isinstance(text, str) else text for text in distinct]
        if has_numbers(paper, field):
            place, judged = _with_own_options(paper, field, place, distinct, judged, numbers, wording)
        outcome[:, column] = np.array([OUTCOMES[one.outcome].code for one in judged], dtype=np.int8)[place]
        comments[:, column] = np.array([texts.setdefault(one.comment, len(texts)) for one in judged])[place]
        labels[:, column] = np.array([names.setdefault(one.label, len(names)) for one in judged])[place]
    return OtherMarks(outcome, comments, tuple(texts), labels, tuple(names))


def judge_text(
    paper: PaperShape, field: Field, text: str, wording: Wording = IN_ENGLISH, options: tuple[str, ...] = ()
) -> Judged:
    """Judge what a student wrote into a field that asks for no number. Never raises for any text.

    Args:
        paper: of the field.
        field: that was filled in.
        text: as submitted.
        wording: of the exam.
        options: of a choice, with the numbers of the student's paper; those of the bank where it is empty.
    """
    if field.as_ == "formula":
        return _formula(paper, field, text, wording)
    if field.as_ == "shape":
        return _shape(paper, field, text, wording)
    return _choice(paper, field, text, wording, options)


def has_numbers(paper: PaperShape, field: Field) -> bool:
    """Whether options of a field's task have numbers of each paper's own."""
    return any(numbers_in(paper.question.tasks[field.task].options))


def _with_own_options(
    paper: PaperShape,
    field: Field,
    place: Codes,
    distinct: list[str | Judged],
    judged: list[Judged],
    numbers: Values,
    wording: Wording,
) -> tuple[Codes, list[Judged]]:
    """The same as (students,) places and what they are of, where texts that are no letters are read by the options of
    the student's own paper."""
    place, judged = place.copy(), [*judged]
    for student, at in enumerate(place.tolist()):
        text = distinct[at]
        if isinstance(text, str) and judged[at].outcome == "unreadable":
            options = option_texts(paper, field.task, {name: values[student] for name, values in numbers.items()})
            place[student] = len(judged)
            judged.append(judge_text(paper, field, _DECIMAL_COMMA.sub(".", text), wording, options))
    return place, judged


def _blank(wording: Wording) -> Judged:
    return Judged("blank", wording.tell("blank"))


def _distinct(answers: AnswerTable, rows: Codes, wording: Wording) -> tuple[Codes, list[str | Judged]]:
    """(students,) places in the list of what was written in one field, each text once."""
    written = np.where(rows >= 0, answers.answer.codes[rows], -1) if len(answers) else np.full(len(rows), -1)
    others = {-1: _blank(wording)}
    for code, reason in enumerate(_OF_NO_TEXT, start=2):
        if len(answers):
            written[(rows >= 0) & (answers.parsed.reason[rows] == REASON_CODES[reason])] = -code
        others[-code] = Judged("unreadable", wording.say(REASONS[reason]))
    codes, place = np.unique(written, return_inverse=True)
    found = [others.get(code) or str(answers.answer.distinct[code].as_py()) for code in codes.tolist()]
    return place.astype(np.int64), found


def _unread(reason: str, message: str, text: str, wording: Wording) -> Judged:
    """An unreadable answer; in a short one that looks right, the character is named that is no letter of a keyboard."""
    foreign = first_foreign(text) if len(text) <= LOOKS_RIGHT else ""
    return _blank(wording) if reason == "blank" else Judged("unreadable", wording.with_character(message, foreign))


def _shape(paper: PaperShape, field: Field, text: str, wording: Wording) -> Judged:
    sizes = parse_shape(text)
    if isinstance(sizes, Unreadable):
        return _unread(sizes.reason, SHAPE_REASONS[sizes.reason], text, wording)
    right = shown_shape(paper.naming, paper.graph[field.quantity])
    if sizes == right:
        return Judged("correct")
    if sizes == right[::-1]:
        return Judged("wrong", wording.tell("shape_swapped"))
    if len(sizes) != len(right):
        return Judged("wrong", wording.tell("shape_two"))
    return Judged("wrong")


def _choice(paper: PaperShape, field: Field, text: str, wording: Wording, options: tuple[str, ...]) -> Judged:
    task = paper.question.tasks[field.task]
    chosen = (parse_choices if task.takes_several else parse_one)(text, options or paper.options(field.task))
    if isinstance(chosen, Unreadable):
        return _unread(chosen.reason, CHOICE_REASONS[chosen.reason], text, wording)
    right = frozenset(right_options(paper, field.task))
    if chosen == right:
        return Judged("correct")
    behind = "+".join(_misconceptions(paper.options(field.task), sorted(chosen - right)))
    return Judged("wrong", mistakes_text(behind, wording, is_turned=paper.is_turned), behind)


def _misconceptions(options: Sequence[str], wrong: Sequence[int]) -> dict[str, None]:
    """The names of the misconceptions that these options are for."""
    numbers = numbers_in([options[place] for place in wrong])
    return dict.fromkeys(one.misconception for one in numbers if one.misconception)


def _formula(paper: PaperShape, field: Field, text: str, wording: Wording) -> Judged:
    known = spellings(paper.naming)
    formula = parse_formula(text, known)
    if isinstance(formula, Unparsed):
        return _unparsed(formula, wording)
    allows = paper.question.tasks[field.task].allows
    if forbidden := [name for name in formula.symbols if not allows(paper.graph[known[name][0]])]:
        return Judged("wrong", wording.tell("not_allowed", names=wording.listed(forbidden)))
    on = shape_trials(paper.shape, paper.graph)
    found = judge(on, (field.quantity, field.index), formula, known)
    if found.verdict == "right":
        return Judged("correct")
    return Judged("wrong", _why(paper, field, found, known, wording), "|".join(found.misconceptions))


def _unparsed(why: Unparsed, wording: Wording) -> Judged:
    if why.reason == "blank":
        return _blank(wording)
    said = wording.say(FORMULA_REASONS[why.reason], detail=why.detail)
    return Judged("unreadable", wording.say(NEAR, sentence=said, near=why.near) if why.near else said)


def _why(paper: PaperShape, field: Field, found: Judgement, known: Mapping[str, Entry], wording: Wording) -> str:
    """One sentence on what is wrong with a formula."""
    if found.circular:
        asked = [name for name in found.circular if known[name] == (field.quantity, field.index)]
        return wording.tell("circular" if asked else "circular_from", names=wording.listed(asked or found.circular))
    if found.misconceptions:
        return mistakes_text("|".join(found.misconceptions), wording, is_turned=paper.is_turned)
    if found.verdict == "undefined":
        return wording.tell("undefined")
    if found.verdict == "partly" and found.fails_where:
        return _side(paper, found.fails_where[0], wording)
    return _example(found.example, wording, is_partly=found.verdict == "partly")


def _side(paper: PaperShape, side: Side, wording: Wording) -> str:
    symbol = paper.naming.entry(*side.entry).unicode
    return wording.tell("fails_positive" if side.is_live else "fails_negative", symbol=symbol)


def _example(example: Counterexample | None, wording: Wording, *, is_partly: bool) -> str:
    if example is None or len(example.symbols) > _MOST_NUMBERS or not np.isfinite(example.value):
        return wording.tell("partly") if is_partly else ""

    def number(value: float, form: str) -> str:
        return format(value, form).replace(".", wording.decimal_mark)

    between = ", " if wording.decimal_mark == "." else "; "
    numbers = between.join(f"{name} = {number(value, '.3f')}" for name, value in example.symbols.items())
    name = "where" if numbers else "always"
    return wording.tell(
        f"partly_{name}" if is_partly else name,
        **({"numbers": numbers} if numbers else {}),
        value=number(example.value, ".4g"),
        reference=number(example.reference, ".4g"),
    )
