"""What is right on a neighbour's paper is no follow-through, and nobody else loses anything by that."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import examgen
from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import Field
from examgen.exams.keys.solved_papers import papers
from examgen.exams.policy import Policy
from examgen.marking.results.graded_class import GradedClass
from tests.classroom.exams import load, variants_of
from tests.classroom.handing_in import write_answers, write_key
from tests.classroom.kinds import AS_WRITTEN, copied_from
from tests.classroom.pupils import HONEST, Pupil, Sheet, beliefs_of, work_out

OTHER = "other_paper"


def graded(folder: Path, exam: Exam, pupils: list[Pupil], sheets: list[Sheet]) -> GradedClass:
    """The class, marked."""
    write_key(folder, exam, [pupil.own_variant for pupil in pupils])
    write_answers(folder / "answers.csv", exam, pupils, sheets)
    return examgen.grade(folder / "answers.csv", key=folder / "key", out=folder / "marks")


def told(found: GradedClass) -> list[str]:
    """Whose sheet the notes say is right on another paper."""
    return [note.student for note in found.notes if note.kind == OTHER]


def outcomes(found: GradedClass, student: str) -> Mapping[str, str]:
    """The outcome of each field of a student."""
    rows = found.results[found.results["student"] == student]
    return dict(zip(rows["field"], rows["outcome"], strict=True))


def copying(name: str, habits: str = "carries rounded", policy: Policy | None = None) -> tuple[Exam, list[Pupil]]:
    """An exam and thirty students with papers of their own."""
    loaded = load(name, 5)
    exam = loaded.exam if policy is None else replace(loaded.exam, policy=policy)
    return exam, [Pupil(f"s{place}", variant, habits) for place, variant in enumerate(variants_of(loaded, 30))]


def alike(exam: Exam, pupils: list[Pupil]) -> int:
    """The first student but one's self who has as many boxes as the first student."""
    sheets = work_out(exam, pupils, 1)
    return next(place for place in range(1, len(pupils)) if len(sheets[place].texts) == len(sheets[0].texts))


@pytest.mark.parametrize("name", ["sigmoid-chain", "question2", "relu-integers", "scalar-chain"])
def test_nothing_of_a_copied_sheet_follows(tmp_path: Path, name: str) -> None:
    """A neighbour's whole sheet earns nothing, none of it is follow-through, and the notes say whose paper it fits."""
    exam, pupils = copying(name, "carries all digits")
    sheets, other = work_out(exam, pupils, 1), alike(exam, pupils)
    sheets[0] = sheets[other]
    found = graded(tmp_path, exam, pupils, sheets)
    assert told(found) == ["s0"]
    assert "follow_through" not in outcomes(found, "s0").values()
    [note] = (note for note in found.notes if note.kind == OTHER)
    assert f"the paper of 's{other}'" in note.text


def test_own_work_before_what_was_copied_keeps_its_marks(tmp_path: Path) -> None:
    """The first half is right and stays so; of the neighbour's second half nothing follows."""
    exam, pupils = copying("scalar-chain", "carries all digits")
    whole, other = work_out(exam, pupils, 1), alike(exam, pupils)
    sheet, is_copied = copied_from(whole[0], whole[other], 0.6)
    found = graded(tmp_path, exam, pupils, [sheet, *whole[1:]])
    assert told(found) == ["s0"]
    got = list(outcomes(found, "s0").values())
    assert {outcome for outcome, copied in zip(got, is_copied.tolist(), strict=True) if not copied} == {"correct"}
    assert "follow_through" not in got


@pytest.mark.parametrize("how", ["rounded", "cut off"])
def test_few_digits_do_not_hide_a_copied_sheet(tmp_path: Path, how: str) -> None:
    """Where answers count as they are written, a neighbour's numbers to three figures are a neighbour's."""
    exam, pupils = copying("sigmoid-chain", f"3 figures, {how}, all digits carried", AS_WRITTEN)
    sheets = work_out(exam, pupils, 1)
    found = graded(tmp_path, exam, pupils, [sheets[1], *sheets[1:]])
    assert told(found) == ["s0"]
    assert "follow_through" not in outcomes(found, "s0").values()


