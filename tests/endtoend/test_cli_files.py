"""Files as they really come back: what marks them, what is passed over with a word, and what is named as not read."""

import re
import shutil
import time
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfWriter
from typer.testing import CliRunner, Result

from examgen.cli import app
from tests.marking_sheets import MadeKey, make_key, rounded, write_sheet
from tests.packed_sheets import Cell, write_ods, write_xlsx, write_zip
from tests.unit.test_filled_pdf import form_objects, raw_pdf

CASES = Path(__file__).parent.parent / "cases" / "files"
OTHER_KINDS = {
    **{
        "a.xls": b"\xd0\xcf\x11\xe0",
        "b.docx": b"PK\x03\x04",
        "c.jpg": b"\xff\xd8\xff",
        "d.heic": b"x",
        "e.pages": b"PK",
    },
    **{"f.numbers": b"PK", "g.html": b"<html>", "h.rtf": b"{\\rtf", "i.7z": b"7z", "j.rar": b"Rar!", "~$k.xlsx": b"x"},
    **{
        ".~lock.l.ods#": b",",
        "m": b"exam,variant\n",
        "n.csv.part": b"exam",
        "o.csv.crdownload": b"",
        "README.txt": b"Hi.",
    },
}
HIDDEN = ("__MACOSX/._s.csv", ".DS_Store", "Thumbs.db", "desktop.ini", ".git/config")


def grade(answers: Path, key: Path, out: Path, *more: str) -> Result:
    """What the command says and how it ends."""
    return CliRunner().invoke(app, ["grade", str(answers), "--key", str(key), "--out", str(out), *more])


def marks(done: Result) -> dict[str, str]:
    """The share of each student."""
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    columns = lines[0].split("\t")
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines[1:] if line.count("\t") > 3]
    return {row["student"]: row["percent"] for row in rows}


def notes(done: Result) -> list[str]:
    """What was told about files."""
    found = [line.removeprefix("Note: ") for line in done.stdout.splitlines() if line.startswith("Note: ")]
    return [note for note in found if note.startswith("/")]


def refusal(done: Result) -> str:
    """The one line of a mistake."""
    assert done.exit_code == 1, done.output
    assert re.fullmatch(r"Error: [^\n\r]+\n", done.stderr)
    return done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeKey:
    """The key of a class of two."""
    return make_key(tmp_path_factory.mktemp("class") / "exam")


def rows_of(made: MadeKey, student: str) -> list[list[Cell]]:
    """A student's filled sheet as a table."""
    header = list(made.rows[0])[:7]
    rows = [[*(row[name] for name in header[:-1]), rounded(row)] for row in made.of(student)]
    return [list(header), *(list[Cell](row) for row in rows)]


def test_a_scratch_column_beside_the_sheet_is_passed_over(tmp_path: Path) -> None:
    """All marks, and one note that names the columns and the line of the header."""
    done = grade(CASES / "scratch" / "scratch.csv", CASES / "paper", tmp_path)
    assert marks(done) == {"m1": "100"}
    assert [note.partition("scratch.csv: ")[2] for note in notes(done)] == [
        "line 1: 2 columns without a name were passed over"
    ]


def test_text_files_of_spreadsheets_are_read(tmp_path: Path) -> None:
    """Tabs in UTF-16, two suffixes, and tabs: each is read, alone and beside the others."""
    for name in ("answers.txt", "answers.csv.txt", "answers.tsv"):
        done = grade(CASES / "kinds" / name, CASES / "paper", tmp_path)
        assert (marks(done), notes(done)) == ({"m1": "100"}, [])
    done = grade(CASES / "kinds", CASES / "paper", tmp_path)
    assert marks(done) == {"m1": "100"}
    assert all(name in done.stdout for name in ("answers.txt", "answers.csv.txt", "answers.tsv"))


def test_a_sheet_saved_as_ansi_is_marked(tmp_path: Path) -> None:
    """Only the column of symbols is damaged, which marking does not need."""
    done = grade(CASES / "ansi" / "answers.csv", CASES / "paper-q2", tmp_path)
    assert marks(done) == {"m1": "100"}
    (note,) = notes(done)
    assert "line 2: 98 bytes are no UTF-8 text" in note


def test_an_empty_form_with_annotations_warns(tmp_path: Path) -> None:
    """The student typed over the boxes, so that nothing is in them."""
    done = grade(CASES / "annotated" / "questions.pdf", CASES / "paper", tmp_path)
    assert marks(done) == {"m1": "0"}
    (note,) = notes(done)
    assert "the form is empty, but its pages carry 17 annotations (FreeText)" in note


