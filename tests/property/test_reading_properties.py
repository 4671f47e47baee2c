"""Laws of reading: no text is too strange, no rounding is lost, and the spelling of a file does not matter."""

import csv
import math
import random
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from examgen.core.formulas.number_grammar import DecimalMark
from examgen.errors import AnswersError
from examgen.exams.keys.key_lines import SHEET_COLUMNS
from examgen.marking.reading.class_sheets import AnswerSheet, read_answers
from examgen.marking.reading.typed.typed_numbers import REASONS, Number, Unreadable, parse_number
from examgen.tables.csv_tables import RowProblem, scan_table
from tests.laws import tried

MARKS: st.SearchStrategy[DecimalMark] = st.sampled_from([".", ","])
NEAR_NUMBERS = st.text(st.sampled_from("0123456789.,+-eE*x×10^/_%'#=@ \t\n\u00a0\u2212\ufeffnaif()jJ"), max_size=70)
DIGITS = st.text("0123456789", max_size=25)


def nearest_double(exact: Fraction) -> float:
    """Round to the nearest double, ties to even, by integers alone; infinite beyond the largest."""
    if exact == 0:
        return 0.0
    size = abs(exact)
    # The unit in the last place: 53 bits for normal numbers, never finer than the smallest subnormal one.
    power = size.numerator.bit_length() - size.denominator.bit_length() - 53
    while size >= Fraction(2) ** (power + 53):
        power += 1
    power = max(power, -1074)
    units = round(size / Fraction(2) ** power)  # round() of a fraction takes ties to even
    if units * Fraction(2) ** power >= Fraction(2) ** 1024:
        return math.inf if exact > 0 else -math.inf
    return math.ldexp(units if exact > 0 else -units, power)


@given(st.text() | NEAR_NUMBERS, MARKS)
@tried(200)
def test_any_text_is_a_number_or_has_a_reason(text: str, mark: DecimalMark) -> None:
    """No text raises, every reason is one that can be told, and every number is finite."""
    parsed = parse_number(text, mark)
    if isinstance(parsed, Number):
        assert math.isfinite(parsed.value)
    else:
        assert parsed.reason in REASONS


@given(st.binary(max_size=200))
def test_any_decoded_bytes_are_survived(data: bytes) -> None:
    """Lone surrogates and other remains of broken encodings are refused like any text."""
    assert isinstance(parse_number("x" + data.decode("utf-8", "surrogateescape")), Unreadable)


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(5e-324)
@example(1.7976931348623157e308)
@example(-0.0)
def test_repr_comes_back(value: float) -> None:
    """Every finite double that is written out in full is read as itself."""
    parsed = parse_number(repr(value))
    assert isinstance(parsed, Number)
    assert parsed.value == value


@given(
    st.sampled_from(["", "+", "-", "\u2212"]),
    DIGITS,
    DIGITS,
    st.none() | st.integers(-345, 330),
    st.sampled_from(["e", "E", "*10^", "×10^", "x10^"]),
    MARKS,
)
@example("", "17976931348623158079", "", 289, "e", ".")
@example("", "17976931348623158080", "", 289, "e", ".")
@example("", "2", "4703282292062327208", -324, "e", ".")
@example("", "9007199254740993", "", None, "e", ".")
@tried(200)
def test_decimal_is_the_nearest_double(
    sign: str, whole: str, behind: str, power: int | None, times: str, mark: DecimalMark
) -> None:
    """A written decimal is rounded once, and too large and too small are told apart from numbers."""
    text = f"{sign}{whole}{mark}{behind}" + ("" if power is None else f"{times}{power}")
    if not whole and not behind:
        assert isinstance(parse_number(text, mark), Unreadable)
        return
    exact = Fraction(int(whole + behind)) * Fraction(10) ** ((power or 0) - len(behind))
    value = nearest_double(-exact if sign in {"-", "\u2212"} else exact)
    parsed = parse_number(text, mark)
    if math.isinf(value):
        assert parsed == Unreadable("overflow")
    elif exact and value == 0.0:
        assert parsed == Unreadable("underflow")
    else:
        assert isinstance(parsed, Number)
        assert (parsed.value, parsed.decimals) == (value, len(behind) - (power or 0))


@given(st.integers(-(10**30), 10**30), st.integers(-(10**30), 10**30))
def test_fraction_is_the_nearest_double(above: int, below: int) -> None:
    """A fraction is divided exactly and rounded once."""
    parsed = parse_number(f"{above}/{below}")
    if below == 0:
        assert parsed == Unreadable("zero_division")
    else:
        assert parsed == Number(nearest_double(Fraction(above, below)), None, None)