def test_rounding_on_the_way_does_not_hide_what_is_a_neighbour_s(tmp_path: Path) -> None:
    """Some of the neighbour's numbers are off in the last digit: with the others they are no work either."""
    exam, pupils = copying("sigmoid-chain", "carries rounded")
    sheets, other = work_out(exam, pupils, 1), alike(exam, pupils)
    sheets[0] = sheets[other]
    found = graded(tmp_path, exam, pupils, sheets)
    assert told(found) == ["s0"]
    assert "follow_through" not in outcomes(found, "s0").values()


def test_a_neighbour_who_handed_in_nothing_is_one_too(tmp_path: Path) -> None:
    """All papers of the key count, not only those of the sheets."""
    exam, pupils = copying("sigmoid-chain", "carries all digits")
    write_key(tmp_path, exam, [pupil.own_variant for pupil in pupils])
    write_answers(tmp_path / "answers.csv", exam, pupils[:1], work_out(exam, pupils[1:2], 1))
    assert told(examgen.grade(tmp_path / "answers.csv", key=tmp_path / "key", out=tmp_path / "marks")) == ["s0"]


def test_one_paper_for_all_has_no_neighbours(tmp_path: Path) -> None:
    """Where everybody has the same numbers, nothing is anybody else's."""
    exam, pupils = copying("sigmoid-chain")
    same = [replace(pupil, variant=pupils[0].variant, slips=True) for pupil in pupils]
    assert told(graded(tmp_path, exam, same, work_out(exam, same, 1))) == []


def fields_of(exam: Exam, pupil: Pupil) -> Sequence[Field]:
    """The fields of a student's only question."""
    [(paper, _)] = papers(exam, pupil.variant)
    return paper.fields


def with_number(variant: Variant, name: str, value: float) -> Variant:
    """A paper with one number changed."""
    question = variant.questions["Q1"]
    changed = np.array(question.givens[name])
    changed.flat[0] = value
    givens = {**question.givens, name: changed}
    return replace(variant, questions={**variant.questions, "Q1": replace(question, givens=givens)})


def test_who_misreads_one_number_is_no_neighbour(tmp_path: Path) -> None:
    """All answers may be right on a paper that differs in that number alone: it is one coincidence for all of them."""
    exam, pupils = copying("sigmoid-chain", "carries all digits")
    misread = replace(pupils[0], variant=with_number(pupils[0].variant, "x", 3.5))
    pupils[1] = replace(misread, id="s1")
    wrong = replace(misread, id="s0")
    sheets = [*work_out(exam, [wrong], 1), *work_out(exam, pupils[1:], 1)]
    found = graded(tmp_path, exam, pupils, sheets)
    assert told(found) == []
    assert "follow_through" in outcomes(found, "s0").values()


def test_a_few_small_numbers_of_a_neighbour_are_chance(tmp_path: Path) -> None:
    """Whole numbers are often the same: three of a neighbour's beside a slip take no follow-through away."""
    exam, pupils = copying("relu-integers")
    right = work_out(exam, pupils, 1)
    slipped = work_out(exam, [replace(pupil, slips=True) for pupil in pupils], 1)
    fields = [one.kind == "z" and one.layer == 2 for one in fields_of(exam, pupils[0])]
    assert sum(fields) == 3
    taken = np.array(fields)
    sheets = [
        replace(mine, texts=tuple(np.where(taken, other.texts, mine.texts).tolist()))
        for mine, other in zip(slipped, [*right[1:], right[0]], strict=True)
    ]
    found = graded(tmp_path, exam, pupils, sheets)
    assert told(found) == []
    assert sum("follow_through" in outcomes(found, pupil.id).values() for pupil in pupils) >= 5


@pytest.mark.parametrize("name", ["scalar-chain", "relu-integers"])
def test_chance_costs_nobody_anything(tmp_path: Path, name: str) -> None:
    """In a class whose papers share many numbers, slips, misconceptions and both together are nobody else's work."""
    loaded = load(name, 9)
    pupils = []
    for place, variant in enumerate(variants_of(loaded, 800)):
        beliefs = beliefs_of(loaded.exam, variant)
        belief = beliefs[place % len(beliefs)] if place % 4 > 1 else ""
        habits = tuple(HONEST)[place % len(HONEST)]
        pupils.append(Pupil(f"s{place}", variant, habits, belief, slips=place % 2 == 1))
    assert told(graded(tmp_path, loaded.exam, pupils, work_out(loaded.exam, pupils, 1))) == []
