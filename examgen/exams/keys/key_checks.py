"""What an exam.json and the lines of a variants.jsonl must be, beyond the types of their parts; `key_folder` asks it.

A key that is believed although it is damaged marks a whole class wrong. Every message says where, what, and what is
allowed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from examgen.core.exercise import Exercise
from examgen.exams.asking import allowed_names, asked_of
from examgen.exams.exam import Exam, Question, Variant
from examgen.exams.keys.key_reading import MistakeError
from examgen.exams.option_numbers import check_option_numbers
from examgen.exams.paper_shapes import paper_shape
from examgen.exams.task import CHOICE, Task
from examgen.exams.wording.texts import checked_text

MOST_LAYERS = 16
MOST_NUMBERS = 1_000_000
"""Of all quantities of a question; more would take the memory of the machine."""

MOST_ENTRIES = 65_000
"""Asked of one question; no page has room for more."""


def check_document(document: Mapping[str, Any]) -> None:
    """The lists of an exam.json, before an exam is made of it.

    Raises: MistakeError: it has no questions, or a question has no tasks or shapes, or a text or an id is wrong.
    """
    questions = _listed(document["questions"], "questions")
    for place in ("title", *_places("instructions", document["instructions"])):
        _check_text(document, place)
    ids: dict[str, str] = {}
    for number, question in enumerate(questions, start=1):
        where = f"questions[{number}]"
        if not isinstance(question, dict):
            raise MistakeError(f"{where} is {_shown(question)}; a question is a table with id, tasks and shapes")
        try:
            _check_question(question)
        except MistakeError as error:
            raise MistakeError(f"{where}.{error}") from None
        if (name := str(question["id"])) in ids:
            raise MistakeError(f"{where}.id is {name!r}, as {ids[name]}.id is; each question has an id of its own")
        ids[name] = where


def check_exam(exam: Exam) -> None:
    """The shapes of an exam.

    Raises: MistakeError: a shape is larger than any paper, or asks for nothing.
    """
    for number, question in enumerate(exam.questions, start=1):
        _check_names(question, f"questions[{number}]")
        for label, shape in question.shapes.items():
            try:
                _check_shape(question, shape)
            except MistakeError as error:
                raise MistakeError(f"questions[{number}].shapes.{label}: {error}") from None


def check_fields(exam: Exam, labels: Iterable[tuple[str, str]]) -> None:
    """The entries that are asked for in these shapes, by question id and label.

    Raises: MistakeError: one is asked twice.
    """
    questions = {question.id: question for question in exam.questions}
    for name, label in labels:
        seen: set[str] = set()
        for field in paper_shape(questions[name], label, exam.notation).fields:
            if field.name in seen:
                raise MistakeError(f"{name} asks for {field.name} twice; ask for each quantity once")
            seen.add(field.name)


def check_variants(variants: Sequence[Variant]) -> None:
    """That every line of a variants.jsonl is of another student.

    Raises: MistakeError: naming the line, and the one that it repeats.
    """
    students: dict[str, int] = {}
    codes: dict[str, int] = {}
    for place, one in enumerate(variants):
        student = one.student
        if student and (first := students.setdefault(student, place)) != place:
            raise MistakeError(
                f"line {place + 1}: student {student!r} is in line {first + 1} already; keep one of them"
            )
        # Codes are short, and in a very large class two papers may share one: they have other numbers then.
        if (first := codes.setdefault(one.code, place)) != place and _is_copy(variants, first, place):
            whose = f"student {student!r}" if student else "nobody"
            raise MistakeError(
                f"line {place + 1}: variant {one.code!r} of {whose} is that of line {first + 1} again; keep one of them"
            )


def _is_copy(variants: Sequence[Variant], first: int, second: int) -> bool:
    one, other = variants[first], variants[second]
    if not one.student and not other.student:
        return True
    # Where all numbers are those of a textbook, every paper has the same.
    return _has_same_numbers(one, other) and not all(_has_same_numbers(one, each) for each in variants)


def _has_same_numbers(one: Variant, other: Variant) -> bool:
    return all(
        mine.label == theirs.label
        and all(np.array_equal(values, theirs.givens[name]) for name, values in mine.givens.items())
        for mine, theirs in zip(one.questions.values(), other.questions.values(), strict=True)
    )


def _check_question(question: Mapping[str, Any]) -> None:
    _listed(question["tasks"], "tasks")
    if not isinstance(question["shapes"], dict) or not question["shapes"]:
        raise MistakeError(f"shapes is {_shown(question['shapes'])}; give one or more shapes by their labels")
    for place in ("title", *_places("text", question["text"])):
        _check_text(question, place)
    for label, shape in question["shapes"].items():
        sizes = shape.get("sizes", []) if isinstance(shape, dict) else []
        if isinstance(sizes, list) and len(sizes) > MOST_LAYERS:
            raise MistakeError(f"shapes.{label}.sizes has {len(sizes):,} layers; use at most {MOST_LAYERS}")


def _check_text(document: Mapping[str, Any], place: str) -> None:
    name, _, number = place.partition("[")
    text = document[name][int(number[:-1]) - 1] if number else document[name]
    try:
        checked_text(text) if isinstance(text, str) else None
    except ValueError as error:
        raise MistakeError(f"{place}: {error}") from None


def _places(name: str, values: Any) -> list[str]:
    return [f"{name}[{number}]" for number in range(1, len(values) + 1)] if isinstance(values, list) else []


def _check_names(question: Question, where: str) -> None:
    """Every task asks for what some shape has.

    Raises: MistakeError: one names something else.
    """
    graphs = [shape.graph for shape in question.shapes.values() if shape.numbers <= MOST_NUMBERS]
    for text in question.shown if graphs else ():
        if not any(asked_of(text).means(quantity) for graph in graphs for quantity in graph.derived):
            raise MistakeError(f"{where}.shown: quantity {text!r} is unknown; {allowed_names(graphs, text)}")
    for number, task in enumerate(question.tasks, start=1):
        for text in task.ask if graphs else ():
            if not any(asked_of(text).means(quantity) for graph in graphs for quantity in graph.derived):
                raise MistakeError(
                    f"{where}.tasks[{number}]: quantity {text!r} is unknown; {allowed_names(graphs, text)}"
                )


def _check_shape(question: Question, shape: Exercise) -> None:
    numbers = shape.numbers
    if numbers > MOST_NUMBERS:
        raise MistakeError(f"its quantities are about {numbers:,} numbers; use a shape of at most {MOST_NUMBERS:,}")
    _check_options(question, shape)
    entries = sum(_entries_of(task, shape) for task in question.tasks)
    if not entries:
        raise MistakeError("no task asks for anything that it has")
    if entries > MOST_ENTRIES:
        raise MistakeError(f"its tasks ask for {entries:,} entries; ask for at most {MOST_ENTRIES:,}")


def _check_options(question: Question, shape: Exercise) -> None:
    """Every choice has its right option: by its letter, or by what the shape says of an expression; and the numbers in
    its options.

    Raises: MistakeError: one has none, or a number cannot be.
    """
    known = dict(shape.choices or ())
    for number, task in enumerate(question.tasks, start=1):
        try:
            check_option_numbers(shape, task.options)
        except ValueError as error:
            raise MistakeError(f"tasks[{number}].options: {error}") from None
        if not (text := task.option_expression):
            continue
        if text not in known:
            raise MistakeError(f"tasks[{number}].answer is {_shown(text)}, and choices does not say which option it is")
        if known[text] > len(task.options):
            raise MistakeError(f"choices: {_shown(text)} is {known[text]}; the task has {len(task.options)} options")


def _entries_of(task: Task, shape: Exercise) -> int:
    if task.as_ == CHOICE:
        return 1
    asked = [quantity for quantity in shape.graph.derived if task.asks(quantity)]
    alone = {quantity.name: task.entries_of(quantity) for quantity in asked}
    sizes = [one.size if (entries := alone[one.name]) is None else len(entries) for one in asked]
    return len(asked) if task.as_ == "shape" else sum(sizes)


def _listed(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise MistakeError(f"{name} is {_shown(value)}; give a list of one or more")
    return value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
