"""Marked students for the tests of feedback: rows as in results.csv, from the key and what a student did otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.digits import print_decimals
from examgen.exams.exam import Variant
from examgen.exams.keys.key_folder import Key
from examgen.exams.keys.solved_papers import entry, papers, solve

NASTY = "<script>alert('$x$')</script> =cmd() \u202e\u4e2d"


@dataclass(frozen=True, slots=True)
class Did:
    """How an entry came out: what was typed and read, where the own values lead, and how it was marked."""

    answer: str
    outcome: str
    value: float | None = None
    own: float | None = None
    misconception: str = ""
    comment: str = "A comment."


@cache
def class_of(exam: str, *students: str, notation: str | None = None) -> Key:
    """A key for these students, as if it had been read from a folder."""
    loaded = load_exam(exam, 11, notation)
    return Key(Path("key"), loaded.exam, tuple(draw_variants(loaded, [Student(one, f"Zoë {one}") for one in students])))


def rows_of(key: Key, variant: Variant, did: Mapping[str, Did]) -> list[dict[str, object]]:
    """The rows of a student who did these fields otherwise than right."""
    rows: list[dict[str, object]] = []
    for paper, numbers in papers(key.exam, variant):
        solution = solve(paper, numbers.givens)
        for field in paper.fields:
            reference = float(entry(solution, field))
            text = print_decimals(reference, int(field.digits.decimals_for(np.array(reference))))
            found = did.get(field.name, Did(text, "correct", float(text)))
            marks = field.marks if found.outcome in {"correct", "follow_through"} else 0
            rows.append(
                {
                    "student": variant.student,
                    "question": paper.question.id,
                    "field": field.name,
                    "answer": found.answer,
                    "value": "" if found.value is None else found.value,
                    "reference": reference,
                    "follow_through": reference if found.own is None else found.own,
                    "tolerance": 0.001,
                    "outcome": found.outcome,
                    "misconception": found.misconception,
                    "marks": str(marks),
                    "max_marks": str(field.marks),
                    "comment": found.comment,
                }
            )
    return rows
