"""Exams and variants from the JSON documents of a key; `key_folder` reads the files.

What is read may be damaged, or edited by an instructor who marks again by another policy: anything of the wrong form
raises one of `DAMAGE`, and `said` puts it into words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, get_args

import numpy as np

from examgen.core.draw_versions import FIRST_DRAWS
from examgen.core.exercise import Exercise
from examgen.core.formulas.number_grammar import DecimalMark
from examgen.core.graph import Quantity
from examgen.core.rules.rule import Array
from examgen.exams.digits import Digits
from examgen.exams.exam import Exam, Question, QuestionVariant, Variant
from examgen.exams.exercises import exercise_from
from examgen.exams.forms import F, form_of
from examgen.exams.keys.given_rows import GivenRow
from examgen.exams.keys.key_documents import NO_BUBBLES, NOT_TOLD, OWN_LOOKS, KeyDetail, Making
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.paper_shapes import paper_shape
from examgen.exams.policy import Policy
from examgen.exams.task import Task

DAMAGE = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)
"""What reading a document of the wrong form raises."""

MOST_BELOW = 10**9
"""The largest common denominator of a given quantity that is read."""


class MistakeError(ValueError):
    """A mistake in what instructors edit; the message says where, what, and what is allowed."""


def exam_from(document: Mapping[str, Any]) -> Exam:
    """The exam of an exam.json."""
    return Exam(
        id=_text(document["exam"]),
        name=_text(document["name"]),
        title=_text(document["title"]),
        notation=NOTATIONS[document["notation"]],
        instructions=_texts(document["instructions"]),
        policy=_form(Policy, document["policy"], "policy"),
        questions=tuple(
            _question_from(part, f"questions[{number}]") for number, part in enumerate(document["questions"], start=1)
        ),
    )


def making_from(document: Mapping[str, Any]) -> Making:
    """How the papers of an exam.json were made; what an older one does not say has its default."""
    seed = document.get("seed", NOT_TOLD.seed)
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool) or seed < 0):
        raise MistakeError(f"seed is {seed!r}; allowed: a whole number from 0 on, or null")
    draws = document.get("draws", NOT_TOLD.draws)
    # A later version's number is no damage: nothing is drawn from a key.
    if not isinstance(draws, int) or isinstance(draws, bool) or draws < FIRST_DRAWS:
        raise MistakeError(f"draws is {draws!r}; allowed: a whole number from {FIRST_DRAWS} on")
    language, paper = (_text(document.get(name, getattr(NOT_TOLD, name))) for name in ("language", "paper"))
    mark = document.get("decimal_mark", NOT_TOLD.decimal_mark)
    if mark not in get_args(DecimalMark):
        raise MistakeError(f"decimal_mark is {mark!r}; allowed: a point or a comma")
    detail = document.get("key_detail", NOT_TOLD.key_detail)
    if detail not in get_args(KeyDetail):
        raise MistakeError(f"key_detail is {detail!r}; allowed: {', '.join(get_args(KeyDetail))}")
    secret = _text(document.get("secret", NOT_TOLD.secret))
    scan = document.get("scan", NOT_TOLD.scan)
    # Pages of a later format are refused where they are read.
    if not isinstance(scan, int) or isinstance(scan, bool) or scan < NO_BUBBLES:
        raise MistakeError(f"scan is {scan!r}; allowed: a whole number from {NO_BUBBLES} on")
    return Making(seed, language, paper, mark, detail, draws, secret, _fairness(document.get("fairness")), scan)


def _fairness(told: Any) -> float | None:
    if told is None:
        return NOT_TOLD.fairness
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= 1:
        raise MistakeError(f"fairness is {told!r}; allowed: a number from 0 to 1, or null")
    return float(told)


def variant_from(document: Mapping[str, Any], exam: Exam) -> Variant:
    """The variant of one line of variants.jsonl.

    Raises: one of `DAMAGE`, where the line has not the form or the shapes of the exam.
    """
    parts = document["questions"]
    questions = {question.id: _numbers_from(parts[question.id], question, exam) for question in exam.questions}
    if len(parts) != len(questions):
        raise ValueError(f"questions must be {', '.join(questions)}, and no others")
    name, *looks = (_text(document.get(part, "")) for part in ("name", *OWN_LOOKS))
    return Variant(_text(document["student"]), name, _text(document["variant"]), questions, *looks)


def _numbers_from(part: Mapping[str, Any], question: Question, exam: Exam) -> QuestionVariant:
    label, numbers = part["shape"], part["givens"]
    asked = paper_shape(question, label, exam.notation).graph.givens
    givens = {one.name: given_array(_numbers([numbers[one.name]], question, one), question, one) for one in asked}
    if len(numbers) != len(givens):
        raise ValueError(f"{question.id}: givens must be {', '.join(givens)}, and no others")
    return QuestionVariant(label, GivenRow(givens, 0))


def given_array(values: Array, question: Question, given: Quantity) -> Array:
    """The numbers of a given quantity, (lines, *shape).

    Raises: ValueError: they are not as the exam says.
    """
    if values.shape[1:] != given.shape:
        raise ValueError(f"{question.id} {given.name}: shape {values.shape[1:]}, not {given.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{question.id} {given.name}: not a finite number")
    if given.name not in question.given_decimals:
        raise ValueError(f"{question.id} {given.name}: not in given_decimals of exam.json")
    return values


def _numbers(rows: list[Any], question: Question, given: Quantity) -> Array:
    found = np.array(rows)
    if found.dtype.kind in "fi":
        return found.astype(float, copy=False)
    values = np.array(rows, dtype=float)
    # Texts such as "0.5" would become numbers, and so would true and false.
    if found.dtype.kind != "O":
        raise ValueError(f"{question.id} {given.name}: not numbers alone; write them without quotes")
    return values


def said(error: Exception) -> str:
    """What is wrong with a document, in words."""
    if isinstance(error, MistakeError):
        return str(error)
    return f"damaged: {error} is missing or not known" if isinstance(error, KeyError) else f"damaged: {error}"


def _exact(value: Any) -> Any:
    """Decimals in place of the floats of a JSON document, at any depth."""
    if isinstance(value, dict):
        return {name: _exact(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_exact(part) for part in value]
    return Decimal(repr(value)) if isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class _QuestionPart:
    """A question of an exam.json: `text` is all that it says, `where` it stands for who reads of a mistake in it."""

    text: str
    where: str
    part: Mapping[str, Any] = field(compare=False)


def _question_from(part: Mapping[str, Any], where: str) -> Question:
    return _read_once(_QuestionPart(repr(part), where, part))


@lru_cache(maxsize=64)
def _read_once(question: _QuestionPart) -> Question:
    """The same question for all keys that say the same: what is known of its shapes serves each marking by them."""
    part, where = question.part, question.where
    digits = _form(Digits, part["digits"], f"{where}.digits")
    return Question(
        id=_text(part["id"]),
        title=_text(part["title"]),
        text=_texts(part["text"]),
        tasks=tuple(
            _task_from(task, f"{where}.tasks[{number}]", digits) for number, task in enumerate(part["tasks"], start=1)
        ),
        digits=digits,
        shapes={_text(label): _shape_from(f"{where}.shapes.{label}", shape) for label, shape in part["shapes"].items()},
        given_decimals={name: _whole(count, 0, 15) for name, count in part["given_decimals"].items()},
        given_denominators={
            name: _whole(below, 1, MOST_BELOW) for name, below in part.get("given_denominators", {}).items()
        },
        shown=_texts(part.get("shown", [])),
        at_kinks=frozenset(_texts(part.get("at_kinks", []))),
    )


def _shape_from(where: str, shape: Any) -> Exercise:
    try:
        return exercise_from(shape)
    except ValueError as error:
        raise MistakeError(f"{where}: {error}") from None


def _task_from(part: Any, where: str, digits: Digits) -> Task:
    task = _form(Task, part, where)
    # A key says all but what later versions have added: else what is lost would silently have its default.
    for name in Task.model_fields:
        if name not in task.model_fields_set | task.unsaid | task.later_keys:
            raise MistakeError(f"{where}.{name}: is missing")
    return task.of_question(digits)


def _form(model: type[F], part: Any, where: str) -> F:
    try:
        return form_of(model, _exact(part), where)
    except ValueError as error:
        raise MistakeError(str(error)) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    # Half a surrogate pair, which JSON can spell, fails here and not when it is printed.
    value.encode()
    return value


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError(f"{values!r} is no list of texts")
    return tuple(_text(value) for value in values)


def _whole(value: Any, low: int = 1, high: int = 64) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{value!r} is no whole number from {low} to {high}")
    return value
