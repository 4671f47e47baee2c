"""Laws of marking a whole class of simulated students, from answers.csv to results.csv; and laws of the students."""

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from examgen.exams.digits import Digits
from examgen.exams.keys.solved_papers import papers, solve
from examgen.exams.paper_shapes import PaperShape
from tests.classroom.exams import BESIDE_SHIPPED, PRECISIONS, drawn_families, load, title, variants_of
from tests.classroom.figures import Array, places_for, rounded, text_of
from tests.classroom.judging import OURS, Tally, sit
from tests.classroom.learner import Learner
from tests.classroom.misconceptions import MISCONCEPTIONS
from tests.classroom.notebook import Habits, Notebook
from tests.classroom.pupils import HONEST, Pupil, answer, beliefs_of, work_out
from tests.classroom.rules import RULES
from tests.classroom.slips import SLIPS, Entry, slip
from tests.laws import some_of
from tests.marking_students import Style, has_learned, honest_answers, rounded_text
from tests.misconception_names import NAMES

TOO_FEW = frozenset({("adam", Digits(decimals=2))})
"""To so few digits an exam cannot be worked out: second moments are 0.00, and Adam divides by them. The screens, which
are lifted here, leave no such paper."""


@pytest.mark.parametrize("digits", PRECISIONS, ids=lambda digits: f"{digits.count} {digits.unit}")
def test_honest_students_lose_nothing(tmp_path: Path, digits: Digits) -> None:
    """Whatever honest students round on the way, no entry of theirs loses marks, in any shipped exam."""
    total = Tally()
    families = some_of(drawn_families(), 10, PRECISIONS.index(digits))
    for name in (name for name in families if (name, digits) not in TOO_FEW):
        total.add(sit(load(name, 11, digits, is_screened=False), 1, tmp_path / name, slips=0, beliefs=()))
    assert total.honest > 800
    assert not total.lost_entries
    assert total.honest_lost[OURS] == 0


def test_published_rules_wrong_somebody(tmp_path: Path) -> None:
    """Each published rule takes marks from honest students, or takes plainly wrong values for correct."""
    tally = sit(load("question2", 11, is_screened=False), 2, tmp_path)
    assert all(tally.honest_lost[name] + tally.wrong_accepted[name] > 0 for name in RULES)
    assert tally.honest_lost[OURS] + tally.wrong_accepted[OURS] == 0


@pytest.mark.parametrize("name", [*drawn_families(), *BESIDE_SHIPPED], ids=title)
def test_the_students_know_the_textbook(name: str) -> None:
    """An honest student who carries all digits writes the key, rounded; from printed numbers, as near as they are."""
    loaded = load(name, 5, Digits(decimals=6), is_screened=False)
    variants = variants_of(loaded, 3)
    sheets = work_out(loaded.exam, [Pupil("s", variant, "carries all digits") for variant in variants], 1)
    for variant, sheet in zip(variants, sheets, strict=True):
        key = [
            float(solution[field.quantity][field.index])
            for paper, numbers in papers(loaded.exam, variant)
            for solution in [solve(paper, numbers.givens).values]
            for field in paper.fields
        ]
        is_exact = not any(paper.shown for paper, _ in papers(loaded.exam, variant))
        np.testing.assert_allclose(sheet.values, key, atol=5.1e-7 if is_exact else 1e-5)


def alone_can(name: str) -> bool:
    """Whether the student who is worked out number by number has been taught all of an exam."""
    questions = load(name, 6, is_screened=False).exam.questions
    return all(has_learned(shape) for question in questions for shape in question.shapes.values())


