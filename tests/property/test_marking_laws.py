"""Laws of marking, over all shipped exams, every notation that fits, and 2 to 4 decimals or 3 significant figures."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from examgen.core.evaluation import evaluate
from examgen.core.rounding import half_unit, rounding_bands
from examgen.errors import BankError
from examgen.exams.banks.bank_files import shipped_banks
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.digits import Digits
from examgen.exams.keys.solved_papers import papers, solve
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import by_field, half_units
from examgen.marking.judging.entries import Marked
from tests.laws import tried
from tests.marking_sheets import mark_texts, outcomes
from tests.marking_students import Style, honest_answers, rounded_text

DIGITS = ("", "decimals = 2", "decimals = 3", "significant_figures = 3")
"""Empty: as the bank says."""

STYLES: dict[str, Callable[[random.Random], Style]] = {
    "goes on with the rounded values": lambda chooses: Style("rounded", chooses=chooses),
    "rounds only what is asked": lambda chooses: Style("rounded", rounds_unasked=False, chooses=chooses),
    "keeps the calculator's values": lambda chooses: Style("full", chooses=chooses),
    "writes more digits": lambda chooses: Style("rounded", more=4, chooses=chooses),
    "now so, now so": lambda chooses: Style("mixed", more=2, chooses=chooses),
}


@dataclass(frozen=True)
class Page:
    """One question of one student's paper: its shape, its numbers, and the right answers."""

    paper: PaperShape
    givens: dict[str, Any]

    @property
    def references(self) -> list[float]:
        values = solve(self.paper, self.givens).values
        return [float(values[field.quantity][field.index]) for field in self.paper.fields]

    def mark(self, *sheets: list[str]) -> Marked:
        return mark_texts(self.paper, [self.givens] * len(sheets), sheets)

    def outcomes(self, sheet: list[str]) -> list[str]:
        return outcomes(self.mark(sheet))[0]

    def rounded_key(self) -> list[str]:
        return [rounded_text(r, f.digits) for r, f in zip(self.references, self.paper.fields, strict=True)]


NOT_TAUGHT = {"adam", "momentum", "one-weight", "perceptron", "descent-sign", "homework", "final"}
"""Networks that the students of `marking_students` do not know: without biases, with optimizers or another rule."""


class Banks(list[tuple[str, str]]):
    """Names of exams, each with a notation; told shortly, for a law that is broken tells all that it was given."""

    def __repr__(self) -> str:
        return f"{len(self)} banks"


@pytest.fixture(scope="module")
def banks(tmp_path_factory: pytest.TempPathFactory) -> Banks:
    """Every exam in every notation that fits it, as shipped and asked to other digits."""
    folder = tmp_path_factory.mktemp("banks")
    found = Banks()
    for path in (path for path in shipped_banks() if path.stem not in NOT_TAUGHT):
        fitting = [name for name in NOTATIONS if _fits(str(path), name)]
        for digits in DIGITS[: 1 if path.parent.name == "exams" else None]:
            copy = folder / path.parent.name / f"{path.stem}{digits.replace(' ', '')}.toml"
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(_asked_to(path.read_text(encoding="utf-8"), digits), encoding="utf-8")
            found += [(str(copy) if digits else str(path), notation) for notation in fitting]
    return found


def _fits(name: str, notation: str) -> bool:
    try:
        load_exam(name, 0, notation)
    except BankError:
        return False
    return True


def _asked_to(bank: str, digits: str) -> str:
    """The bank's text with other digits, and without the screens that would refuse most papers at few of them."""
    if not digits:
        return bank
    bank = re.sub(r"(?m)^digits = .*\n", "", bank)
    bank = re.sub(r"\[screens\][^\[]*", "", bank)
    limits = "significant_digits = 0\nmax_abs = 999999\nmisconception_margin = 0\n"
    screens = f"[screens]\n{limits}\n" if "[values]" in bank else ""
    return re.sub(r"\[digits\]\n.*\n", f"{screens}[digits]\n{digits}\n", bank)


CASES = tried(30)
PICKS = st.tuples(st.integers(0, 2**20), st.integers(0, 10**6), st.integers(0, 2**32))


@cache
def read_exam(name: str, notation: str) -> LoadedExam:
    """An exam in a notation, read once for all laws."""
    return load_exam(name, 0, notation)


def loaded_exam(name: str, notation: str, seed: int) -> LoadedExam:
    """The same with another seed, from which its papers are drawn."""
    return replace(read_exam(name, notation), seed=seed)


def pages_of(banks: list[tuple[str, str]], pick: tuple[int, int, int]) -> Iterator[tuple[Page, random.Random]]:
    """The pages of one drawn paper, and a source of whims."""
    place, seed, whim = pick
    loaded = loaded_exam(*banks[place % len(banks)], seed)
    [variant] = draw_variants(loaded, [Student(f"s{seed}")])
    for paper, numbers in papers(loaded.exam, variant):
        yield Page(paper.only_numbers, dict(numbers.givens)), random.Random(whim)


