"""Columns of texts and numbers: what is changed in some rows leaves all others, and the column itself, as they were."""

import numpy as np
import pytest

from examgen.marking.reading.answers import Numbers
from examgen.marking.reading.typed.typed_numbers import Number, Unreadable, parse_number
from examgen.tables.text_columns import Texts

WRITTEN = ("0.50", "7", "1/3", "x")


def read() -> Numbers:
    return Numbers.of(map(parse_number, WRITTEN))


def listed(numbers: Numbers) -> list[Number | Unreadable]:
    return [numbers.at(row) for row in range(len(numbers.values))]


def test_rows_that_are_made_unreadable_have_no_number() -> None:
    """Nor digits; the others keep theirs, and so does the column that was handed over."""
    numbers = read()
    changed = numbers.with_reason(np.array([0, 2]), "duplicate")
    assert listed(changed) == [Unreadable("duplicate"), Number(7, 1, 0), Unreadable("duplicate"), numbers.at(3)]
    assert np.isnan(changed.values).tolist() == [True, False, True, True]
    assert (changed.decimals[0], changed.digits[0]) == (changed.decimals[3], changed.digits[3])
    assert listed(numbers) == listed(read())
    assert numbers.values[[0, 1]].tolist() == [0.5, 7]


def test_rows_are_replaced_by_others() -> None:
    """Value, digits, decimals and reason are those of the others, in their order."""
    numbers, others = read(), Numbers.of(map(parse_number, ("", "-2.125")))
    changed = numbers.replaced(np.array([True, False, False, True]), others)
    assert listed(changed) == [others.at(0), numbers.at(1), numbers.at(2), Number(-2.125, 4, 3)]
    assert listed(numbers) == listed(read())


@pytest.mark.parametrize(("text", "distinct"), [("a", ["a", "b"]), ("b", ["a", "b"]), ("c", ["a", "b", "c"])])
def test_a_text_is_put_into_rows(text: str, distinct: list[str]) -> None:
    """No text is held twice, whether it was there before or not."""
    column = Texts.of(["a", "b", "a"])
    changed = column.put(np.array([False, True, True]), text)
    assert (changed.list(), changed.distinct.to_pylist()) == (["a", text, text], distinct)
    assert column.list() == ["a", "b", "a"]


def test_columns_are_joined_behind_one_another() -> None:
    """Equal texts of several columns are held once; a text that is not used may stay."""
    parts = [Texts.of(["b", "a"]), Texts.of([]), Texts.of(["c", "a", "c"]).take(slice(0, 2)), Texts.of(["b"])]
    joined = Texts.joined(parts)
    assert joined.list() == ["b", "a", "c", "a", "b"]
    assert sorted(joined.distinct.to_pylist()) == ["a", "b", "c"]
    assert Texts.joined(parts[:1]).list() == ["b", "a"]


def test_renaming_makes_equal_names_one() -> None:
    """The names are of the distinct texts, in their order."""
    renamed = Texts.of([" a", "b", "a", "b"]).renamed(["a", "b", "a"])
    assert (renamed.list(), renamed.distinct.to_pylist()) == (["a", "b", "a", "b"], ["a", "b"])
    assert [renamed.code_of("a") == renamed.codes[0], renamed.code_of("z")] == [True, -1]
