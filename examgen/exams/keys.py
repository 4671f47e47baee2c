"""The key of an exam: what is written when papers are made, and read again when answers are marked.

key/exam.json holds the exam and its shapes, key/variants.jsonl each student's numbers, key/answers.csv the full
answers. A key is recomputed from the numbers, never from the seed. The format is fixed: other programs read it too.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from examgen.core.exact import as_fractions
from examgen.core.graph import Evaluation, Values, evaluate
from examgen.core.network import NetworkShape
from examgen.core.products import ProductSpec, ProductsShape
from examgen.core.rules import Array
from examgen.errors import KeyFileError
from examgen.exams.digits import Digits
from examgen.exams.exam import (
    ASKABLE,
    Exam,
    Field,
    PaperShape,
    Policy,
    Question,
    QuestionVariant,
    Task,
    Variant,
    paper_shape,
)
from examgen.exams.files import csv_bytes
from examgen.exams.notation import NOTATIONS, QuestionShape

FORMAT = 1
SHEET_COLUMNS = ("exam", "variant", "student", "question", "field", "symbol", "answer")
KEY_COLUMNS = (*SHEET_COLUMNS, "quantity", "layer", "step", "sample", "row", "col", "decimals", "marks")

_DAMAGE = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)
"""What reading a document of the wrong form raises."""


@dataclass(frozen=True, eq=False)
class Key:
    """A key as read from its folder."""

    folder: Path
    exam: Exam
    variants: tuple[Variant, ...]


def papers(exam: Exam, variant: Variant) -> Iterable[tuple[PaperShape, QuestionVariant]]:
    """Each question of a student's paper with its numbers, in order."""
    for question in exam.questions:
        numbers = variant.questions[question.id]
        yield paper_shape(question, numbers.label, exam.notation), numbers


def solve(paper: PaperShape, givens: Values) -> Evaluation:
    """The reference solution, (..., *shape); networks of exact rules are solved in fractions and then rounded once."""
    if not paper.shape.is_rational:
        return evaluate(paper.graph, givens)
    exact = evaluate(paper.graph, as_fractions(givens))
    values = {name: value.astype(float) for name, value in exact.values.items()}
    return Evaluation(values, values)


def entry(evaluation: Evaluation, field: Field) -> Array:
    """(...) values of one asked entry."""
    place: tuple[Any, ...] = (..., *field.index)
    return np.asarray(evaluation[field.quantity][place])


def sheet_rows(exam: Exam, variants: Sequence[Variant]) -> list[tuple[str, ...]]:
    """The rows of answers.csv, answers left empty."""
    return [
        (*head, "")
        for variant in variants
        for paper, _ in papers(exam, variant)
        for head in (_head(exam, variant, paper, field) for field in paper.fields)
    ]


def sheet_csv(exam: Exam, variants: Sequence[Variant]) -> bytes:
    """answers.csv for these students."""
    return csv_bytes(SHEET_COLUMNS, sheet_rows(exam, variants))


def key_files(exam: Exam, variants: Sequence[Variant], examgen_version: str) -> dict[str, bytes]:
    """exam.json, variants.jsonl and answers.csv of a key, by file name."""
    return {
        "exam.json": (json.dumps(_exam_json(exam, examgen_version), ensure_ascii=False, indent=1) + "\n").encode(),
        "variants.jsonl": b"".join(_json_line(_variant_json(exam, variant)) for variant in variants),
        "answers.csv": csv_bytes(KEY_COLUMNS, (row for variant in variants for row in _key_rows(exam, variant))),
    }


def read_key(folder: Path) -> Key:
    """Read a key from its folder, or from the exam's folder around it.

    Raises:
        KeyFileError: there is no key, it is damaged, or it was written in another format.
    """
    folder = folder if (folder / "exam.json").is_file() or not (folder / "key").is_dir() else folder / "key"
    path = folder / "exam.json"
    document = _read_json(path)
    if document.get("format") != FORMAT:
        raise KeyFileError(
            f"{path}: format {document.get('format')!r}, written by examgen {document.get('examgen', 'unknown')}; "
            f"this version reads format {FORMAT}"
        )
    try:
        exam = _exam_from(document)
    except _DAMAGE as error:
        raise KeyFileError(f"{path}: damaged: {_said(error)}") from None
    return Key(folder, exam, tuple(_read_variants(folder / "variants.jsonl", exam)))


