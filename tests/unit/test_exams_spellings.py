"""Spellings of a paper's symbols in formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examgen.core.formulas.formula_language import Formula, parse_formula
from examgen.core.network import NetworkShape, network_graph
from examgen.exams.digits import Digits
from examgen.exams.exam import Question
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.naming.symbol_names import Naming
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.references.spellings import MAX_NEAR, spelling_table, spellings
from examgen.exams.task import Task
from tests.laws import tried

SMALL = NetworkShape((3, 2, 1), ("relu", "sigmoid"), "half_squared_error")
SCALAR = NetworkShape((1, 1, 1), ("relu", "sigmoid"), "half_squared_error")


def naming(shape: NetworkShape, notation: str = "from-to") -> Naming:
    return Naming(NOTATIONS[notation], shape, network_graph(shape))


def paper_of(shape: NetworkShape, *asks: str, notation: str = "from-to", layers: tuple[int, ...] = ()) -> PaperShape:
    tasks = tuple(Task(text="", ask=(ask,), layers=layers) for ask in asks)
    return paper_shape(Question("Q1", "", (), tasks, Digits(decimals=4), {"A": shape}, {}), "A", NOTATIONS[notation])


@pytest.mark.parametrize(
    ("spelling", "entry"),
    [
        ("w1_3_2", ("W1", (1, 2))),
        ("W1_3_2", ("W1", (1, 2))),
        ("w1_32", ("W1", (1, 2))),
        ("w132", ("W1", (1, 2))),
        ("w_1_3_2", ("W1", (1, 2))),
        ("dL_dw1_32", ("dL_dW1", (1, 2))),
        ("dLdw132", ("dL_dW1", (1, 2))),
        ("w132_new", ("W1_new", (1, 2))),
        ("x1", ("x", (0, 0))),
        ("X_1", ("x", (0, 0))),
        ("a1_2", ("a1", (0, 1))),
        ("a2", ("a2", (0, 0))),
        ("a2_1", ("a2", (0, 0))),
        ("a_2", ("a2", (0, 0))),
        ("b12", ("b1", (1,))),
        ("delta12", ("dL_dz1", (0, 1))),
        ("eta", ("learning_rate", ())),
        ("alpha", ("learning_rate", ())),
        ("l", ("loss", ())),
    ],
)
def test_near_spellings_mean_what_the_printed_one_means(spelling: str, entry: tuple[str, tuple[int, ...]]) -> None:
    """Letter case, left-out and added underscores, and the 1 of a single unit are forgiven."""
    assert spellings(naming(SMALL))[spelling] == entry


@pytest.mark.parametrize("spelling", ["w13", "w12", "a", "a3", "z", "dL", "w1", "w1_2_3", "w1_4_1", ""])
def test_what_could_mean_several_numbers_or_none_is_not_read(spelling: str) -> None:
    """A weight without its layer, a whole vector, and an index beyond the paper's are unknown."""
    assert spelling not in spellings(naming(SMALL))


def test_spellings_that_collide_are_dropped_but_never_the_printed_one() -> None:
    """With twelve units w1_11_2 and w1_1_12 cannot both be w1_112, so neither is; printed spellings stay."""
    wide = spellings(naming(NetworkShape((12, 12), ("identity",), "half_squared_error")))
    assert wide["w1_11_2"] == ("W1", (1, 10))
    assert wide["w1_1_12"] == ("W1", (11, 0))
    assert "w1_112" not in wide
    assert wide["w1_23"] == ("W1", (2, 1))


def test_notations_spell_the_same_number_differently() -> None:
    """Indices and layers are those of the paper's notation."""
    from_to, to_from = (spellings(naming(SMALL, name)) for name in ("from-to", "to-from-da"))
    assert from_to["w1_3_2"] == to_from["w1_2_3"] == ("W1", (1, 2))
    assert from_to["a1_1"] == to_from["a2_1"] == ("a1", (0, 0))
    assert spellings(naming(SCALAR, "scalar"))["a1"] == ("a1", (0, 0))
    assert spellings(naming(SCALAR, "scalar"))["A1"] == ("a1", (0, 0))


