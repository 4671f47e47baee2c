"""Laws of spreadsheets: whatever becomes of a file, it is read or refused in one line, and the next one is read."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examgen.errors import AnswersError
from examgen.tables.csv_tables import Limits
from examgen.tables.spreadsheet_reader import SpreadsheetReader
from examgen.tables.spreadsheets import read_spreadsheet
from tests.packed_sheets import Cell, write_ods, write_xlsx

ROWS: list[list[Cell]] = [["student", "z1", "z2"], ["s1", 1.5, "x"], ["s2", -2.0, ""], ["", 0.25, "y z"]]
WRITERS: dict[str, Callable[..., Path]] = {"xlsx": write_xlsx, "ods": write_ods}

NASTY = st.sampled_from(
    [
        *(
            "<row>",
            "</row>",
            '<row r="1048576">',
            '<c r="XFD1048576"><v>1</v></c>',
            '<c t="s"><v>0</v></c>',
            "<v>",
            "]]>",
        ),
        *('<dimension ref="A1:XFD9"/>', '<mergeCell ref="A1:ZZ99"/>', "<f>1</f>", "<!---->", "<![CDATA[x]]>", "<?x?>"),
        *(
            "<!DOCTYPE a>",
            "&a;",
            "&#0;",
            "&#x10ffff;",
            "&#49;",
            "\0",
            "\ufeff",
            "\ufffe",
            '"',
            "'",
            "<",
            ">",
            "&",
            "/>",
        ),
        *(
            ' table:number-rows-repeated="100000000"',
            ' table:number-columns-repeated="+99999999"',
            '<text:s text:c="9"/>',
        ),
        *(' r="A1"', ' r="ZZZZZZZZ1"', ' t="e"', ' t="b"', ' t="d"', ' t="str"', ' office:value-type="date"', ' s="9"'),
        *("9" * 30, "-1", "0", "1e999", "NaN", "\u0661", "x" * 5_000, "<a>" * 500, "xml:space", "table:", "office:"),
    ]
)
CHANGES = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 12), NASTY), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def reader() -> Iterator[SpreadsheetReader]:
    """One for all files, as in a class."""
    with SpreadsheetReader() as one:
        yield one


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small sheet in each format."""
    folder = tmp_path_factory.mktemp("honest")
    return {kind: write(folder / f"s.{kind}", ROWS).read_bytes() for kind, write in WRITERS.items()}


def read_or_refused(reader: SpreadsheetReader, data: bytes) -> None:
    """Read a file by the name of s, which stands before every reason."""
    told = "s: "
    try:
        rows = read_spreadsheet("s", data, Limits(), reader=reader, seconds=2).rows
        assert all(isinstance(cell, str) for _, row in rows for cell in row)
    except AnswersError as error:
        told = str(error)
    assert told.startswith("s: ")
    assert told.isprintable()


@given(st.sampled_from(["xlsx", "ods"]), st.integers(0, 4), CHANGES)
@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changed_parts_are_read_or_refused(
    reader: SpreadsheetReader,
    honest: dict[str, bytes],
    kind: str,
    number: int,
    changes: list[tuple[int, int, str]],
) -> None:
    """Parts in which something was taken out and put in."""
    archive = zipfile.ZipFile(io.BytesIO(honest[kind]))
    parts = {name: archive.read(name).decode() for name in archive.namelist()}
    name = sorted(parts)[number % len(parts)]
    for place, gone, put in changes:
        at = place % (len(parts[name]) + 1)
        parts[name] = parts[name][:at] + put + parts[name][at + gone :]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as changed:
        for part, text in parts.items():
            changed.writestr(part, text)
    read_or_refused(reader, stream.getvalue())


@given(
    st.sampled_from(["xlsx", "ods"]),
    st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=3)), max_size=4),
    st.integers(0, 400),
)
@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changed_bytes_are_read_or_refused(
    reader: SpreadsheetReader, honest: dict[str, bytes], kind: str, changes: list[tuple[int, bytes]], cut: int
) -> None:
    """The packed file itself, with other bytes in it and without its end."""
    data = bytearray(honest[kind])
    for place, put in changes:
        at = place % len(data)
        data[at : at + len(put)] = put
    read_or_refused(reader, bytes(data[: len(data) - (cut if cut > 200 else 0)]))


def test_the_honest_file_is_still_read(reader: SpreadsheetReader, honest: dict[str, bytes]) -> None:
    """After all of these, by the same reader."""
    for data in honest.values():
        found = read_spreadsheet("s", data, Limits(), reader=reader)
        assert found.titles == ("student", "z1", "z2")
        assert [row for _, row in found.rows] == [["s1", "1.5", "x"], ["s2", "-2"], ["", "0.25", "y z"]]
