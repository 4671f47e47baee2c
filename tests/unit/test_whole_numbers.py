"""The shipped family of whole numbers, worked out by hand as a student without a calculator would do it.

Every number that is written down on the way is kept: products, partial sums and all that is asked.
"""

from collections.abc import Iterable, Iterator

import pytest

from examgen.exams.banks.building import draw_variants, load_exam
from examgen.exams.keys.key_folder import entry, papers, solve
from tests.small_banks import class_of

MOST = 999
STUDENTS = 200


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


@pytest.mark.parametrize("seed", [3, 7])
def test_no_number_on_the_way_needs_a_calculator(seed: int) -> None:
    """Of hundreds of papers, no product, no partial sum and no answer has more than three digits, and all are whole."""
    loaded = load_exam("relu-integers", seed)
    for variant in draw_variants(loaded, class_of(STUDENTS)):
        numbers = {name: [int(one) for one in values.flat] for name, values in variant.questions["Q1"].givens.items()}
        written = [*by_hand(numbers)]
        assert max(map(abs, written)) <= MOST, numbers
        [(paper, question)] = papers(loaded.exam, variant)
        solution = solve(paper, question.givens)
        # The calculation is of this network: it has met every answer.
        assert {float(entry(solution, field)) for field in paper.fields} <= {0, *written}


def test_the_paper_says_so() -> None:
    """Students read that no value has more than three digits, and that they need no calculator."""
    [question] = load_exam("relu-integers", 0).exam.questions
    assert "at most three digits: no calculator is needed" in " ".join(question.text)
