"""All tables of a practice page: those of its questions, and what they share. Called by `practising`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from examgen.batch.practice.question_tables import numbers_table, question_table
from examgen.batch.practice.tape_pool import TapePool
from examgen.core.formulas import shape_grammar
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import Field, exact_total, shown_shape
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.exams.references.typed_references import right_options
from examgen.exams.task import CHOICE
from examgen.exams.wording.option_texts import numbers_in
from examgen.exams.wording.sentences import Wording
from examgen.marking.results.totals import MarkUnit, mark_unit, marks_table

NOT_MARKED = "formula"
"""What a page cannot mark: whether two formulas are the same is tried at random numbers by the marker alone."""


def page_tables(exam: Exam, variants: Sequence[Variant], wording: Wording) -> dict[str, Any]:
    """The tables by which a page marks.

    Args:
        exam: of the page.
        variants: of the same shapes.
        wording: of its sentences.
    """
    by_question = list(zip(*(papers(exam, variant) for variant in variants), strict=True))
    shapes = [of_question[0][0] for of_question in by_question]
    unit, pool = mark_unit(exam.policy, shapes), TapePool()
    questions = [
        _question(pool, exam.policy, unit, shape, [numbers.givens for _, numbers in of_question])
        for shape, of_question in zip(shapes, by_question, strict=True)
    ]
    fields = [field for shape in shapes for field in shape.fields if field.as_ != NOT_MARKED]
    return {
        **pool.table(),
        "policy": _policy(exam.policy, unit),
        "names": [_name(name, wording) for name in MISCONCEPTIONS],
        "shape_reasons": {reason: wording.say(text) for reason, text in shape_grammar.REASONS.items()},
        "questions": questions,
        "named": sorted(set(_named(questions))),
        "most": unit.count(exact_total(fields, with_bonus=False)),
    }


def _question(
    pool: TapePool, policy: Policy, unit: MarkUnit, paper: PaperShape, givens: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    numbers = paper.only_numbers
    return {
        "numbers": question_table(pool, paper, policy, unit) if numbers.fields else None,
        "number_places": list(paper.number_places),
        "others": dict(_others(paper, policy, unit)),
        "turned": paper.is_turned,
        "variants": [numbers_table(numbers, each) for each in givens],
    }


def _named(questions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, bool]]:
    """The misconceptions that the page may name, and whether derivatives have the other sign there."""
    names = list(MISCONCEPTIONS)
    for question in questions:
        versions = question["numbers"]["versions"] if question["numbers"] else ()
        causes = (cause for other in question["others"].values() for cause in other.get("causes", ()) if cause)
        yield from ((name, question["turned"]) for name in (*(names[at] for at, _ in versions), *causes))


def _others(paper: PaperShape, policy: Policy, unit: MarkUnit) -> Iterator[tuple[int, dict[str, Any]]]:
    """By place of a field that asks for no number, what is right; nothing of what is not marked."""
    units = dict(zip(paper.other_places, marks_table(policy, paper.only_others, unit.count), strict=True))
    for place in paper.other_places:
        field = paper.fields[place]
        if field.as_ != NOT_MARKED:
            yield place, {"as": field.as_, "units": units[place], **_right(paper, field)}


def _right(paper: PaperShape, field: Field) -> dict[str, Any]:
    if field.as_ != CHOICE:
        return {"right": list(shown_shape(paper.naming, paper.graph[field.quantity]))}
    behind = [[one.misconception for one in numbers_in([option])] for option in paper.options(field.task)]
    causes = [next(filter(None, names), "") for names in behind]
    return {"right": list(right_options(paper, field.task)), "causes": causes}


def _policy(policy: Policy, unit: MarkUnit) -> dict[str, Any]:
    return {
        "follow_through": "off" if policy.follow_through == "off" else "on",
        "follow_through_cause": policy.follow_through_cause,
        "precision": policy.precision,
        "least_digits": policy.least_digits,
        "truncation": policy.truncation,
        "ignore_above": float(policy.ignore_above),
        "zeros_carry": policy.zeros_carry,
        "parts": unit.parts,
    }


def _name(name: str, wording: Wording) -> dict[str, Any]:
    row = MISCONCEPTIONS[name]
    return {
        "name": name,
        "mistake": wording.say(row.mistake),
        "mistake_turned": wording.say(row.mistake_turned) if row.mistake_turned else "",
        "is_lost_sign": row.is_lost_sign,
        "is_distinct": row.is_distinct,
    }
