"""Sheets as classes really hand them in, marked on the command line: what counts, what is told, what stays."""

import csv
import os
import shutil
import unicodedata
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from examgen.exams.keys.key_lines import SHEET_COLUMNS
from tests.marking_sheets import MadeKey, Row, make_key, read_rows, rounded, write_sheet
from tests.packed_sheets import write_xlsx

CASES = Path(__file__).parents[1] / "cases" / "files"
RUNNER = CliRunner()


def run(*arguments: object, code: int = 0) -> str:
    """Run a command; returns what it printed, on stdout or, where it fails, on stderr."""
    done = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    assert not done.stderr or code
    return done.stderr if code else done.stdout


def notes_of(printed: str) -> list[str]:
    """The notes that were printed."""
    return [line.removeprefix("Note: ") for line in printed.splitlines() if line.startswith("Note: ")]


def book_of(folder: Path) -> dict[str, Row]:
    """The gradebook by student."""
    return {row["student"]: row for row in read_rows(folder / "gradebook.csv")}


def marks_of(folder: Path) -> dict[str, str]:
    """Marks by student, of those who are marked."""
    return {student: row["marks"] for student, row in book_of(folder).items() if row["status"] == "marked"}


def told_in(folder: Path) -> list[tuple[str, str]]:
    """Kind and student of the notes in notes.csv."""
    return [(row["kind"], row["student"]) for row in read_rows(folder / "notes.csv")]


@pytest.fixture
def made(tmp_path: Path) -> MadeKey:
    """The key of a class of three, of 17 marks each."""
    return make_key(tmp_path / "exam", students=("s1001", "s1002", "s1003"))


# Files that came back in trials.


@pytest.mark.parametrize("key", ["paper", "paper-de"])
def test_quoted_decimal_commas_are_decimals(tmp_path: Path, key: str) -> None:
    """In a comma-separated file as a web page or a spreadsheet saves it, on a paper of whichever language."""
    printed = run("grade", CASES / "commas" / "answers.csv", "--key", CASES / key, "--out", tmp_path)
    assert printed.splitlines()[1].split("\t")[:4] == ["m1", "17", "17", "100"]
    assert notes_of(printed) == []
    assert not read_rows(tmp_path / "notes.csv")


def test_a_class_of_commas_and_points_needs_no_option(tmp_path: Path) -> None:
    """Each student is read as they write."""
    printed = run("grade", CASES / "mixed" / "in", "--key", CASES / "mixed", "--out", tmp_path)
    assert [row["percent"] for row in book_of(tmp_path).values()] == ["100.0", "100.0", ""]
    assert notes_of(printed) == ["1 student of the key handed in nothing: s1003"]


def test_two_responses_of_one_student_are_one_note(tmp_path: Path) -> None:
    """They agree but for one entry, which counts for nothing; --latest takes the last response."""
    responses = CASES / "twice" / "responses.csv"
    printed = run("grade", responses, "--key", CASES / "paper", "--out", tmp_path / "out")
    columns, twice = sorted(notes_of(printed), key=lambda note: "m1" in note)
    assert (
        columns
        == f"{responses}: 2 columns are no fields of the exam and were passed over: 'Timestamp', 'Email Address'"
    )
    assert twice.startswith(f"student 'm1' handed in different answers for 1 entry in {responses} (lines 2, 3): Q1 z1;")
    assert twice.endswith("mark the newest with --latest")
    assert marks_of(tmp_path / "out") == {"m1": "16"}
    printed = run("grade", responses, "--key", CASES / "paper", "--out", tmp_path / "latest", "--latest")
    assert f"student 'm1' is in {responses} more than once; the last answers were marked, not line 2" in notes_of(
        printed
    )
    assert marks_of(tmp_path / "latest") == {"m1": "17"}


def test_an_id_that_lost_its_zeros_is_credited(tmp_path: Path) -> None:
    """To the student of the key, with the name, and a note that says so."""
    printed = run("grade", CASES / "zeros" / "answers.csv", "--key", CASES / "zeros", "--out", tmp_path)
    assert notes_of(printed)[0] == "student '123457' is credited to '00123457', whose id is spelled so"
    row = book_of(tmp_path)["00123457"]
    assert (row["name"], row["status"], row["percent"]) == ("Bela Sample", "marked", "100.0")


# Who is meant.


