"""Who writes a decimal comma, against going through the rows of each student in each file one by one."""

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from examgen.marking.answers import AnswerTable, Numbers, Texts
from examgen.marking.decimal_marks import comma_rows, comma_writers, read_numbers
from examgen.marking.numbers import DecimalMark, Number, parse_number

FILES = 3
Row = tuple[int, str, str, str, str]
"""File, student, variant, field and answer."""

ANSWERS = ("0,5", "-1,25", "0.5", "2.", "7", "1,2,3", "1.2.3", "4,1", "x", "", "1,5e1")
ROWS = st.tuples(
    st.integers(0, FILES - 1),
    st.sampled_from(("ada", "bob", "ada", "bob", "")),
    st.sampled_from(("1", "2", "")),
    st.sampled_from(("z1", "L", "z1", "delta1_shape")),
    st.sampled_from(ANSWERS),
)
BOTH: tuple[DecimalMark, ...] = (".", ",")


def table_of(rows: list[Row]) -> AnswerTable:
    file, student, variant, field, answer = zip(*rows, strict=True)
    nothing = Numbers.of(parse_number("") for _ in rows)
    exam, question = Texts.of(["e"] * len(rows)), Texts.of(["Q1"] * len(rows))
    names = (exam, Texts.of(variant), Texts.of(student), question, Texts.of(field))
    return AnswerTable(np.array(file, np.int32), np.arange(len(rows)), *names, Texts.of(answer), nothing)


def person(row: Row) -> tuple[int, str]:
    """A student in a file, else a variant in it, else the file."""
    file, student, variant, _, _ = row
    return file, student or (f"variant {variant}" if variant else "nobody")


def are_with_comma(rows: list[Row], is_open: list[bool]) -> list[bool]:
    """Which rows are of who writes numbers with a comma and none with a point."""
    marks = defaultdict(set)
    for row in rows:
        for mark in BOTH:
            if mark in row[4] and row[3] != "delta1_shape" and isinstance(parse_number(row[4], mark), Number):
                marks[person(row)].add(mark)
    return [is_open[row[0]] and row[3] != "delta1_shape" and marks[person(row)] == {","} for row in rows]


@given(st.lists(ROWS, min_size=1, max_size=25), st.lists(st.booleans(), min_size=FILES, max_size=FILES))
@settings(max_examples=400)
def test_who_needs_the_comma_has_it_in_that_file(rows: list[Row], is_open: list[bool]) -> None:
    """Only in files without commas between cells, and whatever others write, or the same student in another file."""
    table, expected = table_of(rows), are_with_comma(rows, is_open)
    found = comma_rows(table, np.array(is_open))
    assert found.tolist() == expected
    names = defaultdict(set)
    for row, is_comma in zip(rows, expected, strict=True):
        if is_comma:
            names[row[0]].add(row[1] or row[2])
    assert comma_writers(table, found) == {file: tuple(sorted(writers)) for file, writers in names.items()}


@given(st.lists(st.tuples(st.sampled_from(ANSWERS), st.booleans()), min_size=1, max_size=25), st.sampled_from(BOTH))
def test_each_row_is_read_with_its_mark(rows: list[tuple[str, bool]], fixed: DecimalMark) -> None:
    """The same text may be a number in one row and none in another."""
    texts, is_comma = zip(*rows, strict=True)
    found = read_numbers(Texts.of(texts), np.array(is_comma), fixed)
    assert [found.at(place) for place in range(len(rows))] == [
        parse_number(text, "," if has_comma else fixed) for text, has_comma in rows
    ]
