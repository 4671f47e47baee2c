"""Zip files and spreadsheets as they come in, and those that are made to do harm."""

import os
import struct
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from examgen.errors import AnswersError
from examgen.exams.keys.key_lines import SHEET_COLUMNS
from examgen.marking.grading import grade
from examgen.marking.reading.class_sheets import AnswerSheet, read_answers, read_submissions
from examgen.marking.reading.problems import MAX_PROBLEMS, PROBLEMS
from examgen.marking.reading.typed.typed_numbers import Number
from examgen.tables.csv_tables import Limits
from tests.marking_sheets import MadeKey, make_key, rounded, write_sheet
from tests.packed_sheets import Cell, write_ods, write_xlsx, write_zip

HEADER = ",".join(SHEET_COLUMNS)
Writer = Callable[[Path, Sequence[Sequence[Cell]]], Path]
SPREADSHEETS = [pytest.param(write_xlsx, "s.xlsx", id="xlsx"), pytest.param(write_ods, "s.ods", id="ods")]


def sheet_text(student: str = "s1", answer: str = "0.5") -> str:
    return f"{HEADER}\nexam-7,7,{student},Q1,z1,,{answer}\n"


def told(sheets: Sequence[AnswerSheet]) -> dict[str, list[str]]:
    assert all(problem.reason in PROBLEMS for sheet in sheets for problem in sheet.problems)
    return {sheet.path.name: [problem.reason for problem in sheet.problems] for sheet in sheets}


