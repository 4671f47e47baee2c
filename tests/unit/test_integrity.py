"""integrity.csv names sheets that agree beyond chance, and nobody in a class that works alone."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import examgen
from examgen.exams.exam import Exam
from examgen.exams.keys.solved_papers import papers
from examgen.marking.integrity.evidence import BARE, COLUMNS, OTHER, SAME
from examgen.marking.results.read_back import read_rows
from tests.classroom.exams import load, variants_of
from tests.classroom.handing_in import write_answers, write_key
from tests.classroom.kinds import GAPS
from tests.classroom.pupils import HONEST, Pupil, Sheet, beliefs_of, work_out

Rows = list[dict[str, str]]
CLASS = 300


def looked_at(folder: Path, exam: Exam, pupils: Sequence[Pupil], sheets: Sequence[Sheet]) -> Rows:
    """The rows of integrity.csv after the class was marked."""
    write_key(folder, exam, [pupil.own_variant for pupil in pupils])
    write_answers(folder / "answers.csv", exam, pupils, sheets)
    examgen.grade(folder / "answers.csv", key=folder / "key", out=folder / "marks")
    return read_rows(folder / "marks" / "integrity.csv", COLUMNS)


def sitting(name: str, seed: int, *, one_paper: bool, count: int = CLASS) -> tuple[Exam, list[Pupil], list[Sheet]]:
    """Students as they are: two in five slip, one in four believes something wrong; nobody copies."""
    loaded, chooses = load(name, 5), random.Random(seed)
    variants = variants_of(loaded, 1 if one_paper else count)
    pupils = []
    for number in range(count):
        variant = variants[0 if one_paper else number]
        is_mistaken = chooses.random() < 0.25
        belief = chooses.choice(beliefs_of(loaded.exam, variant)) if is_mistaken else ""
        habits = "carries rounded" if is_mistaken else chooses.choice(tuple(HONEST))
        pupils.append(Pupil(f"s{number}", variant, habits, belief=belief, slips=chooses.random() < 0.4))
    return loaded.exam, pupils, work_out(loaded.exam, pupils, seed)


def spoiled(sheet: Sheet, count: int, seed: int) -> tuple[Sheet, list[int]]:
    """So many answers of a sheet made wrong here and there, by nothing that has a name; and where."""
    chooses, texts = random.Random(seed), list(sheet.texts)
    places = sorted(chooses.sample([place for place, text in enumerate(texts) if text and float(text)], count))
    for place in places:
        value, decimals = float(texts[place]), len(texts[place].partition(".")[2])
        off = chooses.choice((-1, 1)) * chooses.uniform(0.3, 2.0) * max(abs(value), 30 * 10.0**-decimals)
        texts[place] = f"{value + off:.{decimals}f}"
    return replace(sheet, texts=tuple(texts)), places


def with_texts(sheet: Sheet, source: Sheet, places: Sequence[int]) -> Sheet:
    """A sheet with some answers of another."""
    return replace(
        sheet, texts=tuple(source.texts[at] if at in places else text for at, text in enumerate(sheet.texts))
    )


def pairs(rows: Rows) -> set[tuple[str, str]]:
    """Who has the same wrong answers as whom."""
    return {(row["student"], row["other"]) for row in rows if row["evidence"] == SAME}


@pytest.mark.parametrize(
    ("name", "seed", "one_paper"),
    [("question2", 1, True), ("sigmoid-chain", 2, True), ("relu-integers", 3, False)],
)
def test_nobody_is_named_who_works_alone(tmp_path: Path, name: str, seed: int, one_paper: bool) -> None:
    """Slips and misconceptions of three hundred students are no evidence, on one paper for all or on one for each."""
    assert looked_at(tmp_path, *sitting(name, seed, one_paper=one_paper)) == []


def test_a_belief_of_half_a_class_is_no_evidence(tmp_path: Path) -> None:
    """On one paper, all who share it have the same wrong answers."""
    exam, pupils, _ = sitting("sigmoid-chain", 1, one_paper=True, count=60)
    [belief, rarer] = beliefs_of(exam, pupils[0].variant)[2:4]
    beliefs = [(belief, rarer, "", "")[number % 4 if number % 8 else 0] for number in range(len(pupils))]
    pupils = [
        replace(one, belief=belief, habits="carries rounded") for one, belief in zip(pupils, beliefs, strict=True)
    ]
    assert looked_at(tmp_path, exam, pupils, work_out(exam, pupils, 1)) == []


@pytest.mark.parametrize("count", [40, CLASS])
def test_a_copied_sheet_is_named(tmp_path: Path, count: int) -> None:
    """Also where the copier has changed a few answers; the row says which are the same, and no mark depends on it."""
    exam, pupils, sheets = sitting("sigmoid-chain", 4, one_paper=True, count=count)
    source, places = spoiled(sheets[7], 8, 1)
    sheets[7] = source
    sheets[11] = spoiled(source, 2, 2)[0]
    [row] = looked_at(tmp_path, exam, pupils, sheets)
    assert (row["student"], row["evidence"], row["other"]) == ("s7", SAME, "s11")
    named = row["fields"].split("; ")
    [(paper, _)] = papers(exam, pupils[0].variant)
    assert len(named) == int(row["entries"]) >= len(places) - 2
    assert len({f"Q1:{paper.fields[place].name}" for place in places} & set(named)) >= len(places) - 2
    assert float(row["probability"]) * count * (count - 1) / 2 <= 0.01


def test_wrong_answers_of_another_variant_are_named(tmp_path: Path) -> None:
    """Own work with some wrong answers of somebody else, whose numbers are others: none follows from the own ones."""
    exam, pupils, sheets = sitting("sigmoid-chain", 4, one_paper=False, count=100)
    sheets[7], places = spoiled(sheets[7], 9, 1)
    sheets[11] = with_texts(sheets[11], sheets[7], places)
    assert pairs(looked_at(tmp_path, exam, pupils, sheets)) == {("s7", "s11")}


def test_all_who_have_one_sheet_are_named(tmp_path: Path) -> None:
    """That others have the same sheet, too, does not hide a pair."""
    exam, pupils, sheets = sitting("sigmoid-chain", 4, one_paper=True)
    sheets[7], _ = spoiled(sheets[7], 10, 1)
    for copier in (11, 13, 17):
        sheets[copier] = sheets[7]
    rows = looked_at(tmp_path, exam, pupils, sheets)
    group = ("s7", "s11", "s13", "s17")
    assert pairs(rows) == {(one, other) for at, one in enumerate(group) for other in group[at + 1 :]}


@pytest.mark.parametrize("copied", [40, 38, 20])
def test_a_class_that_hands_in_one_sheet_is_named(tmp_path: Path, copied: int) -> None:
    """What everybody has is usual in the class; who has it is named all the same, and who works alone is not."""
    exam, pupils, sheets = sitting("sigmoid-chain", 4, one_paper=True, count=40)
    source, places = spoiled(sheets[7], 10, 1)
    sheets[:copied] = [source] * copied
    rows = looked_at(tmp_path, exam, pupils, sheets)
    assert pairs(rows) == {("s0", f"s{number}") for number in range(1, copied)}
    assert all(int(row["entries"]) >= len(places) for row in rows)
    assert all(f"{copied} students have all their wrong answers in common" in row["detail"] for row in rows)


def test_a_class_whose_paper_has_another_number_is_not_named(tmp_path: Path) -> None:
    """All who work alone with a number that was misprinted hand in the same sheet."""
    exam, pupils, _ = sitting("sigmoid-chain", 4, one_paper=True, count=40)
    numbers = pupils[0].variant.questions["Q1"]
    other = {**numbers.givens, "x": numbers.givens["x"] + np.eye(numbers.givens["x"].size)[0].reshape(-1)}
    variant = replace(pupils[0].variant, questions={"Q1": replace(numbers, givens=other)})
    sheets = work_out(exam, [Pupil(pupil.id, variant, "carries all digits") for pupil in pupils], 1)
    assert len({sheet.texts for sheet in sheets}) == 1
    assert looked_at(tmp_path, exam, pupils, sheets) == []


def test_one_misread_number_is_one_piece_of_evidence(tmp_path: Path) -> None:
    """Two who misread the same input have many wrong answers in common, and may have worked alone."""
    exam, pupils, _ = sitting("sigmoid-chain", 4, one_paper=True, count=100)
    numbers = pupils[0].variant.questions["Q1"]
    misread = {
        **numbers.givens,
        "x": numbers.givens["x"] + np.where(np.arange(numbers.givens["x"].size) == 0, 3.0, 0.0),
    }
    variant = replace(pupils[0].variant, questions={"Q1": replace(numbers, givens=misread)})
    sheets = work_out(exam, pupils, 1)
    sheets[7:9] = work_out(exam, [Pupil(name, variant, "carries all digits") for name in ("s7", "s8")], 1)
    assert sheets[7].texts == sheets[8].texts
    assert looked_at(tmp_path, exam, pupils, sheets) == []


def test_a_sheet_of_another_variant_is_named_with_its_owner(tmp_path: Path) -> None:
    """The row has the id as in the other tables, and the probability that chance gives as much."""
    exam, pupils, sheets = sitting("scalar-chain", 4, one_paper=False, count=30)
    pupils = [replace(pupil, slips=False, belief="", habits="carries all digits") for pupil in pupils]
    sheets = work_out(exam, pupils, 1)
    [row] = looked_at(tmp_path, exam, pupils, [sheets[1], *sheets[1:]])
    assert (row["student"], row["evidence"], row["other"]) == ("s0", OTHER, "s1")
    assert float(row["probability"]) < 1e-6
    assert int(row["entries"]) == len(row["fields"].split("; ")) > 5


@pytest.mark.parametrize(("others", "named"), [("all boxes", ["s7"]), ("bare", [])])
def test_results_without_work_are_named_where_others_write_it_down(
    tmp_path: Path, others: str, named: list[str]
) -> None:
    """Gradients and updates alone, all right: in a class where everybody hands in no more than that, it is usual."""
    exam, pupils, sheets = sitting("sigmoid-chain", 4, one_paper=False, count=60)
    chooses = random.Random(1)
    [(paper, _)] = papers(exam, pupils[7].variant)
    sheets[7:8] = work_out(exam, [Pupil("s7", pupils[7].variant)], 1)
    for number, sheet in enumerate(sheets):
        if number == 7 or number % 2:
            gaps = GAPS["bare" if number == 7 else others](paper.fields, chooses)
            sheets[number] = replace(
                sheet, texts=tuple("" if gap else text for gap, text in zip(gaps, sheet.texts, strict=True))
            )
    rows = looked_at(tmp_path, exam, pupils, sheets)
    assert [row["student"] for row in rows if row["evidence"] == BARE] == named


def test_a_slip_of_the_pen_is_no_missing_work(tmp_path: Path) -> None:
    """Who writes one answer down wrong and goes on with the right one has all that comes from it right."""
    exam, pupils, _ = sitting("sigmoid-chain", 4, one_paper=False, count=60)
    pupils = [replace(pupil, slips=False, belief="", habits="carries all digits") for pupil in pupils]
    sheets = work_out(exam, pupils, 1)
    [(paper, _)] = papers(exam, pupils[7].variant)
    at = next(place for place, field in enumerate(paper.fields) if field.kind == "z")
    texts = [f"{float(text) + 0.5:.4f}" if at == place else text for place, text in enumerate(sheets[7].texts)]
    sheets[7] = replace(sheets[7], texts=tuple(texts))
    assert looked_at(tmp_path, exam, pupils, sheets) == []


@pytest.mark.parametrize("text", ["1e308", "-1e308", "nan", "inf", "", "0", "1", "=1+1", "9" * 400])
def test_sheets_of_nothing_but_one_text_are_no_evidence(tmp_path: Path, text: str) -> None:
    """Whoever writes the same into every box tells nothing, and breaks nothing."""
    exam, pupils, sheets = sitting("scalar-chain", 4, one_paper=True, count=30)
    for number in range(5):
        sheets[number] = replace(sheets[number], texts=(text,) * len(sheets[number].texts))
    assert looked_at(tmp_path, exam, pupils, sheets) == []


def test_the_order_of_the_sheets_changes_no_evidence(tmp_path: Path) -> None:
    """The same pairs with the same probabilities; the same input gives the same bytes."""
    exam, pupils, sheets = sitting("sigmoid-chain", 4, one_paper=True, count=60)
    for source, copier in ((7, 11), (20, 3)):
        sheets[source], _ = spoiled(sheets[source], 8, source)
        sheets[copier] = sheets[source]
    table = tmp_path / "marks" / "integrity.csv"
    rows = looked_at(tmp_path, exam, pupils, sheets)
    first = table.read_bytes()
    looked_at(tmp_path, exam, pupils, sheets)
    assert table.read_bytes() == first
    again = looked_at(tmp_path, exam, pupils[::-1], sheets[::-1])

    def told(rows: Rows) -> set[tuple[frozenset[str], str, str]]:
        return {(frozenset((row["student"], row["other"])), row["entries"], row["probability"]) for row in rows}

    assert len(rows) == 2
    assert told(rows) == told(again)
