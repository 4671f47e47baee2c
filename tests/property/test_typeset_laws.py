"""Laws of the layout of formulas, on random formulas."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examgen.typeset import Drawing, Slot, pdf_operators, spoken, typeset
from tests.laws import tried
from tests.typeset_samples import FIRST_SLOT, WIDEST, drawn, font, formula, inks, mathml

LETTERS = st.sampled_from(["a", "W", "z", "y", r"\delta", r"\hat{y}", r"\tilde{W}", "12", "0.5", r"\sigma'"])
SIGNS = st.sampled_from(["+", "-", "=", r"\cdot", r"\odot", ""])
SLOT = "SLOT"


def column(cells: list[str]) -> str:
    """A matrix of one column."""
    return r"\begin{bmatrix}" + r"\\".join(cells) + r"\end{bmatrix}"


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Formulas made of others."""
    return st.one_of(
        st.tuples(inner, SIGNS, inner).map(lambda parts: " ".join(parts)),
        st.tuples(LETTERS, inner).map(lambda parts: f"{parts[0]}^{{({parts[1]})}}"),
        st.tuples(LETTERS, inner).map(lambda parts: f"{{{parts[0]}}}_{{{parts[1]}}}"),
        st.tuples(inner, inner).map(lambda parts: rf"\frac{{{parts[0]}}}{{{parts[1]}}}"),
        inner.map(lambda part: rf"\left({part}\right)"),
        inner.map(lambda part: rf"\sqrt{{{part}}}"),
        st.lists(inner, min_size=1, max_size=4).map(column),
    )


FORMULAS = st.recursive(LETTERS, compound, max_leaves=8)
NUMBERS = st.sampled_from(["−0.25", "0.75", "−9.00", "1.00"])


