"""Reading by columns is reading row by row: the same rows, the same problems, whatever stands in a file."""

from hypothesis import example, given
from hypothesis import strategies as st

from examgen.errors import AnswersError
from examgen.tables.columns import read_columns
from examgen.tables.csv_tables import Limits, open_table
from examgen.tables.table_rows import Row, RowProblem, records
from tests.laws import tried

COLUMNS = ("a", "b", "c")
SMALL = Limits(max_field=12, max_columns=4, max_rows=40)

CELLS = st.one_of(
    st.text(st.sampled_from("xy\u00e9\u20ac \t\ufeff\x00'0.5"), max_size=6),
    st.text(st.sampled_from('x",;\r\n'), max_size=5),
    st.sampled_from(["", "x" * 12, "x" * 13, "\u20ac" * 12, "x" * 60, '"q"', '"a,b"', '"a""b"', '"a', 'a"', '"', '""']),
)
LINES = st.lists(CELLS, min_size=0, max_size=5).map(",".join) | st.lists(CELLS, min_size=3, max_size=3).map(",".join)
FILES = st.tuples(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())


DAMAGED = st.lists(st.sampled_from(["x", "\xe9", "1", "-1", "0000", ",", '"', "\n", "\u20ac", "", " "]), max_size=60)

Header = tuple[str, tuple[str, ...], str]
"""The header, those of its columns that are wanted, and the one with numbers."""

OTHERS = st.sampled_from(
    [
        ("a,b,c,,", COLUMNS, "c"),
        ("a,b,c,notes", COLUMNS, "c"),
        (",a,x,b,c,y,", COLUMNS, "c"),
        ("a,n,b,c", COLUMNS, "a"),
        ("c,b,a", ("a", "b"), "b"),
    ]
)


def by_rows(data: bytes, wanted: tuple[str, ...] = COLUMNS, number: str = "") -> list[Row | RowProblem] | str:
    """What the strict scanner gives."""
    try:
        table = open_table("t", data, wanted, limits=SMALL, keeps_damage=True)
        return list(records(table.lines, table.layout(wanted, number), SMALL))
    except AnswersError as error:
        return str(error)


def by_columns(data: bytes, wanted: tuple[str, ...] = COLUMNS, number: str = "") -> list[Row | RowProblem] | str:
    """The same from columns."""
    try:
        table = open_table("t", data, wanted, limits=SMALL, keeps_damage=True)
        found = read_columns(table, wanted, wanted, SMALL, number)
        texts = [column.to_pylist() for column in found.texts]
        plain = [Row(int(line), tuple(cells)) for line, *cells in zip(found.lines, *texts, strict=True)]
        return sorted([*plain, *found.others], key=lambda row: row.line)
    except AnswersError as error:
        return str(error)


@given(FILES, st.sampled_from(["a,b,c", "c, A ,b", "\n,,\na,b,c", '"a","b","c"']), st.sampled_from(["utf-8", "utf-16"]))
@example((["x,y,z", '"x', 'y",z', "x,y,z"], "\n", True), "a,b,c", "utf-8")
@example((["x,y,z", '1,"2', '3"', "x,y,z"], "\n", True), "a,b,c", "utf-8")
@example((['1,2,"', '3",4,5', "", '6"', "x,y,z"], "\n", True), "a,b,c", "utf-8")
@example((["1,2,3", "1,2", "1,2,3,4", "", ",,", " ,\t,", "1,2,3"], "\n", False), "a,b,c", "utf-8")
@example(([], "\n", True), "a,b,c", "utf-8")
@tried(200)
def test_columns_are_the_rows(file: tuple[list[str], str, bool], header: str, encoding: str) -> None:
    """Every row with its line and cells, and every problem with its words."""
    lines, end, ends = file
    data = (end.join([header, *lines]) + end * ends).encode(encoding)
    assert by_columns(data) == by_rows(data)


@given(st.binary(max_size=200))
@tried(200)
def test_any_bytes_are_read_alike(body: bytes) -> None:
    """Also where they are no text, and where they hold what no spreadsheet writes."""
    data = b"a,b,c\n" + body
    assert by_columns(data) == by_rows(data)


@given(st.lists(st.sampled_from(['"', ",", "x", "\n", '"\n', '",', ',"', '""']), max_size=60))
@tried(350)
def test_any_quotes_are_read_alike(pieces: list[str]) -> None:
    """Quotes that open, close, double and cross lines in every way."""
    data = ("a,b,c\n" + "".join(pieces)).encode()
    assert by_columns(data) == by_rows(data)


@given(FILES, OTHERS, st.sampled_from(["utf-8", "utf-16"]))
@example(
    (["1,2,-3,0000,", "1,2,-3,,", "1,2,3", ",,,4,5", "1,2", "1,2,3,,,", "1,2,3,,,x", '"1",2,3,"x"', ""], "\n", True),
    ("a,b,c,,", COLUMNS, "c"),
    "utf-8",
)
@example((['1,2,"3', '4",x', '1,2,"3', ",,,"], "\n", True), ("a,b,c,notes", COLUMNS, "c"), "utf-8")
@tried(200)
def test_columns_beside_those_that_are_wanted_are_passed_over_alike(
    file: tuple[list[str], str, bool], header: Header, encoding: str
) -> None:
    """Rows may be shorter and longer by such cells; a number whose decimals stand there is refused."""
    names, wanted, number = header
    lines, end, ends = file
    data = (end.join([names, *lines]) + end * ends).encode(encoding)
    assert by_columns(data, wanted, number) == by_rows(data, wanted, number)


@given(OTHERS, DAMAGED)
@tried(150)
def test_damaged_bytes_are_read_alike(header: Header, pieces: list[str]) -> None:
    """They stay in their cells, whichever way these are cut."""
    names, wanted, number = header
    data = f"{names}\n".encode() + "".join(pieces).encode("cp1252")
    found = by_rows(data, wanted, number)
    assert by_columns(data, wanted, number) == found
    assert not isinstance(found, str)