@given(st.integers(-(10**12), 10**12), st.integers(0, 12))
def test_fixed_decimals_are_counted(units: int, decimals: int) -> None:
    """A number printed with so many decimals is known to have them."""
    written = str(abs(units)).zfill(decimals + 1)
    text = "-" * (units < 0) + (f"{written[:-decimals]}.{written[-decimals:]}" if decimals else written)
    parsed = parse_number(text)
    assert isinstance(parsed, Number)
    assert parsed.decimals == decimals
    assert parsed.digits == len(str(abs(units)).lstrip("0"))


NAMES = st.text("abcXYZ019 -é\u0416", min_size=1, max_size=8).map(lambda name: f"n{name}n")
ANSWERS = st.sampled_from(["0.5", "-1.25e-3", "1/3", "", "x", "0,5", "nan", "2\n3", 'a "b"', "7;8", "\u22121", "5%"])
ENTRIES = st.lists(st.tuples(NAMES, NAMES, ANSWERS), min_size=1, max_size=12, unique_by=lambda entry: entry[:2])


def spelled(
    entries: list[tuple[str, str, str]],
    delimiter: str = ",",
    end: str = "\n",
    encoding: str = "utf-8",
    quotes_all: bool = False,
) -> bytes:
    """Write a sheet, cells in quotes where they need them or everywhere."""
    rows = [["exam", "7", student, "Q1", field, "\u2202L", answer] for student, field, answer in entries]
    lines = []
    for row in [list(SHEET_COLUMNS), *rows]:
        needs = [quotes_all or any(c in cell for c in '",;\t\n') for cell in row]
        cells = ['"' + cell.replace('"', '""') + '"' if need else cell for cell, need in zip(row, needs, strict=True)]
        lines.append(delimiter.join(cells) + end)
    return "".join(lines).encode(encoding)


def read(data: bytes, decimal: DecimalMark = ".") -> AnswerSheet:
    with TemporaryDirectory() as folder:
        path = Path(folder, "answers.csv")
        path.write_bytes(data)
        return read_answers(path, decimal)


def content(sheet: AnswerSheet) -> dict[tuple[str, str], tuple[str, Number | Unreadable]]:
    return {(row.student, row.field): (row.answer, row.parsed) for row in sheet.rows}


@given(
    ENTRIES,
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    st.booleans(),
)
def test_spelling_of_the_file_does_not_matter(
    entries: list[tuple[str, str, str]], delimiter: str, end: str, encoding: str, quotes_all: bool
) -> None:
    """Every delimiter, line end, encoding and way of quoting gives the rows that were written."""
    sheet = read(spelled(entries, delimiter, end, encoding, quotes_all))
    assert sheet.problems == ()
    assert content(sheet) == {(student, field): (answer, parse_number(answer)) for student, field, answer in entries}


@given(ENTRIES, st.lists(st.integers(0, 11), max_size=6), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(
    entries: list[tuple[str, str, str]], again: list[int], order: random.Random
) -> None:
    """Shuffled rows give the same entries, also where some are there twice with the same or another answer."""
    rows = entries + [
        (*entries[i % len(entries)][:2], entries[i // 2 % len(entries)][2]) for i in again
    ]  # some differ, some do not
    shuffled = rows.copy()
    order.shuffle(shuffled)
    first, second = read(spelled(rows)), read(spelled(shuffled))
    assert {key: parsed for key, (_, parsed) in content(first).items()} == {
        key: parsed for key, (_, parsed) in content(second).items()
    }
    assert len(first.rows) == len(second.rows) == len(entries)


@given(st.lists(st.text(st.sampled_from('ab,;"\n\r\t é'), max_size=12), min_size=1, max_size=8))
@tried(150)
def test_cells_agree_with_the_csv_module(lines: list[str]) -> None:
    """Where the csv module reads a line by itself as a row of the right width, so does the scanner."""
    lines = [line.replace("\n", "").replace("\r", "") for line in lines]
    with TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_bytes("\n".join(["a,b", *lines]).encode())
        records = {record.line: record for record in scan_table(path, ("a", "b")).records}
    for number, line in enumerate(lines, start=2):
        try:
            (cells,) = csv.reader([line], strict=True)
        except (csv.Error, ValueError):
            continue
        if number in records and len(cells) == 2 and not isinstance(records[number], RowProblem):
            assert list(records[number].cells) == cells
        elif len(cells) == 2 and "".join(cells).strip(" \t\ufeff"):
            assert any('"' in earlier for earlier in lines[: number - 2])  # taken into a quoted cell of an earlier row


@given(st.binary(max_size=300), st.booleans())
@tried(150)
def test_any_bytes_are_a_sheet_or_an_error(data: bytes, has_header: bool) -> None:
    """No file raises anything but the error that instructors are shown."""
    content = (",".join(SHEET_COLUMNS) + "\n").encode() * has_header + data
    told = ""
    try:
        read(content)
    except AnswersError as error:
        told = str(error)
    assert told.isprintable()
    assert told or has_header