@pytest.mark.parametrize(
    ("student", "written"),
    [
        ("007", "7"),
        ("0007a", "7A"),
        ("s1001", "S1001"),
        ("s1001", "ｓ１００１"),
        ("Straße", "STRASSE"),
        ("zoë", unicodedata.normalize("NFD", "zoë")),
        ("0", "000"),
    ],
)
@pytest.mark.parametrize("variant", ["own", ""])
def test_another_spelling_of_an_id_is_credited(tmp_path: Path, student: str, written: str, variant: str) -> None:
    """Leading zeros, capitals, width and normal form are a spreadsheet's or a keyboard's doing."""
    made = make_key(tmp_path / "exam", students=(student, "other"))
    changes = {"student": written} | ({} if variant else {"variant": ""})
    sheet = write_sheet(tmp_path / "s.csv", made.of(student), changes=changes)
    printed = run("grade", sheet, "--key", made.key)
    assert marks_of(made.folder / "marks") == {student: "17"}
    assert book_of(made.folder / "marks")[student]["name"] == f"Name of {student}"
    assert told_in(made.folder / "marks") == [("respelled", student), ("absent", "other")]
    assert notes_of(printed)[0].endswith(f"is credited to {student!r}, whose id is spelled so")


def test_which_of_two_is_meant_is_told_by_the_variant_only(tmp_path: Path) -> None:
    """1 may be 01 or 001: the paper decides, and without it nobody is credited."""
    made = make_key(tmp_path / "exam", students=("01", "001"))
    for variant, students in ((None, ["001"]), ("", [])):
        sheet = write_sheet(
            tmp_path / "in" / "s.csv",
            [*made.of("001")],
            changes={"student": "1"} | ({} if variant is None else {"variant": variant}),
        )
        printed = run("grade", sheet, "--key", made.key, "--out", tmp_path / f"out{len(students)}", code=not students)
        if students:
            assert marks_of(tmp_path / "out1") == {"001": "17"}
        else:
            assert "1 student is not in the key, and 17 rows were not marked: '1'; correct the ids" in printed


def test_students_who_are_not_in_the_key_are_counted(made: MadeKey, tmp_path: Path) -> None:
    """Ghosts are one note with the first of them, whoever's variant they name, and marked with --unknown only."""
    write_sheet(tmp_path / "in" / "s1001.csv", made.of("s1001"))
    for ghost in range(30):
        write_sheet(tmp_path / "in" / f"g{ghost:02}.csv", made.of("s1002"), changes={"student": f"ghost{ghost:02}"})
    printed = run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out")
    [note] = [note for note in notes_of(printed) if "ghost" in note]
    assert note.startswith("30 students are not in the key, and 510 rows were not marked: ")
    assert (
        "'ghost04' (with the variant of 's1002') and 25 more; correct the ids, or mark them too with --unknown" in note
    )
    assert marks_of(tmp_path / "out") == {"s1001": "17"}
    assert told_in(tmp_path / "out") == [("unknown_student", ""), ("absent", "s1002"), ("absent", "s1003")]
    run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "all", "--unknown")
    assert len(marks_of(tmp_path / "all")) == 31
    assert book_of(tmp_path / "all")["ghost07"]["name"] == ""


# Whose file it is.


