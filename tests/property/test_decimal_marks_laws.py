"""Which decimal mark a cell is read with, against going through the cells of each student one by one."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from examgen.core.formulas.number_grammar import DecimalMark
from examgen.marking.reading.answers import AnswerTable, Numbers
from examgen.marking.reading.decimal_marks import comma_writers, read_numbers
from examgen.marking.reading.typed.typed_numbers import Number, Unreadable, parse_number
from examgen.tables.text_columns import Texts
from tests.laws import tried

FILES = 3
Row = tuple[int, str, str, str, str]
"""File, student, variant, field and answer."""

COMMAS = ("0,5", "-1,25", "1,5e1", "-0,123", "1234,567", "1,2345")
POINTS = ("0.5", "-1.25", "2.", "0.123", "1.0000")
MAY_BE_BOTH = ("1,234", "-12,345", "+999,000", "1.234", "100.000")
OTHERS = ("7", "1,2,3", "1.2.3", "4,1", "1.234,5", "x", "", "1,5 m")
ROWS = st.tuples(
    st.integers(0, FILES - 1),
    st.sampled_from(("ada", "bob", "ada", "bob", "")),
    st.sampled_from(("1", "2", "")),
    st.sampled_from(("z1", "L", "z1", "delta1_shape")),
    st.sampled_from((*COMMAS, *POINTS, *MAY_BE_BOTH, *OTHERS)),
)
TABLES = st.lists(ROWS, min_size=1, max_size=25)
BOTH: tuple[DecimalMark, ...] = (".", ",")
THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
"""What may be a decimal number, or one with its thousands set apart."""


def table_of(rows: Iterable[Row]) -> AnswerTable:
    file, student, variant, field, answer = map(list, zip(*rows, strict=True))
    nothing = Numbers.of(parse_number("") for _ in file)
    exam, question = Texts.of(["e"] * len(file)), Texts.of(["Q1"] * len(file))
    names = (exam, Texts.of(variant), Texts.of(student), question, Texts.of(field))
    return AnswerTable(np.array(file, np.int32), np.arange(len(file)), *names, Texts.of(answer), nothing)


def person(row: Row) -> str:
    """A student in whichever files, else a variant, else the file."""
    file, student, variant, _, _ = row
    return student or (f"variant {variant}" if variant else f"file {file}")


def certain_mark(text: str) -> DecimalMark | None:
    """The mark of a cell that can mean one thing only."""
    marks = [mark for mark in BOTH if mark in text and isinstance(parse_number(text, mark), Number)]
    return marks[0] if marks and not THOUSANDS.fullmatch(text) else None


def marks_of(rows: Iterable[Row], usual: DecimalMark) -> dict[str, DecimalMark | None]:
    """Of each person the mark of their certain numbers, by far the most of them; the usual one of who has none."""
    counts: dict[str, Counter[DecimalMark]] = defaultdict(Counter)
    for row in rows:
        mark = certain_mark(row[4]) if not row[3].endswith("_shape") else None
        counts[person(row)].update([mark] if mark else [])
    found: dict[str, DecimalMark | None] = {}
    for who, count in counts.items():
        ranked = count.most_common()
        often, seldom = ranked[0][1] if ranked else 0, ranked[1][1] if len(ranked) > 1 else 0
        found[who] = usual if not ranked else ranked[0][0] if often >= 3 * seldom else None
    return found


def expected_of(rows: list[Row], usual: DecimalMark) -> list[Number | Unreadable]:
    """What each cell is."""
    marks = marks_of(rows, usual)
    found: list[Number | Unreadable] = []
    for row in rows:
        text, mine = row[4], marks[person(row)]
        if THOUSANDS.fullmatch(text):
            found.append(parse_number(text, mine) if mine and mine in text else Unreadable("ambiguous_mark"))
        else:
            found.append(parse_number(text, certain_mark(text) or mine or "."))
    return found


@given(TABLES, st.sampled_from(BOTH))
@example([(0, "ada", "1", "z1", "1,234"), (1, "ada", "2", "z1", "0,5"), (0, "bob", "1", "z1", "1,234")], ".")
@example([(0, "", "1", "z1", "1.234"), (0, "", "", "z1", "1.234"), (0, "ada", "1", "delta1_shape", "4,1")], ",")
@example([(0, "ada", "1", "z1", text) for text in ("0,5", "0,5", "0,5", "0.5", "1,234", "1.234")], ".")
@example([(0, "ada", "1", "z1", text) for text in ("0,5", "0,5", "0.5", "1,234", "1.234")], ",")
@tried(200)
def test_each_cell_is_read_with_the_mark_of_its_student(rows: list[Row], usual: DecimalMark) -> None:
    """What is certain is read as it is, what is not with the mark of the student's other cells or of the language."""
    table, expected = table_of(rows), expected_of(rows, usual)
    found = read_numbers(table, "auto", usual)
    assert [found.numbers.at(place) for place in range(len(rows))] == expected
    names = defaultdict(set)
    for row, number in zip(rows, expected, strict=True):
        if "," in row[4] and isinstance(number, Number):
            names[row[0]].add(row[1] or row[2])
    writers = comma_writers(table, found.is_comma)
    assert writers == {file: tuple(sorted(people)) for file, people in names.items()}


@given(TABLES, st.sampled_from(BOTH), st.sampled_from(BOTH))
def test_a_stated_mark_is_that_of_every_cell(rows: list[Row], stated: DecimalMark, usual: DecimalMark) -> None:
    """Whatever others write and whatever the language is; then no cell is ambiguous."""
    found = read_numbers(table_of(rows), stated, usual)
    assert [found.numbers.at(place) for place in range(len(rows))] == [parse_number(row[4], stated) for row in rows]


@given(TABLES, TABLES, st.sampled_from(BOTH), st.randoms(use_true_random=False))
def test_nobody_else_decides_how_a_student_is_read(
    rows: list[Row], more: list[Row], usual: DecimalMark, chance: random.Random
) -> None:
    """Cells of other people, before, between and behind, change nothing; nor does the order of the student's own."""
    mine = [row for row in rows if row[1] == "ada"] or [(0, "ada", "1", "z1", "1,234")]
    others = [row for row in more if row[1] != "ada"]
    mixed = [*mine, *others]
    chance.shuffle(mixed)
    alone, together = (
        {
            row[4]: found.numbers.at(place)
            for found in [read_numbers(table_of(table), "auto", usual)]
            for place, row in enumerate(table)
            if row[1] == "ada"
        }
        for table in (mine, mixed)
    )
    assert together == alone