def values(sheet: AnswerSheet) -> list[float | str]:
    return [row.parsed.value if isinstance(row.parsed, Number) else row.parsed.reason for row in sheet.rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeKey:
    """The key of a class of two."""
    return make_key(tmp_path_factory.mktemp("packed") / "exam")


# Spreadsheets.


@pytest.mark.parametrize(("write", "name"), SPREADSHEETS)
def test_a_spreadsheet_is_marked_as_its_csv(made: MadeKey, tmp_path: Path, write: Writer, name: str) -> None:
    """The sheet filled in as a spreadsheet, numbers as numbers, has the same marks."""
    rows: list[list[Cell]] = [list(SHEET_COLUMNS)]
    rows += [[*(row[column] for column in SHEET_COLUMNS[:-1]), float(rounded(row))] for row in made.rows]
    by_csv = grade(write_sheet(tmp_path / "s.csv", made.rows), made.key, tmp_path / "csv")
    by_sheet = grade(write(tmp_path / name, rows), made.key, tmp_path / "sheet")
    assert by_sheet.gradebook.equals(by_csv.gradebook)
    assert by_sheet.results["outcome"].equals(by_csv.results["outcome"])
    assert (by_sheet.notices, by_sheet.problems) == ((), ())


@pytest.mark.parametrize(("write", "name"), SPREADSHEETS)
def test_a_wide_spreadsheet_is_read(made: MadeKey, tmp_path: Path, write: Writer, name: str) -> None:
    """A row for each student works in spreadsheets as in CSV files."""
    fields = [row["field"] for row in made.of("s1")]
    rows: list[list[Cell]] = [["student", "Email", *fields]]
    rows += [[student, "x@y", *(float(rounded(row)) for row in made.of(student))] for student in ("s2", "s1")]
    graded = grade(write(tmp_path / name, rows), made.key, tmp_path / "out")
    assert graded.gradebook[["student", "percent"]].to_numpy().tolist() == [["s1", 100], ["s2", 100]]


@pytest.mark.parametrize(("write", "name"), SPREADSHEETS)
def test_cells_are_texts_in_their_shortest_form(tmp_path: Path, write: Writer, name: str) -> None:
    """Numbers lose nothing and gain nothing, texts stay as typed, and numbers of rows are those of the program."""
    cells: list[Cell] = [0.1, 3.0, 1e-7, 12345678901.5, "0.50", " 7 ", "=1+1", "x", 1e22]
    rows: list[list[Cell]] = [[], ["student", "variant", "exam", "question", "field", "symbol", "answer"], [""]]
    rows += [[1234567.0, "007", "e", "Q1", f"z{place}", "", cell] for place, cell in enumerate(cells)]
    sheet = read_answers(write(tmp_path / name, rows))
    texts = ["0.1", "3", "1e-07", "12345678901.5", "0.50", " 7 ", "=1+1", "x", "1e+22"]
    assert [row.answer for row in sheet.rows] == texts
    assert {(row.student, row.variant) for row in sheet.rows} == {("1234567", "007")}
    assert [row.line for row in sheet.rows] == list(range(4, 4 + len(cells)))
    assert values(sheet) == [0.1, 3, 1e-7, 12345678901.5, 0.5, 7, "formula", "not_a_number", 1e22]


@pytest.mark.parametrize(("write", "name"), SPREADSHEETS)
def test_faults_in_a_spreadsheet_are_told(tmp_path: Path, write: Writer, name: str) -> None:
    """A wrong header and an empty sheet end in one line, and a long cell costs itself."""
    with pytest.raises(AnswersError, match='lacks "answer"'):
        read_answers(write(tmp_path / name, [[*SHEET_COLUMNS[:-1], "anwser"], ["e"] * 7]))
    with pytest.raises(AnswersError, match="empty"):
        read_answers(write(tmp_path / name, []))
    rows: list[list[Cell]] = [list(SHEET_COLUMNS), ["e", "7", "a", "Q1", "z1", "", "9" * 10_001]]
    sheet = read_answers(write(tmp_path / name, [*rows, ["e", "7", "b", "Q1", "z1", "", 2.0]]))
    assert (values(sheet), [problem.reason for problem in sheet.problems]) == (["too_long", 2], ["too_long"])


@pytest.mark.parametrize("name", ["s.xlsx", "s.ods"])
def test_what_is_no_spreadsheet_is_refused(tmp_path: Path, name: str) -> None:
    """Texts, other zip files, halves of files and old formats end in one line."""
    path = tmp_path / name
    whole = (write_xlsx if name == "s.xlsx" else write_ods)(path, [["student", "z1"], ["s", 1.0]]).read_bytes()
    broken = [b"", b"student and z1\ns,1\n", b"\xd0\xcf\x11\xe0" + b"\0" * 600, whole[:200], whole[:-30], whole[:-1]]
    broken += [
        write_zip(path, {"a.txt": "x"}).read_bytes(),
        write_zip(path, {"content.xml": "<", "mimetype": "x"}).read_bytes(),
        write_zip(path, {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}).read_bytes(),
        write_ods(path, [], parts={"mimetype": "application/vnd.oasis.opendocument.text"}).read_bytes(),
    ]
    for data in broken:
        path.write_bytes(data)
        with pytest.raises(AnswersError) as error:
            read_answers(path)
        assert str(error.value).isprintable()
        assert str(path) in str(error.value)


def test_a_spreadsheet_bomb_is_refused(tmp_path: Path) -> None:
    """A part that unpacks to a thousand times its size is not unpacked."""
    begin = time.process_time()
    with pytest.raises(AnswersError, match="times its size"):
        read_answers(write_xlsx(tmp_path / "s.xlsx", [], " " * 100_000_000))
    assert time.process_time() - begin < 5


# Zip files.


def test_a_zip_of_a_folder_is_read_as_the_folder(made: MadeKey, tmp_path: Path) -> None:
    """Tables, spreadsheets and folders in a zip file give the same marks as beside each other on the disk."""
    folder = tmp_path / "in"
    write_sheet(folder / "a" / "s1.csv", made.of("s1"))
    rows: list[list[Cell]] = [["student", *(row["field"] for row in made.of("s2"))]]
    write_xlsx(folder / "s2.xlsx", [*rows, ["s2", *(float(rounded(row)) for row in made.of("s2"))]])
    members = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}
    write_zip(tmp_path / "in.zip", members)
    tables = []
    for answers in (folder, tmp_path / "in.zip"):
        graded = grade(answers, made.key, tmp_path / f"marks of {answers.name}")
        assert (graded.notices, graded.problems) == ((), ())
        tables.append([(graded.folder / name).read_bytes() for name in ("results.csv", "gradebook.csv")])
    assert tables[0] == tables[1]


def test_zips_lie_in_folders_but_not_in_zips(tmp_path: Path) -> None:
    """A zip file for each student is read; one within it is told and stays closed."""
    inner = write_zip(tmp_path / "inner", {"s9.csv": sheet_text("s9")}).read_bytes()
    (tmp_path / "in").mkdir()
    write_zip(tmp_path / "in" / "one.zip", {"x/s1.csv": sheet_text("s1"), "more.zip": inner})
    (tmp_path / "in" / "two.csv").write_text(sheet_text("s2"))
    (tmp_path / "in" / "bad.zip").write_bytes(b"PK\x03\x04no")
    sheets = read_submissions(tmp_path / "in").sheets
    assert told(sheets) == {"bad.zip": ["unusable_file"], "more.zip": ["member"], "s1.csv": [], "two.csv": []}
    assert [row.student for sheet in sheets for row in sheet.rows] == ["s1", "s2"]
    assert sheets[2].path == tmp_path / "in" / "one.zip" / "x" / "s1.csv"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../s.csv", "leads out"),
        ("a/../../s.csv", "leads out"),
        ("/etc/s.csv", "leads out"),
        ("C:/s.csv", "leads out"),
        ("a\\..\\s.csv", "leads out"),
        ("/".join("d" * 40) + "/s.csv", "deeper than"),
        ("s.zip", "not opened"),
    ],
)
def test_names_that_lead_astray_are_told(tmp_path: Path, name: str, words: str) -> None:
    """Such members are ignored and reported, and the others are read."""
    path = write_zip(tmp_path / "in.zip", {name: sheet_text("evil"), "good.csv": sheet_text("good")})
    if "\\" in name:  # zipfile writes slashes; other programs do not
        path.write_bytes(path.read_bytes().replace(b"a/../s.csv", b"a\\..\\s.csv"))
    sheets = read_submissions(path).sheets
    problems = [problem for sheet in sheets for problem in sheet.problems]
    assert [problem.reason for problem in problems] == ["member"]
    assert words in problems[0].detail
    assert [row.student for sheet in sheets for row in sheet.rows] == ["good"]
    assert not (tmp_path / "s.csv").exists()