def test_a_table_beside_sheets_is_taken_where_that_is_said(made: MadeKey, tmp_path: Path) -> None:
    """A file of several students in a folder is nobody's, and told; --table takes it; alone it is a class's table."""
    table = write_sheet(tmp_path / "in" / "class.csv", [*made.of("s1002"), *made.of("s1003")])
    assert notes_of(run("grade", table, "--key", made.key, "--out", tmp_path / "alone")) == [
        "1 student of the key handed in nothing: s1001"
    ]
    run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "only one")
    assert marks_of(tmp_path / "only one") == marks_of(tmp_path / "alone") == {"s1002": "17", "s1003": "17"}
    write_sheet(tmp_path / "in" / "s1001.csv", made.of("s1001"))
    printed = run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out")
    assert notes_of(printed) == [
        f"{table}: names 2 students, and its 34 rows of 's1002', 's1003' were left out; --table takes the rows of all",
        "2 students of the key handed in nothing: s1002, s1003",
    ]
    assert marks_of(tmp_path / "out") == {"s1001": "17"}
    assert notes_of(run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out", "--table")) == []
    assert marks_of(tmp_path / "out") == {"s1001": "17", "s1002": "17", "s1003": "17"}


def test_a_single_upload_speaks_for_its_student_only(made: MadeKey, tmp_path: Path) -> None:
    """Though it is the first that came in: the folder that the platform made says whose it is."""
    path = tmp_path / "in" / "s1002_7_assignsubmission_file_" / "answers.csv"
    write_sheet(
        path, [*made.of("s1002"), *made.of("s1001")], lambda row: rounded(row) if row["student"] == "s1002" else "9"
    )
    printed = run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out")
    assert notes_of(printed)[0] == (
        f"{path}: is a file of 's1002', and its 17 rows of 's1001' were left out; --table takes the rows of all"
    )
    assert marks_of(tmp_path / "out") == {"s1002": "17"}
    assert book_of(tmp_path / "out")["s1001"]["status"] == "absent"


def test_a_student_who_is_put_together_is_told(made: MadeKey, tmp_path: Path) -> None:
    """Halves in two files are one paper."""
    rows = made.of("s1001")
    write_sheet(tmp_path / "in" / "a.csv", rows[:9])
    write_sheet(tmp_path / "in" / "b.csv", rows[9:])
    printed = run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out")
    files = f"{tmp_path}/in/a.csv, {tmp_path}/in/b.csv"
    assert notes_of(printed)[0] == f"student 's1001' has answers in 2 files: {files}"
    assert marks_of(tmp_path / "out") == {"s1001": "17"}


def test_a_file_that_is_less_surely_a_students_is_left_out(made: MadeKey, tmp_path: Path) -> None:
    """It neither contradicts nor fills up what lies in a file of the student's name, and the note says what to do."""
    blank = made.of("s1001")[0]["field"]
    write_sheet(
        tmp_path / "in" / "s1001.csv", made.of("s1001"), lambda row: "" if row["field"] == blank else rounded(row)
    )
    other = write_sheet(tmp_path / "in" / "new.csv", made.of("s1001"), lambda _: "7")
    printed = run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out", "--latest")
    assert notes_of(printed)[0] == (
        f"{other}: student 's1001' has other files, which are more surely theirs, and its 17 rows were left out; if "
        f"they count, put the id into the file's name"
    )
    assert marks_of(tmp_path / "out") == {"s1001": "16"}


def test_a_misspelled_id_makes_nobody_elses_file(made: MadeKey, tmp_path: Path) -> None:
    """A file with rows of a stranger and of Alice is not hers, as she has one of her own; both are told."""
    write_sheet(tmp_path / "in" / "a.csv", made.of("s1001"))
    rows = [*({**row, "student": "s1oo2"} for row in made.of("s1002")), *made.of("s1001")]
    file = write_sheet(tmp_path / "in" / "b.csv", rows, lambda _: "7.5")
    printed = run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out")
    assert marks_of(tmp_path / "out") == {"s1001": "17"}
    strangers, left, _ = notes_of(printed)
    assert (
        "1 student is not in the key, and 17 rows were not marked: 's1oo2' (with the variant of 's1002')" in strangers
    )
    assert left.startswith(f"{file}: ")
    assert "17 rows were left out" in left


def test_an_id_that_is_a_word_names_nobodys_files(tmp_path: Path) -> None:
    """A student called test does not own everybody's tests; files of that name with the student's rows stay theirs."""
    students = ("test", "s1", "s2", "s3", "s4")
    made = make_key(tmp_path / "exam", students=students)
    for number, student in enumerate(students):
        write_sheet(tmp_path / "in" / f"test answers {number}.csv", made.of(student))
    write_sheet(tmp_path / "in" / "other.csv", made.of("test"), lambda _: "7.5")
    run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out")
    assert marks_of(tmp_path / "out") == dict.fromkeys(students, "17")


ALICE, BOB = "s1001", "s1002"
SLIPS = ("", "1,234", "-3,5", "2.5")


def of_alice(row: Row) -> str:
    """Right, wrong, empty and unclear answers, with points here and commas there: what 1,234 means cannot be told."""
    place = sum(map(ord, row["field"]))
    return SLIPS[place % 9] if place % 9 < len(SLIPS) else rounded(row).replace(".", ".,"[place % 2])


def of_bob(row: Row) -> str:
    """The key for the own paper, and nonsense for another's."""
    return rounded(row) if row["student"] == BOB else "7.5"


def in_form(path: Path, rows: Iterable[Row], form: str) -> Path:
    """Bob's file: a row for each entry or for each student, as text or as a spreadsheet."""
    rows = list(rows)
    if form == "xlsx":
        cells = [[*(row[name] for name in SHEET_COLUMNS[:-1]), of_bob(row)] for row in rows]
        return write_xlsx(path.with_suffix(".xlsx"), [list(SHEET_COLUMNS), *cells])
    if form != "wide":
        return write_sheet(path, rows, of_bob)
    names = list(dict.fromkeys(row["field"] for row in rows))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["student", *names])
        for student in dict.fromkeys(row["student"] for row in rows):
            answers = {row["field"]: of_bob(row) for row in rows if row["student"] == student}
            writer.writerow([student, *(answers.get(name, "") for name in names)])
    return path