@CASES
@given(pick=PICKS)
def test_the_key_scores_full_marks(banks: list[tuple[str, str]], pick: tuple[int, int, int]) -> None:
    """The right answers are correct at full precision and rounded to the asked digits."""
    for page, _ in pages_of(banks, pick):
        marked = page.mark([repr(value) for value in page.references], page.rounded_key())
        assert {outcome for sheet in outcomes(marked) for outcome in sheet} == {"correct"}


@tried(50)
@given(pick=PICKS)
def test_honest_work_loses_nothing(banks: list[tuple[str, str]], pick: tuple[int, int, int]) -> None:
    """Whatever a student rounds on the way, and however many digits are written, right work is correct."""
    for page, chooses in pages_of(banks, pick):
        sheets = {name: honest_answers(page.paper, page.givens, style(chooses)) for name, style in STYLES.items()}
        for name, found in zip(sheets, outcomes(page.mark(*sheets.values())), strict=True):
            lost = [
                (field.name, text, outcome)
                for field, text, outcome in zip(page.paper.fields, sheets[name], found, strict=True)
                if outcome != "correct"
            ]
            assert not lost, f"a student who {name} loses {lost}"


@CASES
@given(pick=PICKS)
def test_honest_work_with_gaps_loses_the_gaps_only(banks: list[tuple[str, str]], pick: tuple[int, int, int]) -> None:
    """Blanks score nothing, and what an honest student did write stays correct."""
    for page, chooses in pages_of(banks, pick):
        sheet = honest_answers(page.paper, page.givens, STYLES["goes on with the rounded values"](chooses))
        sheet = [text if chooses.random() < 0.6 else "" for text in sheet]
        assert page.outcomes(sheet) == ["correct" if text else "blank" for text in sheet]


@CASES
@given(pick=PICKS)
def test_nothing_takes_a_right_answer_away(banks: list[tuple[str, str]], pick: tuple[int, int, int]) -> None:
    """An answer within half a unit of the reference is correct whatever else is on the sheet."""
    junk = ["", "1e300", "-7", "0", "?", "=1+1", "0.12", "1/0", "nan"]
    for page, chooses in pages_of(banks, pick):
        key = page.rounded_key()
        kept = [chooses.random() < 0.5 for _ in key]
        sheet = [text if keep else chooses.choice(junk) for text, keep in zip(key, kept, strict=True)]
        found = page.outcomes(sheet)
        assert all(outcome == "correct" for outcome, keep in zip(found, kept, strict=True) if keep)


@CASES
@given(pick=PICKS)
def test_one_wrong_value_costs_that_entry(banks: list[tuple[str, str]], pick: tuple[int, int, int]) -> None:
    """In a sheet of rounded right answers, one wrong number is wrong and all others stay correct."""
    for page, chooses in pages_of(banks, pick):
        sheet = page.rounded_key()
        place = chooses.randrange(len(sheet))
        sheet[place] = repr(page.references[place] * chooses.choice([1.5, -2]) + chooses.choice([1, -3, 50]) + 1 / 3)
        expected = ["correct"] * len(sheet)
        expected[place] = "wrong"
        assert page.outcomes(sheet) == expected


@CASES
@given(pick=PICKS)
def test_what_cannot_be_read_counts_as_blank_for_all_others(
    banks: list[tuple[str, str]], pick: tuple[int, int, int]
) -> None:
    """An unreadable cell stops nothing: every other entry comes out as if that cell were blank."""
    for page, chooses in pages_of(banks, pick):
        sheet = honest_answers(page.paper, page.givens, STYLES["now so, now so"](chooses))
        gaps = [chooses.random() < 0.3 for _ in sheet]
        with_gaps = page.outcomes(["" if gap else text for text, gap in zip(sheet, gaps, strict=True)])
        with_junk = page.outcomes(["1,2,3" if gap else text for text, gap in zip(sheet, gaps, strict=True)])
        assert with_junk == ["unreadable" if gap else outcome for outcome, gap in zip(with_gaps, gaps, strict=True)]


@CASES
@given(pick=PICKS, wild=st.sampled_from([100.0, -100.0, 1e300, 1e9, 0.0, 3.0]))
def test_a_wrong_start_carries_no_credit(banks: list[tuple[str, str]], pick: tuple[int, int, int], wild: float) -> None:
    """All that follows from a wrong first line is correct only near the right value, however far a unit saturates.

    The reach is that of the whole solution's rounding: what a sheet without earlier answers may be off.
    """
    for page, _ in pages_of(banks, pick):
        first = page.paper.fields[0].quantity
        fake = np.full(page.paper.graph[first].shape, wild)
        with np.errstate(all="ignore"):
            values = evaluate(page.paper.graph, page.givens, substitute={first: fake}).values
        sheet = [repr(float(values[field.quantity][field.index])) for field in page.paper.fields]
        marked = page.mark(sheet)
        away = np.abs(marked.reference[0] - [_number(text) for text in sheet])
        is_correct = np.array(outcomes(marked)[0]) == "correct"
        assert (away[is_correct] <= 3 * _reach(page)[is_correct]).all()