def exam_id_of(folder: Path) -> str | None:
    """The exam id of the key in this folder, None where there is no readable key; for looking a key up."""
    try:
        document = _read_json(folder / "exam.json")
    except KeyFileError:
        return None
    found = document.get("exam")
    return found if isinstance(found, str) else None


def _head(exam: Exam, variant: Variant, paper: PaperShape, field: Field) -> tuple[str, ...]:
    return (exam.id, variant.code, variant.student, paper.question.id, field.name, field.symbol)


def _key_rows(exam: Exam, variant: Variant) -> Iterable[tuple[str, ...]]:
    for paper, numbers in papers(exam, variant):
        solution = solve(paper, numbers.givens)
        for field in paper.fields:
            reference = float(entry(solution, field))
            places = (field.layer, field.step, field.sample, field.row, field.col)
            yield (
                *_head(exam, variant, paper, field),
                repr(_plain_number(reference)),
                field.kind,
                *("" if place is None else str(place) for place in places),
                str(int(field.digits.decimals_for(np.array(reference)))),
                format(field.marks, "f"),
            )


def _plain_number(value: float) -> float | int:
    """Whole numbers without a point, as an instructor would write them; -0.0 as 0."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _exam_json(exam: Exam, examgen_version: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "examgen": examgen_version,
        "exam": exam.id,
        "name": exam.name,
        "title": exam.title,
        "notation": exam.notation.name,
        "instructions": list(exam.instructions),
        "policy": {outcome: format(share, "f") for outcome, share in exam.policy.shares.items()},
        "questions": [
            {
                "id": question.id,
                "title": question.title,
                "text": list(question.text),
                "digits": {question.digits.unit: question.digits.count},
                "given_decimals": dict(question.given_decimals),
                "tasks": [_task_json(task) for task in question.tasks],
                "shapes": {label: _shape_json(shape) for label, shape in question.shapes.items()},
            }
            for question in exam.questions
        ],
    }


def _task_json(task: Task) -> dict[str, Any]:
    return {
        "text": task.text,
        "ask": list(task.ask),
        "steps": list(task.steps),
        "layers": list(task.layers),
        "digits": {task.digits.unit: task.digits.count},
        "marks": format(task.marks, "f"),
    }


def _shape_json(shape: QuestionShape) -> dict[str, Any]:
    if isinstance(shape, ProductsShape):
        return {
            "products": [
                {"operation": spec.operation, "left": list(spec.left), "right": list(spec.right)}
                for spec in shape.products
            ]
        }
    return {
        "sizes": list(shape.sizes),
        "activations": list(shape.activations),
        "loss": shape.loss,
        "steps": shape.steps,
        "samples_per_step": shape.samples_per_step,
        "updates": shape.updates,
    }


def _variant_json(exam: Exam, variant: Variant) -> dict[str, Any]:
    questions = {}
    for question in exam.questions:
        numbers = variant.questions[question.id]
        givens = {
            name: _numbers_json(values.tolist(), question.given_decimals.get(name, 0))
            for name, values in numbers.givens.items()
        }
        questions[question.id] = {"shape": numbers.label, "givens": givens}
    return {"student": variant.student, "name": variant.name, "variant": variant.code, "questions": questions}


def _numbers_json(value: Any, decimals: int) -> Any:
    if isinstance(value, list):
        return [_numbers_json(part, decimals) for part in value]
    return int(value) if decimals == 0 else value


def _json_line(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise KeyFileError(
            f"{path}: {error.strerror or error}; a key folder holds exam.json, variants.jsonl and answers.csv"
        ) from None
    except (ValueError, RecursionError) as error:
        raise KeyFileError(f"{path}: not a JSON file: {error}") from None
    if not isinstance(document, dict):
        raise KeyFileError(f"{path}: not the key of an exam")
    return document


def _exam_from(document: Mapping[str, Any]) -> Exam:
    return Exam(
        id=_text(document["exam"]),
        name=_text(document["name"]),
        title=_text(document["title"]),
        notation=NOTATIONS[document["notation"]],
        instructions=_texts(document["instructions"]),
        policy=Policy({_text(outcome): _share(share) for outcome, share in document["policy"].items()}),
        questions=tuple(_question_from(part) for part in document["questions"]),
    )


def _question_from(part: Mapping[str, Any]) -> Question:
    return Question(
        id=_text(part["id"]),
        title=_text(part["title"]),
        text=_texts(part["text"]),
        tasks=tuple(_task_from(task) for task in part["tasks"]),
        digits=_digits_from(part["digits"]),
        shapes={_text(label): _shape_from(shape) for label, shape in part["shapes"].items()},
        given_decimals={name: _whole(count, 0, 15) for name, count in part["given_decimals"].items()},
    )


def _task_from(task: Mapping[str, Any]) -> Task:
    ask = _texts(task["ask"])
    if unknown := [kind for kind in ask if kind not in ASKABLE]:
        raise ValueError(f"quantity {unknown[0]!r} is unknown")
    return Task(
        text=_text(task["text"]),
        ask=ask,
        steps=_wholes(task["steps"]),
        layers=_wholes(task["layers"]),
        digits=_digits_from(task["digits"]),
        marks=_share(task["marks"]),
    )


def _digits_from(part: Mapping[str, int]) -> Digits:
    ((unit, count),) = part.items()
    if unit == "significant_figures":
        return Digits(_whole(count, 1, 9), "significant_figures")
    if unit == "decimals":
        return Digits(_whole(count, 0, 9))
    raise ValueError(f"digits are decimals or significant_figures, not {unit!r}")


def _shape_from(part: Mapping[str, Any]) -> QuestionShape:
    if "products" in part:
        return ProductsShape(
            tuple(
                ProductSpec(_text(spec["operation"]), _two(spec["left"]), _two(spec["right"]))
                for spec in part["products"]
            )
        )
    return NetworkShape(
        sizes=_wholes(part["sizes"]),
        activations=_texts(part["activations"]),
        loss=_text(part["loss"]),
        steps=_whole(part["steps"]),
        samples_per_step=_whole(part["samples_per_step"]),
        updates=bool(part["updates"]),
    )


def _read_variants(path: Path, exam: Exam) -> Iterable[Variant]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise KeyFileError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise KeyFileError(f"{path}: not UTF-8 text (byte {error.start})") from None
    # Not splitlines: a name may hold U+2028 and other characters that it takes for line ends.
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
        try:
            yield _variant_from(json.loads(line), exam)
        except _DAMAGE as error:
            raise KeyFileError(f"{path}: line {number}: damaged: {_said(error)}") from None


def _variant_from(document: Mapping[str, Any], exam: Exam) -> Variant:
    questions = {}
    for question in exam.questions:
        part = document["questions"][question.id]
        graph = paper_shape(question, part["shape"], exam.notation).graph
        givens = {given.name: np.array(part["givens"][given.name], dtype=float) for given in graph.givens}
        for given in graph.givens:
            if givens[given.name].shape != given.shape:
                raise ValueError(f"{question.id} {given.name}: shape {givens[given.name].shape}, not {given.shape}")
            if not np.isfinite(givens[given.name]).all():
                raise ValueError(f"{question.id} {given.name}: not a finite number")
            if given.name not in question.given_decimals:
                raise ValueError(f"{question.id} {given.name}: not in given_decimals of exam.json")
        questions[question.id] = QuestionVariant(part["shape"], givens)
    student, name, code = document["student"], document.get("name", ""), document["variant"]
    return Variant(_text(student), _text(name), _text(code), questions)


def _said(error: Exception) -> str:
    return f"{error} is missing or not known" if isinstance(error, KeyError) else str(error)


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


def _wholes(values: Any) -> tuple[int, ...]:
    return tuple(_whole(value) for value in values)


def _two(values: Any) -> tuple[int, int]:
    rows, columns = _wholes(values)
    return rows, columns


def _share(value: Any) -> Decimal:
    try:
        share = Decimal(_text(value))
    except ArithmeticError:
        share = Decimal("NaN")
    if not (share.is_finite() and share >= 0):
        raise ValueError(f"{value!r} is no number from 0 on")
    return share
