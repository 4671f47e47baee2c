"""Shapes and choices that students type."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examgen.marking.reading.typed.typed_choices import CHOICE_REASONS, parse_choice, parse_choices
from examgen.marking.reading.typed.typed_numbers import Unreadable
from examgen.marking.reading.typed.typed_shapes import SHAPE_REASONS, parse_shape

OPTIONS = ("the loss rises", "the loss falls", "$z < 0$", "cannot be said")


@pytest.mark.parametrize(
    "text",
    [
        "(4,1)",
        "(4, 1)",
        "4x1",
        "4X1",
        "4 × 1",
        "4*1",
        "4·1",
        "[4; 1]",
        "{4,1}",
        "4 by 1",
        "４ｘ１",
        "'4x1",
        "04x01",
        "4,1",
        "（４，１）",
        "［4；1］",
        "﹙4, 1﹚",
        "\u200e(4, 1)\u202c",
        "\u200b'\u2060 4 ⋅ 1 \ufeff",
        "4\u00a0×\u00a01",
        "४x१",
        "4∙1",
        "4 ∗ 1\u00ad",
    ],
)
def test_a_shape_is_read_in_all_usual_forms(text: str) -> None:
    """Brackets, commas, crosses and words make no difference."""
    assert parse_shape(text) == (4, 1)


@pytest.mark.parametrize(
    ("text", "shape"), [("(4,)", (4,)), ("2x3x4", (2, 3, 4)), ("(1,12)", (1, 12)), ("6x5x4x3x2x1", (6, 5, 4, 3, 2, 1))]
)
def test_shapes_may_have_other_numbers_of_axes(text: str, shape: tuple[int, ...]) -> None:
    """A vector has its comma, and more than two axes are read too."""
    assert parse_shape(text) == shape


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "blank"),
        (" ' ", "blank"),
        ("4", "not_a_shape"),
        ("(4)", "not_a_shape"),
        ("4 1", "not_a_shape"),
        ("4x1,2", "not_a_shape"),
        ("4x", "not_a_shape"),
        ("rows", "not_a_shape"),
        ("()", "not_a_shape"),
        ("1x1x1x1x1x1x1", "not_a_shape"),
        ("1234567x1", "not_whole"),
        ("(4,1", "brackets"),
        ("4,1)", "brackets"),
        ("(4,1]", "brackets"),
        ("(", "brackets"),
        ("4.5x1", "not_whole"),
        ("(4, -1)", "not_whole"),
        ("4x0", "not_whole"),
        ("4x\u20131", "not_whole"),
        ("4x1\u00b2", "not_a_shape"),
        ("4\u200bx1", "not_a_shape"),
        ("4\u0445" + "1", "not_a_shape"),
        ("''4x1", "not_a_shape"),
        (f"(4,{' ' * 60}1)", "too_long"),
        ("4" * 65, "too_long"),
        ("4" * 10_000_000, "too_long"),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_shape_is_refused_with_its_reason(text: str, reason: str) -> None:
    """Nothing is repaired, and every reason has a sentence."""
    assert parse_shape(text) == Unreadable(reason)
    assert SHAPE_REASONS[reason].endswith(".")


def test_as_many_characters_as_are_allowed_are_read() -> None:
    """One more is too long, see above and below."""
    assert parse_shape(f"(4,{' ' * 59}1)") == (4, 1)
    assert parse_choice("x" * 1000, ("the loss rises", "x" * 1000)) == 1


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("a", 0),
        ("B", 1),
        ("(b)", 1),
        ("b.", 1),
        ("b)", 1),
        ("d:", 3),
        ("The Loss  falls", 1),
        ("b) the loss falls", 1),
        ("z < 0", 2),
        ("$z < 0$", 2),
        ("ｂ", 1),
        ("'c", 2),
        ("\u200eb\u202c", 1),
        ("（ｂ）", 1),
        ("the loss\u00a0fa\u00adlls\u200b", 1),
    ],
)
def test_a_choice_is_read_by_letter_or_text(text: str, option: int) -> None:
    """Case, spaces, brackets and dollar signs make no difference."""
    assert parse_choice(text, OPTIONS) == option


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "blank"),
        ("e", "not_an_option"),
        ("1", "not_an_option"),
        ("a) the loss falls", "not_an_option"),
        ("e) the loss falls", "not_an_option"),
        ("a, b", "several"),
        ("a and c", "several"),
        ("(a)/(b)", "several"),
        ("a b", "several"),
        ("a" * 1001, "too_long"),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_choice_is_refused_with_its_reason(text: str, reason: str) -> None:
    """A letter that was not offered, several letters, or a letter that contradicts its text."""
    assert parse_choice(text, OPTIONS) == Unreadable(reason)
    assert CHOICE_REASONS[reason].endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        *("a, c", "ac", "A C", "ca", "a) c)", "(a) (c)", "(a),(c)", "a; c", "a & c", "a and c", "a und c", "{a, c}"),
        *("a,c.", "[a; c]", "a) the loss rises, c) z < 0", "the loss rises; z < 0", "a, c, a", "ａ，ｃ", "'a c"),
    ],
)
def test_several_letters_are_read_in_all_usual_forms(text: str) -> None:
    """Signs, words, spaces or nothing between them, in any order, and texts in place of letters."""
    assert parse_choices(text, OPTIONS) == frozenset({0, 2})


@pytest.mark.parametrize(("text", "options"), [("b", {1}), ("the loss falls", {1}), ("abcd", {0, 1, 2, 3})])
def test_one_letter_or_all_may_be_several(text: str, options: set[int]) -> None:
    """How many are right is for the student to know."""
    assert parse_choices(text, OPTIONS) == frozenset(options)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "blank"),
        ("e", "not_options"),
        ("a, e", "not_options"),
        ("a or c", "not_options"),
        ("dad", "not_options"),
        ("none", "not_options"),
        ("a not c", "not_options"),
        ("a, ", "not_options"),
        ("a; b) the loss rises", "not_options"),
        ("a" * 1001, "too_long_letters"),
    ],
    ids=lambda text: text[:12],
)
def test_what_are_no_letters_is_refused_with_its_reason(text: str, reason: str) -> None:
    """Nothing is guessed from words, and a letter that was not offered spoils the answer."""
    assert parse_choices(text, OPTIONS) == Unreadable(reason)
    assert CHOICE_REASONS[reason].endswith(".")


def test_a_dash_of_another_kind_is_the_same_option() -> None:
    """A phone makes a minus of one kind into another, in the answer as in the bank."""
    assert parse_choice("z \u2212 1", ("z + 1", "z - 1")) == parse_choice("Z - 1", ("z + 1", "z \u2013 1")) == 1


def test_options_that_are_letters_themselves_are_not_guessed() -> None:
    """Where b is the text of option a, writing b is ambiguous; where it is its own letter too, it is not."""
    assert parse_choice("b", ("b", "a", "neither")) == Unreadable("ambiguous")
    assert parse_choice("b", ("a", "b")) == 1
    assert parse_choice("2", ("4", "2")) == 1


@given(st.text(), st.lists(st.text(min_size=1), max_size=5, unique=True))
def test_no_text_raises(text: str, options: list[str]) -> None:
    """Whatever is typed is read, or refused with a known reason."""
    shape, choice = parse_shape(text), parse_choice(text, options)
    assert (shape.reason in SHAPE_REASONS) if isinstance(shape, Unreadable) else all(size > 0 for size in shape)
    assert (choice.reason in CHOICE_REASONS) if isinstance(choice, Unreadable) else 0 <= choice < len(options)
    several = parse_choices(text, options)
    assert (
        (several.reason in CHOICE_REASONS) if isinstance(several, Unreadable) else several <= set(range(len(options)))
    )


@pytest.mark.parametrize("text", ["a " * 400, " " * 1_000_000, "(" * 60, "1x" * 31 + "1", "ﷺ" * 60, "a" + " " * 10**6])
def test_no_text_takes_long(text: str) -> None:
    """Neither megabytes nor text that tempts a pattern to go back and forth."""
    start = time.process_time()
    parse_shape(text)
    parse_choice(text, OPTIONS)
    parse_choices(text, OPTIONS)
    assert time.process_time() - start < 0.5
