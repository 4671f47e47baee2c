"""Where formulas that are too wide are broken."""

import pytest

from tests.typeset_samples import formula, inks

CHAIN = "z = a + b + c = d + e + f = g + h"


def lines(latex: str, max_width: float) -> list[str]:
    """The text of each line, from top to bottom."""
    rows: dict[float, str] = {}
    for ink in inks(formula(latex, max_width=max_width).place()):
        rows[round(ink_baseline(ink.bottom), 0)] = rows.get(round(ink_baseline(ink.bottom), 0), "") + ink.text
    return [rows[y] for y in sorted(rows, reverse=True)]


def ink_baseline(bottom: float) -> float:
    """Signs and letters of one line have their lower edge within half an em; lines are 1.5 em apart."""
    return round(bottom / 1.5 - 0.1)


def test_a_formula_that_fits_is_not_broken() -> None:
    """The width is only a limit."""
    assert formula(CHAIN, max_width=100).width == formula(CHAIN).width


def test_relations_come_first() -> None:
    """A chain of equations is broken before its equals signs."""
    assert lines(CHAIN, 9.0) == ["z=a+b+c", "=d+e+f", "=g+h"]


def test_operators_come_next() -> None:
    """Where a side is too wide itself, it is broken before a plus."""
    assert lines("z = a + b + c + d + e", 6.5) == ["z=a+b+c", "+d+e"]


def test_products_stay_whole_where_they_fit() -> None:
    """A sum is broken before a term, however even lines would be otherwise; a product only where it is too wide."""
    assert lines(r"z = aaaaa \cdot bb + cc \cdot ddddd", 9.0) == ["z=aaaaa⋅bb", "+cc⋅ddddd"]
    assert lines(r"z = a + bbbbb \cdot ccccc \cdot ddddd", 6.5) == ["z=a+bbbbb", "⋅ccccc", "⋅ddddd"]


def test_operators_with_scripts_are_operators() -> None:
    """A star that says how far its window moves is a place to break, too."""
    assert lines(r"z = a + b \otimes_{2} c + d + e", 7.5) == ["z=a+b⊗2c", "+d+e"]
    assert lines(r"z = a +_{2} b +_{2} c +_{2} d", 6.5) == ["z=a+2b", "+2c+2d"]


def test_factors_come_last() -> None:
    """A product without signs is broken between its factors."""
    assert lines("z = abcdefghij", 4.6) == ["z=abcde", "fghij"]


def test_relations_stand_under_one_another() -> None:
    """Later relations are under the first, as amsmath has them."""
    found = formula(CHAIN, max_width=9.0).place()
    starts = {round(ink.left, 6) for ink in inks(found) if ink.text == "="}
    assert len(starts) == 1


def test_statements_begin_at_the_left() -> None:
    """Equations that commas and quads separate are broken there, and each begins anew."""
    found = formula(r"x = 1,\quad y = 2,\quad z = 3", max_width=4.0).place()
    assert min(ink.left for ink in inks(found) if ink.text == "z") == pytest.approx(
        min(ink.left for ink in inks(found) if ink.text == "x"), abs=0.05
    )


def test_brackets_stay_whole() -> None:
    """What \\left and \\right enclose is never broken; what does not fit is reported."""
    found = formula(r"x = \left(a + b + c + d + e + f\right)", max_width=6.0)
    assert found.overflow == pytest.approx(found.width - 6.0, abs=1e-3)
    assert found.overflow > 1


def test_lines_do_not_touch() -> None:
    """Tall lines are further apart than low ones."""
    found = formula(
        r"x = \begin{bmatrix} 1 \\ 2 \\ 3 \end{bmatrix} = \begin{bmatrix} 1 \\ 2 \\ 3 \end{bmatrix}", max_width=4.5
    )
    rules = sorted((rule.y, rule.y + rule.height) for rule in found.rules if rule.height > 1)
    assert rules[0][1] < rules[-1][0]


@pytest.mark.parametrize("sign", ["=", "+", r"\approx"])
def test_no_line_is_empty(sign: str) -> None:
    """An empty group before a sign, which keeps its space, is not left alone where nothing fits the width."""
    wide = rf"{{}} {sign} \begin{{bmatrix}} a & b & c & d & e & f \end{{bmatrix}}"
    assert len(formula(wide, max_width=5).ends) == 1
    assert formula(wide, max_width=5).width == formula(wide).width
