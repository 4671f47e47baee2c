"""The shipped family of whole numbers, worked out by hand as a student without a calculator would do it.

Every number that is written down on the way is kept: products, partial sums and all that is asked.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from examgen.documents.paper.papers import key_page
from examgen.errors import BankError
from examgen.exams.banks.building import draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import entry, papers, solve
from tests.small_banks import DRAWN, changed, class_of, written

MOST = 999
STUDENTS = 200

LONG_PRODUCT = changed(
    DRAWN,
    ('"sigmoid"', '"identity"'),
    ('{ min = "-1", max = "1", step = "0.1", exclude = ["0"] }', "{ choices = [30] }"),
    ('{ choices = ["0.1", 0.2] }', "{ choices = [-1199] }"),
    ("{ min = 1, max = 2, step = 0.5 }", "{ choices = [40] }"),
    ('["0", "1"]', "[3]"),
    ("decimals = 4", "decimals = 0"),
)
"""z = a = 30 * 40 - 1199 = 1, and the loss is 4: small numbers, but for the product."""

LIMITS = "[screens]\nmax_draws = 5\nsignificant_digits = 0\nmisconception_margin = 0\n"


def weighted_sum(weights: Iterable[int], numbers: Iterable[int], start: int = 0) -> Iterator[int]:
    """Each product and each partial sum; the sum comes last."""
    total = start
    for weight, number in zip(weights, numbers, strict=True):
        yield weight * number
        total += weight * number
        yield total


def by_hand(givens: dict[str, list[int]]) -> Iterator[int]:
    """All numbers of a 1-1-3-1 network with two ReLU layers and a linear output, with the squared error."""
    [x], [y] = givens["x"], givens["y"]
    yield from (first := [*weighted_sum(givens["W1"], [x], givens["b1"][0])])
    a1 = max(0, first[-1])
    hidden = [[*weighted_sum([w], [a1], b)] for w, b in zip(givens["W2"], givens["b2"], strict=True)]
    yield from (number for numbers in hidden for number in numbers)
    a2 = [max(0, numbers[-1]) for numbers in hidden]
    yield from (last := [*weighted_sum(givens["W3"], a2, givens["b3"][0])])
    yield (last[-1] - y) ** 2
    of_output = 2 * (last[-1] - y)
    yield of_output
    yield from (of_output * a for a in a2)
    back = [w * of_output for w in givens["W3"]]
    yield from back
    of_hidden = [part * (a > 0) for part, a in zip(back, a2, strict=True)]
    yield from (part * a1 for part in of_hidden)
    yield from (of_first := [*weighted_sum(givens["W2"], of_hidden)])
    yield of_first[-1] * x
    # The chain rule for the first weight, a product for each path.
    yield from weighted_sum([w * part for w, part in zip(givens["W2"], of_hidden, strict=True)], [x] * 3)


def numbers_of(variant: Variant) -> dict[str, list[int]]:
    """The given numbers of a paper."""
    return {name: [int(one) for one in values.flat] for name, values in variant.questions["Q1"].givens.items()}


def largest_printed(exam: Exam, variant: Variant) -> int:
    """The largest whole number in the worked solution."""
    [question] = key_page(exam, variant).questions
    lines = (line for section in question.sections for line in section.lines)
    return max(int(digits) for line in lines for digits in re.findall(r"\d+", " ".join(line.relations)))


@pytest.mark.parametrize("seed", [3, 7])
def test_no_number_on_the_way_needs_a_calculator(seed: int) -> None:
    """Of hundreds of papers, no product, no partial sum and no answer has more than three digits, and all are whole."""
    loaded = load_exam("relu-integers", seed)
    for variant in draw_variants(loaded, class_of(STUDENTS)):
        numbers = numbers_of(variant)
        calculation = [*by_hand(numbers)]
        assert max(map(abs, calculation)) <= MOST, numbers
        [(paper, question)] = papers(loaded.exam, variant)
        solution = solve(paper, question.givens)
        # The calculation is of this network: it has met every answer.
        assert {float(entry(solution, field)) for field in paper.fields} <= {0, *calculation}


def test_no_number_in_the_worked_solution_needs_a_calculator() -> None:
    """Nor has the key a longer one, with the chain rule for single entries."""
    loaded = load_exam("relu-integers", 3)
    # The first draw for one of these has paths of 1200 and -600.
    printed = [largest_printed(loaded.exam, variant) for variant in draw_variants(loaded, class_of(STUDENTS))[80:100]]
    assert 100 < max(printed) <= MOST


@pytest.mark.parametrize(
    ("digits", "limit", "passes"),
    [
        ("decimals = 0", "max_abs = 1199", False),
        ("decimals = 0", "max_abs = 1200", True),
        ("decimals = 0", "", True),
        ("decimals = 1", "max_abs = 1199", True),
    ],
)
def test_products_have_the_limit_of_whole_numbers(tmp_path: Path, digits: str, limit: str, passes: bool) -> None:
    """Who adds up products without a calculator has no longer ones; all other families keep their papers."""
    text = changed(LONG_PRODUCT, ("decimals = 0", digits)) + f"{LIMITS}{limit}\n"
    loaded = load_exam(written(tmp_path, text), 7)
    if passes:
        assert len(draw_variants(loaded, class_of(2))) == 2
    else:
        with pytest.raises(BankError, match=r"rejections: overflow 5\)"):
            draw_variants(loaded, class_of(2))


def test_where_any_answer_has_decimals_products_may_be_long(tmp_path: Path) -> None:
    """Who needs a calculator for one answer has it for all: the limit is of papers of whole numbers throughout."""
    task = '[[tasks]]\ntext = "Back."\nask = ["dL_dW"]\ndigits = { decimals = 1 }\n'
    loaded = load_exam(written(tmp_path, f"{LONG_PRODUCT}{task}{LIMITS}max_abs = 1199\n"), 7)
    assert len(draw_variants(loaded, class_of(2))) == 2


def test_the_paper_says_so() -> None:
    """Students read that no value has more than three digits, and that they need no calculator."""
    [question] = load_exam("relu-integers", 0).exam.questions
    assert "at most three digits: no calculator is needed" in " ".join(question.text)