@pytest.mark.parametrize("name", [name for name in (*drawn_families(), *BESIDE_SHIPPED) if alone_can(name)], ids=title)
def test_students_together_write_what_one_alone_writes(name: str) -> None:
    """A group that carries rounded values writes the same as a student who is worked out number by number."""
    loaded = load(name, 6, is_screened=False)
    variants = variants_of(loaded, 3)
    together = work_out(loaded.exam, [Pupil("s", variant) for variant in variants], 1)
    for variant, sheet in zip(variants, together, strict=True):
        pages = papers(loaded.exam, variant)
        alone = [text for paper, numbers in pages for text in honest_answers(paper, numbers.givens, Style())]
        assert [float(text) for text in sheet.texts] == [float(text) for text in alone]


@pytest.mark.parametrize(
    "digits", [*PRECISIONS, Digits(decimals=0)], ids=lambda digits: f"{digits.count} {digits.unit}"
)
def test_rounding_is_that_of_a_calculator(digits: Digits) -> None:
    """Ties go away from zero, also where a double misses them, and 0.9996 to three figures is 1.00."""
    chooses = random.Random(4)
    drawn = [chooses.uniform(-1, 1) * 10 ** chooses.randint(-3, 3) for _ in range(300)]
    values = np.array([*drawn, 0.0, 0.9996, 9.995, 0.125, -0.0005, 1.005, 0.1 + 0.2, 99.95, 12345.0])
    places = places_for(values, digits)
    written = rounded(values, places).tolist()
    assert written == [float(rounded_text(value, digits)) for value in values.tolist()]
    assert [float(text_of(*pair)) for pair in zip(written, places.tolist(), strict=True)] == written


def test_every_misconception_of_the_design_has_students() -> None:
    """Somebody in the classroom believes each of them, and nothing else is called by a name."""
    assert {row.name for row in MISCONCEPTIONS.values()} == set(NAMES)


def test_every_misconception_shows_on_some_exam() -> None:
    """Each way to hold each belief changes what is written in some exam, where it says that it can show."""
    shown: set[str] = set()
    could: set[str] = set()
    for name in (*drawn_families(), *BESIDE_SHIPPED):
        loaded = load(name, 5, is_screened=False)
        [variant] = variants_of(loaded, 1)
        labels = beliefs_of(loaded.exam, variant)
        right, *wrong = work_out(loaded.exam, [Pupil("s", variant, belief=label) for label in ["", *labels]], 1)
        could |= set(labels)
        shown |= {label for label, sheet in zip(labels, wrong, strict=True) if sheet.texts != right.texts}
    assert could == set(MISCONCEPTIONS)
    assert shown == could


@pytest.mark.parametrize("name", [*drawn_families(), *BESIDE_SHIPPED], ids=title)
def test_a_belief_that_cannot_show_changes_nothing(name: str) -> None:
    """The predicates are right: where one says no, its student writes what an honest one writes."""
    loaded = load(name, 8, is_screened=False)
    [variant] = variants_of(loaded, 1)
    for paper, numbers in papers(loaded.exam, variant):
        givens = {given: values[None] for given, values in numbers.givens.items()}
        right = written_by(Learner(), paper, givens)
        for row in MISCONCEPTIONS.values():
            assert row.can_show(paper.shape) or written_by(row.learner(), paper, givens) == right, row.label


def written_by(learner: Learner, paper: PaperShape, givens: Mapping[str, Array]) -> list[list[str]]:
    """What one student writes who rounds as it comes."""
    book = Notebook(paper, 1, Habits(), 1)
    answer(paper, learner, givens, book)
    return book.texts()


@pytest.mark.parametrize("habits", HONEST)
def test_a_slip_changes_its_entry_and_only_what_comes_after(habits: str) -> None:
    """What a student writes in the tasks before the slip is what the same student writes without it."""
    loaded = load("question2", 9, is_screened=False)
    variants = variants_of(loaded, 15)
    pupils = [Pupil(f"s{n}", variant, habits, slips=True) for n, variant in enumerate(variants)]
    slipping = work_out(loaded.exam, pupils, 3)
    careful = work_out(loaded.exam, [replace(pupil, slips=False) for pupil in pupils], 3)
    for pupil, sheet, right in zip(pupils, slipping, careful, strict=True):
        assert sheet.slip is not None
        [(paper, _)] = papers(loaded.exam, pupil.variant)
        field = paper.fields[sheet.slip.column]
        before = sum(other.task < field.task for other in paper.fields)
        assert sheet.texts[:before] == right.texts[:before]
        assert sheet.slip.instead_of == right.texts[sheet.slip.column]
        off = abs(float(sheet.texts[sheet.slip.column]) - float(sheet.slip.instead_of))
        assert off > 9 * 10.0**-field.digits.count