def test_an_untouched_paper_is_handed_in_without_a_word(tmp_path: Path) -> None:
    """Nothing was added to its pages, whether it is one student's or any of a class, saved again or not."""
    (tmp_path / "class.csv").write_text("id,name\ns1,Ann\ns2,Bob\n")
    made = CliRunner().invoke(app, ["make", "--seed", "7", "--out", str(tmp_path / "one")])
    assert made.exit_code == 0, made.output
    made = CliRunner().invoke(
        app, ["batch", "scalar-chain", str(tmp_path / "class.csv"), "--seed", "7", "--out", str(tmp_path / "class")]
    )
    assert made.exit_code == 0, made.output
    assert notes(grade(tmp_path / "one" / "questions.pdf", tmp_path / "one" / "key", tmp_path / "out")) == []
    handout = tmp_path / "class" / "handout"
    PdfWriter(clone_from=handout / "s2" / "questions.pdf").write(handout / "s2" / "questions.pdf")
    done = grade(handout, tmp_path / "class" / "key", tmp_path / "out of class")
    assert marks(done) == {"s1": "0", "s2": "0"}
    assert [note for note in notes(done) if "pages" in note] == []


@pytest.mark.parametrize("packing", ["folder", "zip", "zip with backslashes"])
def test_every_file_is_read_or_named(made: MadeKey, tmp_path: Path, packing: str) -> None:
    """What is not read is named once, with what to do; what systems leave is not; and the class is marked."""
    folder = tmp_path / "in"
    write_sheet(folder / "one" / "S1.CSV", made.of("s1"), encoding="utf-16")
    write_sheet(folder / "two" / "s2.tab", made.of("s2"), delimiter="\t", encoding="utf-16-le")
    for name, content in [*OTHER_KINDS.items(), *((name, b"x") for name in HIDDEN)]:
        (folder / "two" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "two" / name).write_bytes(content)
    answers = folder
    if packing != "folder":
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        answers = write_zip(tmp_path / "in.zip", {str(path.relative_to(folder)): path.read_bytes() for path in paths})
    if "backslashes" in packing:  # as zipfile never writes them, but other programs do
        for path in paths:
            name = str(path.relative_to(folder))
            answers.write_bytes(answers.read_bytes().replace(name.encode(), name.replace("/", "\\").encode()))
    done = grade(answers, made.key, tmp_path / "out")
    assert marks(done) == {"s1": "100", "s2": "100"}
    assert sorted(Path(note.partition(": ")[0]).name for note in notes(done)) == sorted(OTHER_KINDS)
    assert all("save the sheet as CSV or xlsx" in note for note in notes(done))
    assert len(notes(done)) == len(OTHER_KINDS)


@pytest.mark.parametrize("is_zip", [False, True])
def test_the_page_of_the_paper_beside_a_sheet_is_passed_over(made: MadeKey, tmp_path: Path, is_zip: bool) -> None:
    """Students hand in the whole folder that they got; alone, or with other content, such a file is named."""
    page = b'<!doctype html><form id="sheet" autocomplete="off" data-exam="e" data-variant="v">'
    members = {"s1/answers.html": page, "s2/answers.html": page, "s3/answers.html": b"<html>", "s1/page.html": page}
    for folder, student in (("s1", "s1"), ("s3", "s2")):
        members[f"{folder}/answers.csv"] = write_sheet(tmp_path / "x.csv", made.of(student)).read_bytes()
    answers = write_zip(tmp_path / "in.zip", members)
    if not is_zip:
        answers = tmp_path / "in"
        zipfile.ZipFile(tmp_path / "in.zip").extractall(answers)
    told = [note for note in notes(grade(answers, made.key, tmp_path / "out")) if "a web page" in note]
    named = [str(Path(note.partition(": ")[0]).relative_to(answers)) for note in told]
    assert sorted(named) == ["s1/page.html", "s2/answers.html", "s3/answers.html"]


@pytest.mark.parametrize("name", ["a.xls", "b.docx", "c.jpg", "f.numbers", "g.html", "~$k.xlsx", "README.txt"])
def test_a_single_file_that_is_not_read_says_why(tmp_path: Path, name: str) -> None:
    """In the one line of a mistake."""
    (tmp_path / name).write_bytes(OTHER_KINDS[name])
    told = refusal(grade(tmp_path / name, CASES / "paper", tmp_path / "out"))
    assert f"{name}: is not read: " in told
    assert "save the sheet as CSV or xlsx" in told