def zipped(folder: Path) -> Path:
    """A zip of these files with their dates."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            time = datetime.fromtimestamp(file.stat().st_mtime).timetuple()[:6]
            archive.writestr(zipfile.ZipInfo(file.name, time), file.read_bytes())
    return path


MIXTURES = [
    (content, alice, bob)
    for content in ("also", "only")
    for alice in (f"{ALICE}.csv", "mine.csv")
    for bob in (f"{BOB}.csv", "upload.csv")
    # Two files that name one student only, and nobody by their paths, are that student's.
    if (content, alice, bob) != ("only", "mine.csv", "upload.csv")
]


FORMS = ("long", "wide", "xlsx", "zip")
IN_FORMS = [(*mixture, FORMS[place % len(FORMS)]) for place, mixture in enumerate(MIXTURES)]
"""Each mixture in one form, so that each form meets Bob's own rows with and without."""


@pytest.mark.parametrize(("content", "alice", "bob", "form"), IN_FORMS)
def test_no_file_changes_the_marks_of_another_student(
    made: MadeKey, tmp_path: Path, content: str, alice: str, bob: str, form: str
) -> None:
    """Bob's file has rows of Alice, with or without his own; older or newer, with --latest or not, hers stand."""
    folder = tmp_path / "in"
    sheet = write_sheet(folder / alice, made.of(ALICE), of_alice)
    run("grade", sheet, "--key", made.key, "--out", tmp_path / "alone")
    hers = book_of(tmp_path / "alone")[ALICE]
    assert {hers[name] for name in ("blank", "unreadable", "wrong", "correct")} & {"0"} == set()
    rows = [row for row in made.rows if row["student"] == ALICE or (row["student"] == BOB and content == "also")]
    file = in_form(folder / bob, rows, form)
    for age in (-100_000, 100_000):
        time = sheet.stat().st_mtime + age
        os.utime(file, (time, time))
        handed_in = zipped(folder) if form == "zip" else folder
        for latest in ((), ("--latest",)):
            out = tmp_path / "out"
            printed = run("grade", handed_in, "--key", made.key, "--out", out, "--fresh", *latest)
            assert book_of(out)[ALICE] == hers
            assert marks_of(out).get(BOB) == ("17" if content == "also" else None)
            assert any(file.stem in note and "were left out" in note for note in notes_of(printed))


# Contradictions.


def test_a_contradiction_costs_one_student_one_entry(made: MadeKey, tmp_path: Path) -> None:
    """It stops nobody, and one note says who, where and what to do; --latest takes the newest file."""
    first, second, *_ = made.of("s1001")
    old = write_sheet(tmp_path / "in" / "a.csv", made.of("s1001"), lambda row: "9" if row is first else rounded(row))
    new = write_sheet(tmp_path / "in" / "b.csv", made.of("s1001"), lambda row: "" if row is second else rounded(row))
    write_sheet(tmp_path / "in" / "c.csv", made.of("s1002"))
    os.utime(old, (1, 1))
    printed = run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out")
    [note] = [note for note in notes_of(printed) if "different answers" in note]
    assert note == (
        f"student 's1001' handed in different answers for 1 entry in {old} (line 2), {new} (line 2): Q1 "
        f"{first['field']}; they count as unreadable. Take away what does not count, or mark the newest with --latest"
    )
    assert marks_of(tmp_path / "out") == {"s1001": "16", "s1002": "17"}
    assert told_in(tmp_path / "out")[0] == ("contradiction", "s1001")
    printed = run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out", "--latest")
    assert f"student 's1001' handed in 2 files; the newest, {new}, was marked and not {old}" in notes_of(printed)
    assert marks_of(tmp_path / "out") == {"s1001": "16", "s1002": "17"}
    found = [row for row in read_rows(tmp_path / "out" / "results.csv") if row["student"] == "s1001"]
    results = {row["field"]: row["outcome"] for row in found}
    assert (results[first["field"]], results[second["field"]]) == ("correct", "blank")


