"""Exams and variants as the JSON documents of a key; `key_folder` writes the files, `key_reading` reads them back."""

from dataclasses import dataclass
from typing import Any, Literal

from examgen.core.draw_versions import FIRST_DRAWS
from examgen.core.formulas.number_grammar import DecimalMark
from examgen.exams.exam import Exam, Variant
from examgen.exams.exercises import exercise_document
from examgen.exams.forms import document_of

FORMAT = 1

NO_BUBBLES = 0
"""In the place of the format of bubble pages."""

OWN_LOOKS = ("language", "paper")
"""What a paper may have of its own: attributes of a variant, and keys of its line where they are not empty."""

KeyDetail = Literal["full", "short"]
"""How much a worked key says: all, or all but the chain rule for single entries."""


@dataclass(frozen=True, slots=True)
class Making:
    """How the papers of a key were made; older keys do not say it.

    Attributes:
        seed: that all numbers were drawn from, None where it is not known or a secret took its place.
        language: of the papers.
        paper: its size.
        decimal_mark: of the language.
        key_detail: of the worked solution.
        draws: the version of the draws.
        secret: fingerprint of the secret that numbers were drawn with; empty where there was a seed.
        fairness: share of the typical work by which a paper may be more or less; None where it may be any work.
        scan: the format of the bubble pages behind the questions; `NO_BUBBLES` where there are none.
    """

    seed: int | None = None
    language: str = "en"
    paper: str = "a4"
    decimal_mark: DecimalMark = "."
    key_detail: KeyDetail = "full"
    draws: int = FIRST_DRAWS
    secret: str = ""
    fairness: float | None = None
    scan: int = NO_BUBBLES


NOT_TOLD = Making()


def exam_document(exam: Exam, examgen_version: str, making: Making = NOT_TOLD) -> dict[str, Any]:
    """An exam as in exam.json. It holds the seed, which makes the key, and is never handed out."""
    return {
        "format": FORMAT,
        "examgen": examgen_version,
        "draws": making.draws,
        "exam": exam.id,
        "name": exam.name,
        "title": exam.title,
        "notation": exam.notation.name,
        "seed": making.seed,
        **({"secret": making.secret} if making.secret else {}),
        **({"fairness": making.fairness} if making.fairness is not None else {}),
        **({"scan": making.scan} if making.scan else {}),
        "language": making.language,
        "paper": making.paper,
        "decimal_mark": making.decimal_mark,
        "key_detail": making.key_detail,
        "instructions": list(exam.instructions),
        "policy": document_of(exam.policy),
        "questions": [
            {
                "id": question.id,
                "title": question.title,
                "text": list(question.text),
                "digits": document_of(question.digits),
                "given_decimals": dict(question.given_decimals),
                **({"given_denominators": dict(below)} if (below := question.given_denominators) else {}),
                **({"shown": list(question.shown)} if question.shown else {}),
                **({"at_kinks": sorted(question.at_kinks)} if question.at_kinks else {}),
                "tasks": [document_of(task) for task in question.tasks],
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
            name: values.tolist() if question.given_decimals.get(name, 0) else _whole(values.tolist())
            for name, values in numbers.givens.items()
        }
        questions[question.id] = {"shape": numbers.label, "givens": givens}
    own = {name: value for name in OWN_LOOKS if (value := getattr(variant, name))}
    head = {"student": variant.student, "name": variant.name, "variant": variant.code}
    return {**head, **own, "questions": questions}


def _whole(value: Any) -> Any:
    """Numbers of lists within lists without a decimal point."""
    return [_whole(part) for part in value] if isinstance(value, list) else int(value)