def with_backslashes(path: Path, *names: str) -> Path:
    """The zip file with these members named as some programs name them, and zipfile never does."""
    data = path.read_bytes()
    for name in names:
        data = data.replace(name.encode(), name.replace("/", "\\").encode())
    path.write_bytes(data)
    return path


def test_backslashes_in_a_zip_are_paths(tmp_path: Path) -> None:
    """Members lie in the folders that their names say, and one that is there in both spellings is there twice."""
    members = {"class/s1/a.csv": sheet_text("s1"), "class/s2/a.csv": sheet_text("s2"), "class/": "", "class/s1/": ""}
    path = with_backslashes(write_zip(tmp_path / "in.zip", members), *members)
    sheets = read_submissions(path).sheets
    assert [sheet.path for sheet in sheets] == [path / "class" / "s1" / "a.csv", path / "class" / "s2" / "a.csv"]
    assert [row.student for sheet in sheets for row in sheet.rows] == ["s1", "s2"]
    both = {"a/s.csv": sheet_text("s1"), "a_s.csv": sheet_text("s2")}
    data = write_zip(tmp_path / "both.zip", both).read_bytes().replace(b"a_s.csv", b"a\\s.csv")
    (tmp_path / "both.zip").write_bytes(data)
    sheets = read_submissions(tmp_path / "both.zip").sheets
    assert [row.student for sheet in sheets for row in sheet.rows] == ["s1"]
    assert [problem.detail.partition(": ")[2] for sheet in sheets for problem in sheet.problems] == [
        "is there twice; only the first is read"
    ]


@pytest.mark.parametrize("name", ["../s.csv", "a/../../s.csv", "C:/s.csv", "/share/s.csv", "//server/s.csv"])
def test_backslashes_lead_nowhere_else(tmp_path: Path, name: str) -> None:
    """Neither up, nor to a drive, nor to another machine."""
    path = write_zip(tmp_path / "in.zip", {name: sheet_text("evil"), "good.csv": sheet_text("good")})
    sheets = read_submissions(with_backslashes(path, name)).sheets
    assert [row.student for sheet in sheets for row in sheet.rows] == ["good"]
    assert ["leads out" in problem.detail for sheet in sheets for problem in sheet.problems] == [True]


def test_of_very_many_files_that_are_not_read_so_many_are_named(tmp_path: Path) -> None:
    """Others are counted: an upload cannot fill the memory with names."""
    members = {f"{number:04}.gif": b"" for number in range(MAX_PROBLEMS + 7)}
    sheets = read_submissions(write_zip(tmp_path / "in.zip", {**members, "s.csv": sheet_text()})).sheets
    problems = [problem for sheet in sheets for problem in sheet.problems]
    assert [problem.reason for problem in problems].count("not_read") == MAX_PROBLEMS
    assert [problem.detail.partition(": ")[2] for problem in problems if problem.reason == "more_problems"] == [
        "7 more files are not read"
    ]


def test_hidden_members_are_passed_over(tmp_path: Path) -> None:
    """What systems leave in folders is no concern of anybody."""
    names = ["__MACOSX/._s.csv", ".git/s.csv", "a/.s.csv", "a/.DS_Store", "Thumbs.db", "b/desktop.ini", "folder/"]
    path = write_zip(tmp_path / "in.zip", {**dict.fromkeys(names, "x"), "s.csv": sheet_text()})
    assert told(read_submissions(path).sheets) == {"s.csv": []}


def patched(path: Path, offset: int, value: int) -> Path:
    """Change a two-byte number in both headers of the first member; `offset` counts in the local one."""
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    for at in (offset, central + offset + 2):
        data[at : at + 2] = struct.pack("<H", value)
    path.write_bytes(data)
    return path