def test_where_nothing_can_be_read_each_reason_is_told(tmp_path: Path) -> None:
    """Not that there are no rows, or no key for them."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"\xff\xd8\xff\xe0")
    (folder / "b.csv").write_text("exam,variant,student,question,field,symbol,answer\n1,2\n")
    (folder / "c.jpg").write_bytes(b"x")
    told = refusal(grade(folder, CASES / "paper", tmp_path / "out"))
    assert "nothing could be read: a.csv: is a picture; " in told
    assert "; b.csv: line 2: the row has 2 cells and the header 7; " in told
    assert "; c.jpg: is not read: a picture; " in told
    for number in range(30):
        (folder / f"d{number}.jpg").write_bytes(b"x")
    assert refusal(grade(folder, CASES / "paper", tmp_path / "out")).endswith("; and 13 more\n")


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_sheet_may_be_anywhere_in_a_workbook(made: MadeKey, tmp_path: Path, kind: str) -> None:
    """On another sheet, below a title, beside scratch columns; a second sheet of answers is named and not read."""
    rows = rows_of(made, "s1")
    titled: list[list[Cell]] = [["My answers"], [], ["", "Ada"], *([*row, "", "note"] for row in rows)]
    others: dict[str, list[list[Cell]]] = {"Answers": titled, "Copy": rows_of(made, "s2"), "End": [["x", 1.0]]}
    write = write_xlsx if kind == "xlsx" else write_ods
    done = grade(write(tmp_path / f"s.{kind}", [["Read me"], [1.0]], more=others), made.key, tmp_path / "out")
    assert marks(done) == {"s1": "100"}
    told = [note.partition(f"s.{kind}: ")[2] for note in notes(done)]
    assert [note for note in told if note] == [
        "its sheet 'Answers' was read; further sheets of answers were not: 'Copy'",
        'line 4: the column "note" and 1 column without a name were passed over',
        "line 4: 2 lines above the header were passed over",
    ]


def test_names_lie_about_what_files_are(made: MadeKey, tmp_path: Path) -> None:
    """What a file holds decides, where that is plain."""
    folder = tmp_path / "in"
    write_sheet(folder / "s1.xlsx", made.of("s1"), delimiter=";")
    write_xlsx(folder / "s2.csv", rows_of(made, "s2"))
    done = grade(folder, made.key, tmp_path / "out")
    assert (marks(done), notes(done)) == ({"s1": "100", "s2": "100"}, [])
    for name in ("workbook.zip", "sheet.pdf"):
        shutil.copy(folder / "s2.csv", tmp_path / name)
        assert marks(grade(tmp_path / name, made.key, tmp_path / "out")) == {"s2": "100"}
    shutil.copy(CASES / "annotated" / "questions.pdf", folder / "form.csv")
    (folder / "s1.xlsx").unlink()
    (folder / "broken.csv").write_bytes(b"PK\x03\x04")
    told = notes(grade(folder, made.key, tmp_path / "out"))
    assert any("form.csv: the form is empty" in note for note in told)
    assert any("broken.csv: is a spreadsheet or zip file" in note for note in told)


def test_a_hostile_spreadsheet_does_not_stop_the_class(made: MadeKey, tmp_path: Path) -> None:
    """Each is refused by name and reason within the time and the memory of one file; the others are marked."""
    folder = tmp_path / "in"
    write_sheet(folder / "ada" / "s1.csv", made.of("s1"))
    (folder / "bob").mkdir()
    write_xlsx(folder / "bob" / "s2.xlsx", rows_of(made, "s2"))
    hostile = sorted((CASES / "hostile").iterdir())
    for path in hostile:
        shutil.copy(path, folder / path.name)
    done = grade(folder, made.key, tmp_path / "out")
    assert marks(done) == {"s1": "100", "s2": "100"}
    assert [Path(note.partition(": ")[0]).name for note in notes(done)] == [path.name for path in hostile]


def slow_pdf() -> bytes:
    """A form that takes all the time that it gets: each of its many references leads nowhere."""
    references = (b"%d 0 R" % place for place in range(1_000, 15_000))
    return raw_pdf(form_objects(*references, identity=False) | {9: b"(" + b"x" * 8_000_000 + b")"})


@pytest.mark.parametrize("is_given_alone", [True, False])
def test_an_upload_has_a_time_limit_as_a_whole(made: MadeKey, tmp_path: Path, is_given_alone: bool) -> None:
    """However many files lie in it; those that are left are named with the option, and others are marked."""
    slow = slow_pdf()
    path = tmp_path / "in" / "eve.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(12):
            archive.writestr(f"{number:02}.pdf", slow)
    write_sheet(path.parent / "s1.csv", made.of("s1"))
    begin = time.process_time()
    done = grade(path if is_given_alone else path.parent, made.key, tmp_path / "out", "--time-limit", "0.5")
    assert time.process_time() - begin < 6
    told = refusal(done) if is_given_alone else "\n".join(notes(done))
    assert is_given_alone or marks(done) == {"s1": "100"}
    assert all(f"{number:02}.pdf: the files " in told for number in range(1, 12))
    assert told.count("more than 0.5 seconds to read, so this one was not; see --time-limit") >= 11