def _reach(page: Page) -> NDArray[np.float64]:
    """How far rounding everything on the way can lead, where nothing is written down."""
    solution = solve(page.paper, {name: np.asarray(values)[None] for name, values in page.givens.items()})
    halves, _ = half_units(page.paper, solution.values, solution)
    bands = rounding_bands(page.paper.graph, solution, halves)
    return np.asarray(by_field(page.paper, {name: half + bands[name] for name, half in halves.items()})[0])


def _number(text: str) -> float:
    return float(text) if np.isfinite(float(text)) else np.nan


# Each marks up to five careless students of every question twice, so that fewer are as many sheets as elsewhere.
@tried(25)
@given(pick=PICKS, students=st.integers(2, 5))
def test_marking_together_is_marking_alone(
    banks: list[tuple[str, str]], pick: tuple[int, int, int], students: int
) -> None:
    """A student's outcomes, own values and tolerances do not depend on who else is marked, nor on the order."""
    place, seed, whim = pick
    loaded = loaded_exam(*banks[place % len(banks)], seed)
    variants = draw_variants(loaded, [Student(f"s{n}") for n in range(students)])
    chooses = random.Random(whim)
    by_shape: dict[PaperShape, list[Page]] = {}
    for variant in variants:
        for paper, numbers in papers(loaded.exam, variant):
            by_shape.setdefault(paper.only_numbers, []).append(Page(paper.only_numbers, dict(numbers.givens)))
    for paper, members in by_shape.items():
        sheets = [_careless(page, chooses) for page in members]
        order = chooses.sample(range(len(members)), len(members))
        together = mark_texts(paper, [members[n].givens for n in order], [sheets[n] for n in order])
        for row, n in enumerate(order):
            alone = members[n].mark(sheets[n])
            for part in ("outcome", "missing_digits", "rests_on_wrong"):
                assert getattr(together, part)[row].tolist() == getattr(alone, part)[0].tolist()
            for part in ("reference", "own", "tolerance"):
                np.testing.assert_allclose(
                    getattr(together, part)[row], getattr(alone, part)[0], rtol=1e-12, atol=1e-15
                )


def _careless(page: Page, chooses: random.Random) -> list[str]:
    """Honest work with slips, gaps and too few digits in it."""
    sheet = honest_answers(page.paper, page.givens, STYLES["now so, now so"](chooses))
    for place, text in enumerate(sheet):
        match chooses.randrange(8):
            case 0:
                sheet[place] = ""
            case 1:
                sheet[place] = f"{float(text) + chooses.choice([1e-4, 1e-3, 1e-2, 0.1]):.4f}"
            case 2:
                sheet[place] = f"{float(text):.{chooses.randrange(4)}f}"
            case 3:
                sheet[place] = f"{-float(text):.4f}"
    return sheet


# Each marks a paper three times.
@tried(30)
@given(pick=PICKS)
def test_what_is_correct_stays_so_where_fewer_digits_are_asked(
    banks: list[tuple[str, str]], pick: tuple[int, int, int]
) -> None:
    """Entry by entry, when one decimal less is asked of everything.

    Credit for what follows is another matter: an earlier slip that is correct to fewer digits leads nowhere else.
    """
    for page, chooses in pages_of(banks, pick):
        sheet = _careless(page, chooses)
        found = []
        for decimals in (4, 3, 2):
            digits = Digits(decimals=decimals)
            fields = tuple(replace(field, digits=digits) for field in page.paper.fields)
            question = replace(page.paper.question, digits=digits)
            asked = replace(page, paper=replace(page.paper, fields=fields, question=question))
            found.append([outcome == "correct" for outcome in asked.outcomes(sheet)])
        assert all(a <= b <= c for a, b, c in zip(*found, strict=True))


@CASES
@given(seed=st.integers(0, 10**6), whim=st.integers(0, 2**32), notation=st.sampled_from(["to-from-da", "nielsen"]))
def test_whole_numbers_leave_no_room(seed: int, whim: int, notation: str) -> None:
    """In a network of whole numbers nothing is rounded: the tolerance is half a unit, and the next integer is wrong."""
    chooses = random.Random(whim)
    [variant] = draw_variants(loaded := loaded_exam("relu-integers", notation, seed), [Student("s")])
    [(paper, numbers)] = papers(loaded.exam, variant)
    page = Page(paper, dict(numbers.givens))
    key = [str(int(value)) for value in page.references]
    is_off = [chooses.random() < 0.2 for _ in key]
    sheet = [str(int(text) + chooses.choice([-1, 1])) if off else text for text, off in zip(key, is_off, strict=True)]
    with_gaps = [text if off or chooses.random() < 0.7 else "" for text, off in zip(sheet, is_off, strict=True)]
    marked = page.mark(key, sheet, with_gaps)
    assert (marked.tolerance == half_unit(np.zeros(()))).all()
    exact, slips, gaps = outcomes(marked)
    assert set(exact) == {"correct"}
    # Of two slips one may follow from the other.
    off_by_one = {"wrong", "follow_through"}
    assert all(found in off_by_one if off else found == "correct" for found, off in zip(slips, is_off, strict=True))
    for found, text, off in zip(gaps, with_gaps, is_off, strict=True):
        assert found in off_by_one if off else found == ("correct" if text else "blank")
