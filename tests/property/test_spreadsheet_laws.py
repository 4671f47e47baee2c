"""Laws of spreadsheets: whatever becomes of a file, it is read or refused in one line, and the next one is read."""

import copy
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from examgen.errors import AnswersError
from examgen.tables.csv_tables import Limits
from examgen.tables.spreadsheet_reader import SpreadsheetReader
from examgen.tables.spreadsheets import read_spreadsheet
from tests.laws import tried
from tests.packed_sheets import Cell, write_ods, write_xlsx

# Parsers of spreadsheets know names by the prefixes that programs write.
for prefix in ("office", "table", "text", "manifest"):
    ElementTree.register_namespace(prefix, f"urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0")
ElementTree.register_namespace("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")

ROWS: list[list[Cell]] = [["student", "z1", "z2"], ["s1", 1.5, "x"], ["s2", -2.0, ""], ["", 0.25, "y z"]]
WRITERS: dict[str, Callable[..., Path]] = {"xlsx": write_xlsx, "ods": write_ods}

_ODS = "urn:oasis:names:tc:opendocument:xmlns"
REPEATS = {
    *(f"{{{_ODS}:table:1.0}}number-{what}-repeated" for what in ("rows", "columns")),
    *(f"{{{_ODS}:text:1.0}}c", "r", "t", "ref", "s", "count"),
}

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
NUMBERS = st.sampled_from(
    ["0", "-1", "+7", "1.5", "16384", "65536", "1048576", "99999999", "4294967295", "9" * 20, "x", ""]
)
MOVES = st.lists(
    st.tuples(st.sampled_from(["number", "attribute", "text", "again", "inside", "away"]), st.integers(0), NUMBERS),
    min_size=1,
    max_size=6,
)


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
@tried(80, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    read_or_refused(reader, packed(parts))


@given(st.sampled_from(["xlsx", "ods"]), st.integers(0, 4), MOVES)
@tried(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_other_sheets_of_a_kind_are_read_or_refused(
    reader: SpreadsheetReader, honest: dict[str, bytes], kind: str, number: int, moves: list[tuple[str, int, str]]
) -> None:
    """Parts that are XML as before, with other numbers and texts, and elements that were repeated, moved and lost."""
    archive = zipfile.ZipFile(io.BytesIO(honest[kind]))
    parts = {name: archive.read(name) for name in archive.namelist()}
    names = sorted(name for name in parts if name.endswith((".xml", ".rels")))
    name = names[number % len(names)]
    root = ElementTree.fromstring(parts[name])
    for move in moves:
        change(root, *move)
    parts[name] = re.sub(rb"(</?)ns0:|(?<=xmlns):ns0", rb"\1", ElementTree.tostring(root))
    read_or_refused(reader, packed(parts))


def change(root: ElementTree.Element, what: str, place: int, text: str) -> None:
    """Change one element below the root."""
    elements = list(root.iter())
    parent = elements[place % len(elements)]
    child = parent[place % len(parent)] if len(parent) else parent
    keys = sorted(child.attrib)
    if what == "number" and keys:
        key = keys[place % len(keys)]
        child.set(key, re.sub("[0-9]+", text, child.attrib[key]) or text)
    elif what == "attribute":
        attributes = sorted({key for element in elements for key in element.attrib} | REPEATS)
        child.set(attributes[place % len(attributes)], text)
    elif what == "text":
        child.text = text
    elif what == "again" and len(elements) < 2_000:
        parent.extend([copy.deepcopy(child) for _ in range(place % 40)] if child is not parent else [])
    elif what == "inside" and len(elements) < 2_000:
        child.append(copy.deepcopy(parent))
    elif what == "away" and child is not parent:
        parent.remove(child)


def packed(parts: Mapping[str, bytes | str]) -> bytes:
    """A zip file of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


@given(
    st.sampled_from(["xlsx", "ods"]),
    st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=3)), max_size=4),
    st.integers(0, 400),
)
@tried(80, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