# One after another.


def test_sheets_marked_one_after_another_add_up(made: MadeKey, tmp_path: Path) -> None:
    """To the tables of marking them at once, whatever their order; what is kept is told, and --fresh drops it."""
    marks = made.folder / "marks"
    for student in ("s1001", "s1002", "s1003"):
        write_sheet(tmp_path / "in" / f"{student}.csv", made.of(student), of_alice)
    run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "at once")
    kept = []
    for student in ("s1003", "s1001", "s1002"):
        printed = run("grade", tmp_path / "in" / f"{student}.csv", "--key", made.key)
        kept += [note for note in notes_of(printed) if "keep" in note]
        assert printed.splitlines()[1].startswith(f"{student}\t")
        assert notes_of(printed)
    assert kept == [
        f"1 student keeps the marks of earlier markings in {marks}; --fresh begins anew without them",
        f"2 students keep the marks of earlier markings in {marks}; --fresh begins anew without them",
    ]
    assert (marks / "gradebook.csv").read_bytes() == (tmp_path / "at once" / "gradebook.csv").read_bytes()
    together, apart = (
        sorted((folder / "results.csv").read_bytes().splitlines()) for folder in (marks, tmp_path / "at once")
    )
    assert together == apart
    printed = run("grade", tmp_path / "in" / "s1002.csv", "--key", made.key, "--fresh")
    assert list(marks_of(marks)) == ["s1002"]
    assert {row["student"] for row in read_rows(marks / "results.csv")} == {"s1002"}
    assert "  s1001  " in printed
    assert "before, not marked now" in printed


def test_a_student_who_hands_in_again_is_marked_again(made: MadeKey, tmp_path: Path) -> None:
    """The new sheet stands for the old one, and who changed is told; those who do not are as they were."""
    marks = made.folder / "marks"
    run("grade", write_sheet(tmp_path / "all.csv", made.rows, lambda _: ""), "--key", made.key)
    printed = run("grade", write_sheet(tmp_path / "again.csv", made.of("s1002")), "--key", made.key)
    assert printed.splitlines()[-6:-4] == ["Marks changed since the last marking, 1 student:", "  s1002  0 → 17  (+17)"]
    assert marks_of(marks) == {"s1001": "0", "s1002": "17", "s1003": "0"}
    assert len(read_rows(marks / "results.csv")) == len(made.rows)


def test_marks_of_another_exam_are_not_written_over(made: MadeKey, tmp_path: Path) -> None:
    """One line says what lies there, and everything stays as it is; --force writes over it."""
    other = make_key(tmp_path / "other", seed=8)
    marks = tmp_path / "marks"
    run("grade", write_sheet(tmp_path / "a.csv", made.rows), "--key", made.key, "--out", marks)
    before = {path.name: path.read_bytes() for path in marks.iterdir()}
    sheet = write_sheet(tmp_path / "b.csv", other.of("s1"))
    for more in ((), ("--fresh",)):
        assert run("grade", sheet, "--key", other.key, "--out", marks, *more, code=1) == (
            f"Error: {marks}: it holds the marks of exam '{made.exam.id}', not '{other.exam.id}'; nothing was written. "
            f"Give another folder with --out DIR, or write over it with --force\n"
        )
        assert {path.name: path.read_bytes() for path in marks.iterdir()} == before
    run("grade", sheet, "--key", other.key, "--out", marks, "--force")
    assert marks_of(marks) == {"s1": "17"}


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: text.replace(",17,17,100.0,", ",many,17,100.0,"), "line 2: marks is 'many', which is no number"),
        (lambda _: "mine\n", "its gradebook.csv is none that examgen wrote"),
    ],
)
def test_a_gradebook_that_cannot_be_kept_is_not_lost(made: MadeKey, tmp_path: Path, damage: object, words: str) -> None:
    """Somebody has worked in it: one line and no traceback, and nothing is written over."""
    marks = made.folder / "marks"
    run("grade", write_sheet(tmp_path / "a.csv", made.of("s1001")), "--key", made.key)
    assert callable(damage)
    (marks / "gradebook.csv").write_text(damage((marks / "gradebook.csv").read_text()))
    before = {path.name: path.read_bytes() for path in marks.iterdir()}
    sheet = write_sheet(tmp_path / "b.csv", made.of("s1002"))
    said = run("grade", sheet, "--key", made.key, code=1)
    assert words in said
    assert said.count("\n") == 1
    assert {path.name: path.read_bytes() for path in marks.iterdir()} == before


