"""Spreadsheets that are made to do harm: each costs itself at most, whatever it makes the parser do."""

import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from examgen.errors import AnswersError
from examgen.marking.reading.handed_in.sheets import Means, read_sheet
from examgen.marking.reading.handed_in.uploads import upload_of
from examgen.tables import spreadsheet_child, spreadsheet_reader
from examgen.tables.csv_tables import Limits
from examgen.tables.headers import HEADER_ROWS
from examgen.tables.spreadsheet_reader import Head, SpreadsheetReader
from examgen.tables.spreadsheets import read_spreadsheet
from tests.hostile_sheets import ODS, XLSX, far_cell, write_hostile
from tests.packed_sheets import Cell, write_ods, write_xlsx

REFUSED = {
    *(
        "last cell",
        "last row",
        "prefixes",
        "part of another name",
        "without references",
        "entities",
        "entities in UTF-16",
    ),
    *("entities in the workbook", "a sign", "an entity", "another namespace", "a sign in an attribute", "spaces"),
}
"""What spans too much or declares what it must not; of the others some are read, as the little that they hold."""

HONEST: list[list[Cell]] = [["student", "z1"], ["s", 1.5]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Hostile files by their kinds."""
    return write_hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def reader() -> Iterator[SpreadsheetReader]:
    """One for all files, as in a class."""
    with SpreadsheetReader() as one:
        yield one


@pytest.mark.parametrize("kind", [*(f"xlsx, {kind}" for kind in XLSX), *(f"ods, {kind}" for kind in ODS)])
def test_a_hostile_file_costs_itself_alone(
    files: dict[str, Path], reader: SpreadsheetReader, tmp_path: Path, kind: str
) -> None:
    """It is refused by name, or read as the little that it holds, and the next file is read as always."""
    begin = time.monotonic()
    rows, told = -1, ""
    try:
        rows = len(read_sheet(upload_of(files[kind]), Means(Limits(), seconds=0.5, reader=reader)).rows.line)
    except AnswersError as error:
        told = str(error)
    assert told.isprintable()
    assert told.startswith(str(files[kind])) if rows < 0 else kind.partition(", ")[2] not in REFUSED
    assert rows < 200_000
    assert time.monotonic() - begin < 4
    after = read_spreadsheet("after", write_xlsx(tmp_path / "s.xlsx", HONEST).read_bytes(), Limits(), reader=reader)
    assert after.rows == [(2, ["s", "1.5"])]


SPANNING = ("last cell", "last row", "last number", "spelled otherwise", "prefixes", "without references")


@pytest.mark.parametrize("kind", [*SPANNING, "one text many times", "beyond all numbers"])
def test_a_workbook_is_measured_where_memory_is_not_limited(tmp_path: Path, kind: str) -> None:
    """A real parser finds the numbers, however they are spelled, and the file is refused before it is read."""
    path = write_xlsx(tmp_path / "s.xlsx", [], parts=XLSX[kind]())
    with pytest.raises(MemoryError):
        spreadsheet_child.checked(path.read_bytes(), is_measured=True)


@pytest.mark.parametrize(
    "kind",
    [
        *("rows", "a sign", "an entity", "another namespace", "a prefix", "a sign in an attribute", "the last number"),
        *("beyond all numbers", "other digits", "both", "repeated text", "spaces", "the most spaces", "rows between"),
    ],
)
def test_an_open_document_is_measured_where_memory_is_not_limited(tmp_path: Path, kind: str) -> None:
    """Repetitions count as the cells that they stand for."""
    path = write_ods(tmp_path / "s.ods", [], ODS[kind]())
    with pytest.raises(MemoryError):
        spreadsheet_child.checked(path.read_bytes(), is_measured=True)


def test_honest_files_are_not_too_large_where_memory_is_not_limited(tmp_path: Path) -> None:
    """The empty cells with which programs fill up their sheets count for nothing; the parts stay as they are."""
    rows: list[list[Cell]] = [["student", "z1", "notes"]]
    rows += [[f"s{n}", float(n), "x" * 99] for n in range(2_000)]
    for path in (write_xlsx(tmp_path / "s.xlsx", rows), write_ods(tmp_path / "s.ods", rows)):
        plain = zipfile.ZipFile(spreadsheet_child.checked(path.read_bytes(), is_measured=True))
        whole = zipfile.ZipFile(path)
        assert plain.namelist() == whole.namelist()
        assert all(plain.read(name) == whole.read(name) for name in plain.namelist())


def test_the_memory_of_the_other_process_is_limited() -> None:
    """Where the system can do that, and it says so before the first file."""
    import python_calamine

    packages = str(Path(python_calamine.__file__).parent.parent)
    command = [sys.executable, "-I", spreadsheet_child.__file__, packages]
    done = subprocess.run(command, input=b"", capture_output=True, check=True)
    assert json.loads(done.stdout) == {"ready": sys.platform == "linux"}


def test_as_many_rows_come_as_the_header_is_looked_for_in() -> None:
    """The other process knows nothing of ours, and says the number by itself."""
    assert spreadsheet_child.HEAD == HEADER_ROWS


def seen(reader: SpreadsheetReader, data: bytes, seconds: float = 2.0) -> list[str]:
    """The sheets of a file, of which none is wanted."""
    names: list[str] = []

    def wants(head: Head) -> bool:
        names.append(head.sheet)
        return False

    reader.read("s.xlsx", data, 100, wants, seconds)
    return names


def test_a_process_that_ended_is_started_again(tmp_path: Path) -> None:
    """Whether between two files or in one; that file is refused, and the next one is read."""
    good = write_xlsx(tmp_path / "s.xlsx", HONEST, more={"T": HONEST}).read_bytes()
    bad = write_xlsx(tmp_path / "t.xlsx", [], far_cell("XFD", 1_048_576)).read_bytes()
    with SpreadsheetReader() as reader:
        assert seen(reader, good) == ["S", "T"]
        assert reader._process is not None
        first = reader._process
        assert seen(reader, good) == ["S", "T"]
        assert reader._process is first
        first.kill()
        first.wait()
        assert seen(reader, good) == ["S", "T"]
        with pytest.raises(AnswersError, match="MB of memory"):
            seen(reader, bad)
        assert seen(reader, good) == ["S", "T"]
        last = reader._process
    assert last is not None
    assert last.poll() is not None


@pytest.mark.parametrize(
    "says",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"sheet": "S", "width": 1, "rows": [[1, [2]]]}',
        '{"sheet": "S", "width": 1, "rows": [["1", ["x"]]]}',
        '{"sheet": "S", "width": 1, "rows": [[1, "x"]]}',
        '{"sheet": "S", "width": 1, "rows": 7}',
        '{"sheet": "S", "width": "x", "rows": []}',
        '{"fault": ""}',
        "[" * 100_000,
    ],
)
def test_what_the_other_process_says_is_not_believed(monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    """Whatever a file may have made of it: what are no rows is no sheet."""
    script = f"import sys; print('{{\"ready\":true}}', flush=True); sys.stdin.readline(); print({says!r}, flush=True)"
    monkeypatch.setattr(spreadsheet_reader, "_start", lambda: started(script))
    with SpreadsheetReader() as reader, pytest.raises(AnswersError, match="or is damaged"):
        seen(reader, b"PK")


def started(script: str) -> "subprocess.Popen[bytes]":
    """Another program in the place of the one that reads."""
    command = [sys.executable, "-I", "-c", script]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("flood", ["time.sleep(60)", "sys.stdout.write('x' * 100_000)"], ids=["silent", "endless line"])
def test_a_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, flood: str) -> None:
    """When the seconds of the file are over."""
    script = f"import sys, time; print('{{\"ready\":true}}', flush=True); sys.stdin.readline()\nwhile True: {flood}"
    monkeypatch.setattr(spreadsheet_reader, "_start", lambda: started(script))
    monkeypatch.setattr(spreadsheet_reader, "_MAX_LINE", 1 << 40)
    begin = time.monotonic()
    with SpreadsheetReader() as reader, pytest.raises(AnswersError, match=r"takes more than 0\.3 seconds"):
        seen(reader, b"PK", 0.3)
    assert 0.3 <= time.monotonic() - begin < 3


def test_python_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, as the file's own fault."""
    monkeypatch.setattr(sys, "executable", "/no/python")
    with SpreadsheetReader() as reader, pytest.raises(AnswersError, match="Python cannot start itself"):
        seen(reader, b"PK")