def elastic(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Formulas whose slots can all give way: in rows, parentheses and columns of slots."""
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "=", r"\cdot"]), inner).map(lambda parts: " ".join(parts)),
        inner.map(lambda part: rf"\left({part}\right)"),
        st.tuples(st.integers(1, 3), st.integers(1, 3)).map(
            lambda size: r"\begin{bmatrix}" + r"\\".join(["&".join([SLOT] * size[1])] * size[0]) + r"\end{bmatrix}"
        ),
    )


ELASTIC = st.recursive(st.sampled_from([SLOT, "x", "z^{(1)}"]), elastic, max_leaves=6).filter(
    lambda latex: SLOT in latex
)


def numbered(latex: str) -> tuple[str, list[str]]:
    """The same formula with another character for each slot."""
    names = [chr(FIRST_SLOT + index) for index in range(latex.count(SLOT))]
    rest = iter(names)
    return re.sub(SLOT, lambda _: f"{next(rest)} ", latex), names


@given(FORMULAS)
@tried(60)
def test_visible_marks_do_not_overlap(latex: str) -> None:
    """No two glyphs cover one another by more than the slant of letters, and no rule crosses a glyph."""
    drawing = drawn(latex)
    found = [ink for ink in inks(drawing) if ink.text not in ("\u0302", "\u0303", "", "√")]
    for index, first in enumerate(found):
        for second in found[index + 1 :]:
            across = min(first.right, second.right) - max(first.left, second.left)
            along = min(first.top, second.top) - max(first.bottom, second.bottom)
            assert across < 0.16 or along < 0.1, (first, second)
    for rule in drawing.rules():
        for ink in found:
            across = min(rule.x + rule.width, ink.right) - max(rule.x, ink.left)
            along = min(rule.y + rule.height, ink.top) - max(rule.y, ink.bottom)
            assert across < 0.03 or along < 0.03, (rule, ink)


@given(FORMULAS)
@tried(60)
def test_everything_is_within_the_box(latex: str) -> None:
    """Ink stays within height and depth, and within the width but for the slant of letters."""
    drawing = drawn(latex)
    for ink in inks(drawing):
        assert ink.left > -0.1
        assert ink.right < drawing.width + 0.1
        assert -drawing.depth - 1e-6 <= ink.bottom
        assert ink.top <= drawing.height + 1e-6


@given(FORMULAS, FORMULAS.filter(lambda latex: "matrix" not in latex))
@tried(40)
def test_scripts_are_smaller_than_their_base(base: str, script: str) -> None:
    """All of a superscript is at most 0.7 of the size; only a matrix keeps its own, as in LaTeX."""
    plain, raised = drawn(f"{{{base}}}"), drawn(f"{{{base}}}^{{{script}}}")
    sizes = [glyph.size for glyph in raised.glyphs()][len(list(plain.glyphs())) :]
    assert max(sizes) <= 0.7 + 1e-9
    assert raised.width > plain.width


@given(FORMULAS)
@tried(60)
def test_parentheses_reach_as_far_as_their_content(latex: str) -> None:
    """They cover at least nine tenths of what is between them, like TeX's."""
    content, whole = list(inks(drawn(f"{{{latex}}}"))), list(inks(drawn(rf"\left({latex}\right)")))
    top, bottom = max(ink.top for ink in content), min(ink.bottom for ink in content)
    first = min(whole, key=lambda ink: ink.left)
    paren = [ink for ink in whole if ink.left < first.left + 0.3]
    assert max(ink.top for ink in paren) - min(ink.bottom for ink in paren) >= 0.85 * (top - bottom)


@given(st.lists(st.sampled_from(["0.25", "-12.5", "7", "-1", r"\frac{1}{2}"]), min_size=1, max_size=9))
def test_brackets_of_matrices_cover_all_rows(cells: list[str]) -> None:
    """The brackets are rules that reach above and below the ink of every row."""
    drawing = drawn(column(cells))
    tall = max(drawing.rules(), key=lambda rule: rule.height)
    for ink in inks(drawing):
        assert ink.bottom >= tall.y - 0.05
        assert ink.top <= tall.y + tall.height + 0.05


@given(FORMULAS, FORMULAS)
@tried(40)
def test_widths_add_up(first: str, second: str) -> None:
    """Side by side with a word's space between them, two groups are as wide as both and the space."""
    between = r"\text{,}"
    together = formula(f"{{{first}}}{between}{{{second}}}").width
    parts = formula(f"{{{first}}}").width + formula(between).width + formula(f"{{{second}}}").width
    assert together == pytest.approx(parts, abs=0.35)


@given(FORMULAS, st.floats(2.0, 20.0))
@tried(60)
def test_lines_are_no_wider_than_allowed(latex: str, limit: float) -> None:
    """A formula is within the limit, or says by how much it is not."""
    found = formula(latex, max_width=limit)
    assert found.width <= limit + found.overflow + 1e-3
    if found.overflow:
        assert found.width > limit


@given(FORMULAS, st.floats(2.0, 20.0))
@tried(40)
def test_breaking_loses_nothing(latex: str, limit: float) -> None:
    """The glyphs of the lines are those of the formula, in the same order."""
    broken, whole = formula(latex, max_width=limit).place(), drawn(latex)
    assert [glyph.glyph for glyph in broken.glyphs()] == [glyph.glyph for glyph in whole.glyphs()]


@given(ELASTIC, st.data())
@tried(80)
def test_filled_slots_look_as_if_laid_out_anew(latex: str, data: st.DataObject) -> None:
    """A formula with texts in its slots has everything where a layout of the same numbers has it."""
    latex, names = numbered(latex)
    texts = {name: data.draw(NUMBERS) for name in names}
    source = mathml(latex)
    slots = {name: Slot(WIDEST) for name in names}
    filled = typeset(source, font(), size=1.0, display=True, slots=slots).place(texts)
    for name, text in texts.items():
        source = source.replace(f"<mi>{name}</mi>", f"<mn>{text}</mn>")
    fresh = typeset(source, font(), size=1.0, display=True).place()
    assert [glyph.glyph for glyph in filled.glyphs()] == [glyph.glyph for glyph in fresh.glyphs()]
    assert places(filled) == pytest.approx(places(fresh), abs=1e-6)


@given(ELASTIC, st.data())
@tried(60)
def test_nothing_moves_to_the_right(latex: str, data: st.DataObject) -> None:
    """Narrow texts only draw things to the left; the ends of the texts themselves too."""
    latex, names = numbered(latex)
    found = formula(latex)
    texts = {name: data.draw(NUMBERS) for name in names}
    drawing, widest = found.place(texts), found.place(dict.fromkeys(names, WIDEST))
    assert drawing.width <= widest.width + 1e-9
    fixed = [step for step in found.program if not isinstance(step, int)]
    assert all(drawing.shifts[step.group] >= -1e-9 for step in fixed)
    assert all(drawing.shifts[rule.group] >= -1e-9 for rule in found.rules)
    assert max(ink.right for ink in inks(drawing)) <= max(ink.right for ink in inks(widest)) + 1e-9


@given(FORMULAS)
@tried(40)
def test_drawing_is_repeatable_ascii(latex: str) -> None:
    """The same formula gives the same operators, whose numbers have at most three decimals."""
    first, second = (pdf_operators(drawn(latex), b"/M") for _ in range(2))
    assert first == second
    assert not re.search(rb"\.\d{4}", first)


@given(FORMULAS)
@tried(40)
def test_everything_can_be_read_aloud(latex: str) -> None:
    """What can be set can be read, without signs that a voice cannot say."""
    assert re.search(r"[a-zA-Z0-9]", spoken(mathml(latex)))
    assert not re.search("[δσ√\u0302⊙]", spoken(mathml(latex)))


def places(drawing: Drawing) -> list[float]:
    """All numbers of a drawing in one list."""
    rules = [value for rule in drawing.rules() for value in rule[:4]]
    return [drawing.width, *(value for glyph in drawing.glyphs() for value in glyph[1:]), *rules]
