"""Exams and variants as the JSON documents of a key; `key_folder` writes the files, `key_reading` reads them back."""

from dataclasses import dataclass
from typing import Any, Literal

from examgen.core.draw_versions import FIRST_DRAWS
from examgen.core.formulas.number_grammar import DecimalMark
from examgen.exams.banks.bank_values import number_text
from examgen.exams.exam import CHOICE, Exam, Task, Variant
from examgen.exams.exercises import exercise_document
from examgen.exams.policy import Policy

FORMAT = 1

KeyDetail = Literal["full", "short"]
"""How much a worked key says: all, or all but the chain rule for single entries."""


@dataclass(frozen=True, slots=True)
class Making:
    """How the papers of a key were made; older keys do not say it.

    Attributes:
        seed: that all numbers were drawn from, None where it is not known.
        language: of the papers.
        paper: its size.
        decimal_mark: of the language.
        key_detail: of the worked solution.
        draws: the version of the draws.
    """

    seed: int | None = None
    language: str = "en"
    paper: str = "a4"
    decimal_mark: DecimalMark = "."
    key_detail: KeyDetail = "full"
    draws: int = FIRST_DRAWS


NOT_TOLD = Making()


def exam_document(exam: Exam, examgen_version: str, making: Making = NOT_TOLD) -> dict[str, Any]:
    """An exam as in exam.json. It holds the seed, which makes the key: exam.json is never handed out."""
    return {
        "format": FORMAT,
        "examgen": examgen_version,
        "draws": making.draws,
        "exam": exam.id,
        "name": exam.name,
        "title": exam.title,
        "notation": exam.notation.name,
        "seed": making.seed,
        "language": making.language,
        "paper": making.paper,
        "decimal_mark": making.decimal_mark,
        "key_detail": making.key_detail,
        "instructions": list(exam.instructions),
        "policy": _policy_json(exam.policy),
        "questions": [
            {
                "id": question.id,
                "title": question.title,
                "text": list(question.text),
                "digits": {question.digits.unit: question.digits.count},
                "given_decimals": dict(question.given_decimals),
                **({"given_denominators": dict(below)} if (below := question.given_denominators) else {}),
                **({"at_kinks": sorted(question.at_kinks)} if question.at_kinks else {}),
                "tasks": [_task_json(task) for task in question.tasks],
                "shapes": {label: exercise_document(shape) for label, shape in question.shapes.items()},
            }
            for question in exam.questions
        ],
    }


def variant_document(exam: Exam, variant: Variant) -> dict[str, Any]:
    """A variant as a line of variants.jsonl."""
    questions = {}
    for question in exam.questions:
        numbers = variant.questions[question.id]
        givens = {
            name: _numbers_json(values.tolist(), question.given_decimals.get(name, 0))
            for name, values in numbers.givens.items()
        }
        questions[question.id] = {"shape": numbers.label, "givens": givens}
    return {"student": variant.student, "name": variant.name, "variant": variant.code, "questions": questions}


def _policy_json(policy: Policy) -> dict[str, Any]:
    """All of it, spelled as in a bank file, so that an instructor who edits it sees what there is."""
    rounding = policy.rounding
    shares = {name: number_text(share) for name, share in policy.shares.items()}
    return {
        **(shares | {"follow_through": "off"} if policy.follow_through == "off" else shares),
        "follow_through_cause": policy.follow_through_cause,
        "precision": policy.precision,
        "least_digits": policy.least_digits,
        "truncation": policy.truncation,
        "ignore_above": number_text(policy.ignore_above),
        "zeros_carry": policy.zeros_carry,
        "rounding": {"step": number_text(rounding.step), "direction": rounding.direction} if rounding else "none",
        "grades": [{"grade": grade.name, "from": number_text(grade.percent)} for grade in policy.grades],
    }


def _task_json(task: Task) -> dict[str, Any]:
    spread = task.marks_per_task
    return {
        "text": task.text,
        "ask": list(task.ask),
        "steps": list(task.steps),
        "layers": list(task.layers),
        "digits": {task.digits.unit: task.digits.count},
        **({"marks": number_text(task.marks)} if spread is None else {"marks_per_task": number_text(spread)}),
        **({"bonus": True} if task.is_bonus else {}),
        **({"as": task.as_} if task.as_ != "number" else {}),
        **({"symbols": list(task.symbols)} if task.symbols is not None else {}),
        **({"options": list(task.options), "answer": task.answer} if task.as_ == CHOICE else {}),
    }


def _numbers_json(value: Any, decimals: int) -> Any:
    if isinstance(value, list):
        return [_numbers_json(part, decimals) for part in value]
    return int(value) if decimals == 0 else value