def test_encrypted_and_strangely_packed_members_are_told(tmp_path: Path) -> None:
    """They say what to do, and the rest is read."""
    members = {"a.csv": sheet_text("a"), "b.csv": sheet_text("b")}
    encrypted = patched(write_zip(tmp_path / "e.zip", members), 6, 1)
    strange = patched(write_zip(tmp_path / "m.zip", members), 8, 99)
    for path, words in ((encrypted, "encrypted"), (strange, "unusual way")):
        sheets = read_submissions(path).sheets
        assert told(sheets) == {"a.csv": ["member"], "b.csv": []}
        assert words in sheets[0].problems[0].detail
    with pytest.raises(AnswersError, match=r"a\.csv: is packed in an unusual way.*; b\.csv: is packed"):
        read_submissions(write_zip(tmp_path / "l.zip", members, zipfile.ZIP_LZMA))


def test_links_and_doubles_in_a_zip_are_told(tmp_path: Path) -> None:
    """A link is not followed, and of two members of one name the first counts."""
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("s.csv", sheet_text("first"))
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("s.csv", sheet_text("second"))
    sheets = read_submissions(path).sheets
    assert sorted(problem.reason for sheet in sheets for problem in sheet.problems) == ["member", "member"]
    assert [row.student for sheet in sheets for row in sheet.rows] == ["first"]


def test_a_zip_bomb_is_told(tmp_path: Path) -> None:
    """What unpacks to far more than its size is not unpacked, nor is what is larger than an upload may be."""
    path = write_zip(tmp_path / "in.zip", {"bomb.csv": b"\n" * 50_000_000, "s.csv": sheet_text()})
    begin = time.process_time()
    sheets = read_submissions(path).sheets
    assert time.process_time() - begin < 2
    assert told(sheets) == {"bomb.csv": ["member"], "s.csv": []}
    limits = Limits(max_bytes=len(sheet_text()))
    path = write_zip(tmp_path / "in.zip", {"a.csv": sheet_text(), "b.csv": sheet_text("s2", "1" * 99)})
    assert told(read_submissions(path, limits=limits).sheets) == {"a.csv": [], "b.csv": ["unusable_file"]}


def test_a_lying_size_is_not_believed(tmp_path: Path) -> None:
    """A member that is larger than it says is refused, and the rest is read."""
    path = write_zip(tmp_path / "in.zip", {"a.csv": sheet_text("a"), "b.csv": sheet_text("b")})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<L", 5)
    path.write_bytes(data)
    assert told(read_submissions(path).sheets) == {"a.csv": ["unusable_file"], "b.csv": []}


def test_a_list_of_members_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """Before it is read into the memory."""
    path = write_zip(tmp_path / "in.zip", {"s.csv": sheet_text()})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x05\x06") + 12
    data[at : at + 4] = struct.pack("<L", 9_000_000)
    path.write_bytes(data)
    with pytest.raises(AnswersError, match="too many members"):
        read_submissions(path)


def test_every_truncation_of_a_zip_is_read_or_refused(tmp_path: Path) -> None:
    """A zip file that is cut anywhere, or has a byte turned over, gives sheets or one line."""
    path = write_zip(tmp_path / "in.zip", {"s.csv": sheet_text("a"), "t.csv": sheet_text("b")})
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        for data in (whole[:place], whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]):
            path.write_bytes(data)
            said = "read"
            try:
                read_submissions(path)
            except AnswersError as error:
                said = str(error)
            assert said.isprintable()


def test_an_empty_zip_is_told(tmp_path: Path) -> None:
    """A zip file without a sheet is a mistake of who gave it."""
    with pytest.raises(AnswersError, match="no CSV file, no spreadsheet and no PDF"):
        read_submissions(write_zip(tmp_path / "in.zip", {".DS_Store": "x"}))
    (tmp_path / "in.zip").write_bytes(b"no zip")
    with pytest.raises(AnswersError, match="damaged zip"):
        read_submissions(tmp_path / "in.zip")


def test_latest_goes_by_the_dates_in_a_zip(tmp_path: Path) -> None:
    """The newest member of a student counts, whenever the zip file itself was made."""
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, day, answer in (("a.csv", 3, "3"), ("b.csv", 9, "9"), ("c.csv", 5, "5")):
            archive.writestr(zipfile.ZipInfo(name, datetime(2024, 5, day).timetuple()[:6]), sheet_text("s1", answer))
    os.utime(path, (0, 0))
    found = read_submissions(path)
    assert [values(sheet) for sheet in found.sheets] == [["duplicate"], [], []]
    assert [(notice.kind, notice.student) for notice in found.notices] == [("contradiction", "s1")]
    answers = read_submissions(path, latest=True)
    assert [row.answer for sheet in answers.sheets for row in sheet.rows] == ["9"]
    assert [(notice.kind, notice.count) for notice in answers.notices] == [("latest", 2)]