def test_very_wide_networks_have_printed_spellings_only() -> None:
    """Beyond the limit nothing is added, so that no bank can make the table explode."""
    shape = NetworkShape((64, 64, 64), ("relu", "relu"), "half_squared_error")
    found = spellings(naming(shape))
    assert len(found) == sum(quantity.size for quantity in network_graph(shape)) > MAX_NEAR
    assert "w1_64_1" in found
    assert "W1_64_1" not in found


@tried(30)
@given(
    st.sampled_from([name for name in NOTATIONS if name != "scalar"]),
    st.lists(st.sampled_from([1, 2, 3, 11]), min_size=2, max_size=4),
    st.sampled_from([(1, 1), (2, 1), (1, 2), (2, 2)]),
)
def test_every_printed_symbol_is_read_in_ascii_and_in_unicode(
    notation: str, sizes: list[int], steps: tuple[int, int]
) -> None:
    """The sheet's ASCII id of each number means that number; its Unicode symbol does where it has one reading."""
    shape = NetworkShape(tuple(sizes), ("relu",) * (len(sizes) - 1), "half_squared_error", *steps)
    names = naming(shape, notation)
    known = spellings(names)
    for quantity in names.graph:
        for index in list(np.ndindex(*quantity.shape))[:6]:
            symbol = names.entry(quantity.name, index)
            assert known[symbol.ascii] == (quantity.name, index)
            formula = parse_formula(symbol.ascii, known)
            assert isinstance(formula, Formula)
            assert formula.program == (symbol.ascii,)
            is_plain = steps[0] == 1 and max(sizes) < 10 and quantity.kind not in {"slope", "W_new", "b_new"}
            if is_plain:
                formula = parse_formula(symbol.unicode, known)
                assert isinstance(formula, Formula), symbol.unicode
                assert [known[name] for name in formula.symbols] == [(quantity.name, index)]


def test_the_table_lists_what_the_asked_formulas_are_made_of() -> None:
    """Everything that the asked quantity follows from is on it once, and nothing that comes after it."""
    rows = spelling_table(paper_of(SMALL, "dL_dW", layers=(2,)))
    assert [row.spelling for row in rows][:8] == ["x_1", "x_2", "x_3", "y", "w1_1_1", "w1_2_1", "w1_3_1", "w1_1_2"]
    assert {row.quantity for row in rows} == {
        *("x", "y", "W1", "b1", "W2", "b2", "z1", "a1", "z2", "a2", "dL_da2", "slope2", "dL_dz2")
    }
    assert len({row.spelling for row in rows}) == len(rows)
    by_spelling = {row.spelling: row.latex for row in rows}
    assert by_spelling["w1_3_1"] == "w^{(1)}_{31}"
    assert by_spelling["delta2"] == r"\delta^{(2)}"


def test_the_table_of_one_task_is_shorter() -> None:
    """A task that asks for the activations of a network needs no gradients."""
    paper = paper_of(SMALL, "a", "dL_dW")
    assert {row.quantity for row in spelling_table(paper, 0)} == {"x", "W1", "b1", "W2", "b2", "z1", "a1", "z2"}
    assert set(spelling_table(paper, 0)) < set(spelling_table(paper))


def test_rows_of_several_steps_say_which_step() -> None:
    """The same symbol of two steps has two spellings, told apart by the step; samples are those of the step."""
    shape = NetworkShape((1, 1), ("relu",), "half_squared_error", steps=2)
    rows = spelling_table(paper_of(shape, "loss"))
    assert {(row.step, row.spelling) for row in rows if row.quantity.startswith("z1")} == {(1, "s1_z1"), (2, "s2_z1")}
    assert {row.step for row in rows if row.quantity == "W1"} == {None}
    assert {row.spelling for row in rows if row.quantity.startswith("x")} == {"s1_x", "s2_x"}