@pytest.mark.parametrize("kind", SLIPS)
def test_slips_are_of_their_kind(kind: str) -> None:
    """Each kind makes another number of 0.3472, one that a student may well write."""
    entry = Entry(0.34719, "0.3472", 4, 1e-4, neighbours=(0.5,), terms=(0.3, 0.04719))
    possible = {
        "sign flipped": {-0.3472},
        "digits swapped": {3.0472, 0.4372, 0.3742, 0.3427},
        "point moved": {3.4719, 0.0347},
        "neighbour copied": {0.5},
        "term wrong": {0.0472, -0.2528, 0.3, 0.2528},
    }
    made = {float(SLIPS[kind](entry, random.Random(seed))) for seed in range(60)}
    if kind == "digit changed":
        assert all(sum(a != b for a, b in zip(f"{value:.4f}", entry.text, strict=True)) == 1 for value in made)
    else:
        assert made == possible[kind]


def test_slips_keep_within_what_work_can_go_on_with() -> None:
    """An output of a cross-entropy stays between 0 and 1, however a student slips."""
    entry = Entry(0.9, "0.9000", 4, 1e-4)
    assert all(0 < float(slip(entry, random.Random(seed), 0.0, 1.0)[1]) < 1 for seed in range(200))


FOUR = Digits(decimals=4)
TWO_FIGURES = Digits(significant_figures=2)


@pytest.mark.parametrize(
    ("rule", "accepted", "refused"),
    [
        ("PrairieLearn relabs 1%", [("1.0099", 1.0), ("0.0000", 9e-9)], [("1.0101", 1.0), ("0.0050", 0.0051)]),
        ("PrairieLearn sigfig 2", [("1.05", 1.0), ("0.0128", 0.0123)], [("1.052", 1.0), ("0.0129", 0.0123)]),
        ("PrairieLearn sigfig as asked", [("1.0005", 1.0)], [("1.0006", 1.0)]),
        ("PrairieLearn decdig as asked", [("0.12345", 0.1234)], [("0.12346", 0.1234)]),
        ("Numbas precision", [("0.1235", 0.12345), ("0.12345", 0.12345)], [("0.12346", 0.12345), ("0.1234", 0.12345)]),
        ("STACK decimal places", [("0.1235", 0.12345), ("0.12346", 0.12345)], [("0.1234", 0.12345)]),
        ("WeBWorK relative 0.1%", [("1.0009", 1.0), ("0", 0.0)], [("1.0011", 1.0), ("0.0001", 0.0)]),
        ("R/exams num_to_tol", [("0.01", 0.0), ("1000.19", 1000.0)], [("0.02", 0.0), ("1000.25", 1000.0)]),
    ],
)
def test_published_rules(rule: str, accepted: list[tuple[str, float]], refused: list[tuple[str, float]]) -> None:
    """The rules of other systems take and refuse what their sources say."""
    assert [RULES[rule](text, reference, FOUR) for text, reference in accepted] == [True] * len(accepted)
    assert [RULES[rule](text, reference, FOUR) for text, reference in refused] == [False] * len(refused)


@pytest.mark.parametrize("rule", ["Numbas precision", "STACK decimal places"])
def test_published_rules_count_significant_figures(rule: str) -> None:
    """Asked to two figures, 0.0123 may be written 0.012 and not 0.013."""
    assert RULES[rule]("0.012", 0.0123, TWO_FIGURES)
    assert not RULES[rule]("0.013", 0.0123, TWO_FIGURES)
