"""Working by columns is working one by one: numbers read, numbers written, and cells quoted."""

import csv
import io
import math

import numpy as np
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from examgen.core.formulas.number_grammar import DecimalMark
from examgen.marking.reading.answers import Numbers
from examgen.marking.reading.number_columns import parse_texts
from examgen.marking.reading.typed.typed_numbers import parse_number
from examgen.marking.results.result_rows import six_digits
from examgen.tables.csv_writing import Column, csv_table, number_texts, repeated
from examgen.tables.text_columns import Texts
from tests.laws import tried

NEAR_NUMBERS = st.text(st.sampled_from("0123456789.,+-eE/% \n\u2212\u2013\u00ad\u200b'"), max_size=70)
AROUND = st.text(" \t\n\u00a0\u200b\u200e\ufeff\u00ad\u2013\u207b'", max_size=3)
PLAIN = st.from_regex(r"\A-?[0-9]{1,40}([.,][0-9]{1,40})?\Z")
DOUBLES = st.floats(allow_infinity=False) | st.floats(-2e-4, 2e-4) | st.integers(-(10**17), 10**17).map(float)
CELLS = st.text(st.sampled_from('ab,;"\n\r\t é\u2028='), max_size=6)


@given(
    st.lists(NEAR_NUMBERS | PLAIN | st.tuples(AROUND, PLAIN, AROUND).map("".join) | st.text(max_size=5), max_size=20),
    st.sampled_from([".", ","]),
)
@example(["0" * 64, "0" * 65, "-" + "9" * 63, "-0", "-0.00", "00.10", "1.", ".5", "٣", "1e-99", "1\n"], ".")
@example(
    ["\u2013" + "9" * 63, "\u2013" + "9" * 64, " \u2212 5.5", "\u200b\u2212\u200b5", "5\u00ad", "\u00ad5", "\u207b5"],
    ".",
)
@tried(200)
def test_texts_are_parsed_as_one_by_one(texts: list[str], mark: DecimalMark) -> None:
    """Value, written digits and decimals, and the reason of what is no number are the same."""
    found, expected = parse_texts(pa.array(texts, pa.string()), mark), [parse_number(text, mark) for text in texts]
    assert [found.at(row) for row in range(len(texts))] == expected
    assert not np.signbit(found.values[found.values == 0]).any()
    assert np.array_equal(found.reason, Numbers.of(expected).reason)


@given(st.lists(DOUBLES, min_size=1, max_size=30))
@example(
    [1e-4, math.nextafter(1e-4, 0), 1e-5, math.nextafter(1e-5, 0), 1e-6, 1e9, 1e10, 1e15, 1e16, 1e17, -0.0, 5e-324]
)
@tried(200)
def test_numbers_are_written_with_the_digits_of_repr(values: list[float]) -> None:
    """They read back as the same double, with no more digits than that takes; nothing for NaN."""
    for value, text in zip(values, number_texts(np.array(values)).to_pylist(), strict=True):
        assert text == "" if math.isnan(value) else float(text) == value
        assert math.isnan(value) or digits(text) == digits(repr(value))


def digits(text: str) -> str:
    """The digits of a number without the zeros around them, wherever its point is."""
    return text.split("e")[0].replace(".", "").strip("-0")


@given(st.lists(DOUBLES, min_size=1, max_size=30).map(lambda values: values * 2))
def test_repeated_numbers_are_written_as_others_are(values: list[float]) -> None:
    """Each is found again, 0 and -0 apart."""
    assert repeated(np.array(values)).list() == number_texts(np.array(values)).to_pylist()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
@example([1.0000005, 0.51e-4, 9.9999995, 999999.5, 1234565.0, 1e-300, 1e300, 0.0, 7.19869e-18])
@example([927.0365, 37.92675, 2.408915e-10, 0.0005951855, -927.0365])  # nearly halfway, to either side
@tried(200)
def test_six_digits_are_those_of_the_decimal(values: list[float]) -> None:
    """The double nearest to the value written with six significant digits."""
    assert six_digits(np.array(values)).tolist() == [float(f"{value:.6g}") for value in values]


@given(st.lists(st.tuples(CELLS, CELLS, DOUBLES, CELLS, CELLS), min_size=1, max_size=40))
@tried(150)
def test_tables_are_what_the_csv_module_writes(rows: list[tuple[str, str, float, str, str]]) -> None:
    """Quotes stand where they are needed and nowhere else, however columns are put together on the way."""
    first, second, values, third, last = zip(*rows, strict=True)
    columns: list[Column] = [Texts.of(first), Texts.of(second), np.array(values), Texts.of(third), Texts.of(last)]
    lines = []
    for row in [tuple("abcde"), *rows]:
        stream = io.StringIO(newline="")
        # With this line end the module quotes carriage returns too, which some programs take for the end of a line.
        written = [number_texts(np.array([cell]))[0].as_py() if isinstance(cell, float) else cell for cell in row]
        csv.writer(stream, lineterminator="\r\n").writerow(written)
        lines.append(stream.getvalue().removesuffix("\r\n") + "\n")
    assert b"".join(csv_table("abcde", columns)) == "".join(lines).encode()