# What is told.


def test_notes_are_of_students_and_the_most_serious_come_first(made: MadeKey, tmp_path: Path) -> None:
    """One student's hundred unreadable cells hide nobody; answers are quoted as typed, and notes.csv has all."""
    folder, out = tmp_path / "in", tmp_path / "out"
    bad = write_sheet(folder / "s1001.csv", made.of("s1001"), lambda row: "=B2" if row["field"] == "z1" else "-x")
    write_sheet(folder / "S1002.csv", made.of("s1002"), changes={"student": "S1002"})
    (folder / "lost.csv").write_bytes(b"\xff\xfe\xfd")
    printed = run("grade", folder, "--key", made.key, "--out", out)
    lost, unread, respelled, absent = notes_of(printed)
    assert lost.startswith(f"{folder}/lost.csv: ")
    assert unread.startswith("student 's1001': 17 answers cannot be read: Q1 A1 '-x' and 15 more: ")
    assert "; Q1 z1 '=B2': The cell holds a formula; type the number that it gives" in unread
    assert respelled == "student 'S1002' is credited to 's1002', whose id is spelled so"
    assert absent == "1 student of the key handed in nothing: s1003"
    notes = read_rows(out / "notes.csv")
    assert list(notes[0]) == ["student", "file", "place", "kind", "text"]
    assert told_in(out) == [("unusable_file", ""), ("unread", "s1001"), ("respelled", "s1002"), ("absent", "s1003")]
    assert [(note["file"], note["place"]) for note in notes] == [
        (f"{folder}/lost.csv", ""),
        (str(bad), "Q1 z1"),
        ("", ""),
        ("", ""),
    ]
    assert notes[1]["text"] == unread
    assert f"All notes: {out}/notes.csv" in printed


def test_empty_files_of_a_whole_class_are_one_line(made: MadeKey, tmp_path: Path) -> None:
    """Who fills in one of several sheets leaves the others empty: that hides nothing, and notes.csv names each."""
    for student in ("s1001", "s1002", "s1003"):
        write_sheet(tmp_path / "in" / student / "answers.csv", made.of(student))
        write_sheet(tmp_path / "in" / student / "empty.csv", made.of(student), lambda _: "")
    printed = run("grade", tmp_path / "in", "--key", made.key, "--out", tmp_path / "out")
    first = f"{tmp_path}/in/s1001/empty.csv: has no answers of student 's1001' and was passed over for "
    assert notes_of(printed) == [f"{first}{tmp_path}/in/s1001/answers.csv (and so on in 2 more files)"]
    assert told_in(tmp_path / "out") == [("untouched", student) for student in ("s1001", "s1002", "s1003")]
    assert marks_of(tmp_path / "out") == dict.fromkeys(("s1001", "s1002", "s1003"), "17")


def test_nothing_in_notes_runs_in_a_spreadsheet(made: MadeKey, tmp_path: Path) -> None:
    """Students and paths are texts there, whatever they begin with, and no cell has a line break."""
    folder = tmp_path / "in"
    write_sheet(folder / "a.csv", made.of("s1001"), lambda _: "=1+1\n2")
    write_sheet(folder / "b.csv", made.of("s1002"), changes={"student": "=cmd|' /C calc'!A0"})
    run("grade", folder, "--key", made.key, "--out", tmp_path / "out", "--unknown")
    lines = (tmp_path / "out" / "notes.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + len(read_rows(tmp_path / "out" / "notes.csv"))
    cells = [cell for row in csv.reader(lines) for cell in row]
    assert any(cell.startswith("'=cmd") for cell in cells)
    assert not any(cell[:1] in {"=", "+", "-", "@", "\t"} for cell in cells)


def test_a_key_among_what_was_handed_in_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The class is marked by the key in ./output, and where there is none, the line says what was not used."""
    monkeypatch.chdir(tmp_path)
    made = make_key(tmp_path / "output" / "exam", students=("s1",))
    write_sheet(tmp_path / "far" / "in" / "s1.csv", made.rows, lambda _: "7")
    shutil.copytree(made.key, tmp_path / "far" / "in" / "key")
    key = tmp_path / "far" / "in" / "key" / "variants.jsonl"
    key.write_text(key.read_text().replace("0.", "7."))
    assert f"Key: {made.key}" in run("grade", "far/in")
    shutil.rmtree(tmp_path / "output")
    assert "; the key in" in run("grade", "far/in", code=1)
