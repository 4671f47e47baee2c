"""Laws of papers of about equal work: how near they are to one another, and that they are still each student's own."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examgen.batch.class_work import work_of_papers
from examgen.errors import BankError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.draws.drawing import draw_question
from examgen.exams.draws.streams import SECRET_BYTES, Secret
from examgen.exams.exam import Variant
from tests.laws import tried
from tests.small_banks import DRAWN, FIXED, changed, class_of, shipped_names, written

EXAMS = shipped_names("exams", "families")
ROSTER = ["", "maria", "s1", "s2", "s3", "ß"]
TOLERANCES = (0.02, 0.05, 0.1, 0.3)

# The first layer of ReLU has many dead units, those of tanh have none: two kinds of papers far apart.
APART = changed(
    DRAWN,
    ("sizes = [1, 1]", "sizes = [1, 6, 1]"),
    ('["sigmoid"]', '[["relu", "tanh"], "sigmoid"]'),
    ('["0.1", 0.2]', "[-3, -2, 0.1]"),
    ('ask = ["z", "a", "loss"]', 'ask = ["z", "a", "dL_dz", "dL_dW"]'),
)


def work_by_hand(givens: dict[str, np.ndarray[Any, Any]]) -> float:
    """Of a paper of `relu-integers`, 1-1-3-1 with ReLU, ReLU and identity, counted unit by unit on whole numbers."""
    numbers = {name: np.asarray(value).astype(int).tolist() for name, value in givens.items()}
    a, products, seen, live = [numbers["x"][0]], 0, [*numbers["x"][0], *numbers["y"][0]], 0
    z: list[list[int]] = []
    for layer in (1, 2, 3):
        W, b = numbers[f"W{layer}"], numbers[f"b{layer}"]
        seen += [*(w for row in W for w in row), *b]
        products += sum(1 for row in W for w, unit in zip(row, a[-1], strict=True) if w * unit)
        z.append([sum(w * unit for w, unit in zip(row, a[-1], strict=True)) + c for row, c in zip(W, b, strict=True)])
        a.append([max(value, 0) if layer < 3 else value for value in z[-1]])
        seen += z[-1] + a[-1]
    off = a[3][0] - numbers["y"][0][0]
    seen.append(off * off)
    back, products = [2 * off], products + 2  # the square of the loss, and twice the difference
    for layer in (3, 2, 1):
        seen += back
        slope = [1 if layer == 3 or value > 0 else 0 for value in z[layer - 1]]
        live += sum(slope)
        delta = [one * s for one, s in zip(back, slope, strict=True)]
        products += sum(1 for one in delta if one) + sum(1 for one in delta for unit in a[layer - 1] if one * unit)
        # Derivatives by z, by the biases, which are the same, and by the weights.
        seen += slope + delta + delta + [one * unit for one in delta for unit in a[layer - 1]]
        W = numbers[f"W{layer}"]
        back = [sum(W[to][of] * one for to, one in enumerate(delta)) for of in range(len(W[0]))]
        if layer > 1:
            products += sum(1 for of in range(len(W[0])) for to, one in enumerate(delta) if W[to][of] * one)
    return products + live + sum(1 for one in seen if one < 0) / 4


@cache
def fair(exam: str, seed: int, fairness: float | None) -> LoadedExam:
    return load_exam(exam, seed, None, fairness)


@cache
def alone(exam: str, student: str) -> str:
    """The paper of a student who is the whole class."""
    return told(draw_variants(fair(exam, 7, 0.1), [Student(student)])[0])


def told(variant: Variant) -> str:
    numbers = {
        question: (drawn.label, {name: values.tolist() for name, values in drawn.givens.items()})
        for question, drawn in variant.questions.items()
    }
    return f"{variant.code} {numbers}"


def test_the_work_of_a_paper_is_what_somebody_counts_who_solves_it() -> None:
    """Products with a factor 0 are not counted, live units are one each, and a minus sign is a quarter."""
    loaded = load_exam("relu-integers", 7)
    variants = draw_variants(loaded, class_of(60))
    expected = [work_by_hand(dict(variant.questions["Q1"].givens)) for variant in variants]
    assert work_of_papers(loaded.exam, variants).columns["work"] == expected
    assert len(set(expected)) > 10


@pytest.mark.parametrize("tolerance", TOLERANCES)
def test_papers_are_about_equal_work(tolerance: float) -> None:
    """Counted by hand, no two papers of a class differ by more than the tolerance above and below one amount."""
    loaded = fair("relu-integers", 7, tolerance)
    work = [work_by_hand(dict(variant.questions["Q1"].givens)) for variant in draw_variants(loaded, class_of(60))]
    assert max(work) * (1 - tolerance) <= min(work) * (1 + tolerance)


@tried(20)
@given(st.sampled_from(EXAMS), st.sampled_from(TOLERANCES), st.integers(0, 2**63), st.booleans())
def test_every_paper_is_within_the_tolerance_of_what_is_typical(
    exam: str, tolerance: float, seed: int, has_secret: bool
) -> None:
    """For each question; what is typical follows from the exam, whatever the seed or secret."""
    origin = Secret(seed.to_bytes(SECRET_BYTES, "big")) if has_secret else seed
    loaded = load_exam(exam, origin, None, tolerance)
    variants = draw_variants(loaded, [Student(student) for student in ROSTER])
    for question in loaded.exam.questions:
        limits = fair(exam, 7, tolerance).fair_sources[question.id].source.limits
        typical = (limits.least_work + limits.most_work) / 2
        for work in work_of_papers(replace(loaded.exam, questions=(question,)), variants).columns["work"]:
            assert abs(work - typical) <= tolerance * typical * (1 + 1e-9)


@tried(20)
@given(st.sampled_from(EXAMS), st.lists(st.sampled_from(ROSTER), min_size=1, max_size=8))
def test_an_equal_paper_does_not_depend_on_the_class(exam: str, roster: list[str]) -> None:
    """In any order, subset or repetition of the class, each student gets the paper that they get alone."""
    variants = draw_variants(fair(exam, 7, 0.1), [Student(student) for student in roster])
    assert list(map(told, variants)) == [alone(exam, student) for student in roster]


@pytest.mark.parametrize("exam", EXAMS)
def test_equal_papers_are_another_exam(exam: str) -> None:
    """Each tolerance has an id of its own, and none the id of before; a whole number is as good as a decimal."""
    ids = [load_exam(exam, 7, None, fairness).exam.id for fairness in (None, *TOLERANCES, 0, 1)]
    assert len(set(ids)) == len(ids)
    assert load_exam(exam, 7, None, 0.0).exam.id == ids[-2]
    assert load_exam(exam, 7).exam.id == ids[0]


def test_a_shape_that_is_never_near_enough_is_not_asked_and_named(tmp_path: Path) -> None:
    """Of two kinds of papers that are far apart only one is drawn; a line says which is not, and what would let it."""
    bank = written(tmp_path, APART)
    loaded = load_exam(bank, 7, None, 0.05)
    labels = {variant.questions["Q1"].label for variant in draw_variants(loaded, class_of(40))}
    assert len(labels) == 1
    [notice] = loaded.notices
    assert notice.startswith("Q1: 1 shape is not asked, as their papers are seldom within 0.05 of the typical work: ")
    least = float(notice.rsplit("; from ", 1)[1].removesuffix(" on)"))
    wider = load_exam(bank, 7, None, least)
    assert wider.notices == ()
    assert {variant.questions["Q1"].label for variant in draw_variants(wider, class_of(40))} == {"A", "B"}


@pytest.mark.parametrize("exam", ["relu-integers", "sigmoid-chain"])
def test_where_no_paper_is_near_enough_the_message_says_what_would_do(exam: str) -> None:
    """In one line, before any student is drawn; with that tolerance papers are drawn."""
    with pytest.raises(
        BankError, match=r"no shape of Q1 has papers enough .*; use --fairness [0-9.]+ or more"
    ) as caught:
        draw_variants(load_exam(exam, 7, None, 0), class_of(1))
    least = float(str(caught.value).split("--fairness ")[1].split(" ")[0])
    assert len(draw_variants(load_exam(exam, 7, None, least), class_of(20))) == 20


def test_a_bank_of_which_no_draw_passes_says_so_as_always(tmp_path: Path) -> None:
    """A screen that turns everything away is named with a tolerance as it is without."""
    bank = written(tmp_path, DRAWN + "[screens]\nmax_abs = 0.5\nmax_draws = 9\n")
    messages = []
    for fairness in (None, 0.1):
        with pytest.raises(BankError, match="no draw of shape A passes the screens in 9 draws") as caught:
            draw_variants(load_exam(bank, 7, None, fairness), class_of(1))
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_fixed_numbers_are_equal_work_as_they_are(tmp_path: Path) -> None:
    """Everybody has the same paper, whatever the tolerance."""
    loaded = load_exam(written(tmp_path, FIXED), 7, None, 0.0)
    assert loaded.notices == ()
    assert len({told(variant).split(" ", 1)[1] for variant in draw_variants(loaded, class_of(3))}) == 1


def test_the_screen_names_itself_where_it_turns_a_student_away(tmp_path: Path) -> None:
    """Where a student has too few draws for a paper that is near enough, the message counts them under `work`."""
    loaded = load_exam(written(tmp_path, f"{DRAWN}[screens]\nmax_draws = 200\n"), 7)
    [question] = loaded.exam.questions
    source = loaded.sources["Q1"]
    source = replace(source, limits=replace(source.limits, least_work=1000.0, most_work=2000.0))
    with pytest.raises(BankError, match=r"work 200.*; most often a paper is more or less work than the tolerance"):
        draw_question(question, source, "e", 7, ["s1"])
