"""A class's papers: what is written for whom, and that nobody's paper depends on the class around it."""

import csv
import hashlib
import random
from pathlib import Path

import pytest

from examgen import make, make_class
from examgen.batch import making
from examgen.batch.making import MadePapers
from examgen.batch.rosters.class_list import read_roster
from examgen.documents.paper.printing import PrintedPaper
from examgen.errors import AnswersError, ExamgenError
from examgen.exams.banks.building import Student
from examgen.marking.grading import grade
from tests.marking_sheets import read_rows, rounded, write_sheet

HANDOUT = ("questions.pdf", "answers.csv", "answers.html")
CLASS = [("s1", "Ada"), ("a/b", "Bob"), ("李", "Cleo")]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No typesetting: a paper's PDF is its variant code."""
    monkeypatch.setattr(
        making, "print_questions", lambda _, variant, __: PrintedPaper(b"%PDF " + variant.code.encode(), "")
    )
    monkeypatch.setattr(making, "print_key", lambda *_: PrintedPaper(b"%PDF key", ""))
    monkeypatch.setattr(making, "print_filled", lambda *_: b"%PDF filled")


def roster(folder: Path, students: list[tuple[str, str]], name: str = "roster.csv") -> Path:
    """Write a class list."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "name"), *students])
    return path


def class_of(folder: Path, students: list[tuple[str, str]], out: str = "class") -> MadePapers:
    """Make the papers of a class."""
    return make_class("scalar-chain", roster(folder, students), seed=7, out=folder / out)


def files_below(folder: Path) -> dict[str, bytes]:
    """All files by relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("quick")
def test_each_student_has_a_folder_and_the_key_is_apart(tmp_path: Path) -> None:
    """handout/ holds what is handed out and nothing else; key/ has a solution and a filled paper per student."""
    made = class_of(tmp_path, CLASS)
    folders = ("s1", "a%2Fb", "%E6%9D%8E")
    expected = {f"handout/{folder}/{name}" for folder in folders for name in HANDOUT}
    expected |= {f"key/{kind}/{folder}.pdf" for kind in ("papers", "filled") for folder in folders}
    expected |= {"key/exam.json", "key/variants.jsonl", "key/answers.csv", "manifest.csv"}
    assert set(files_below(made.folder)) == set(made.files) == expected
    assert (made.seed, made.students) == (7, 3)


@pytest.mark.usefixtures("quick")
def test_the_manifest_finds_every_file(tmp_path: Path) -> None:
    """A line per student in the roster's order, with the folder and the checksums of what was handed out."""
    made = class_of(tmp_path, CLASS)
    lines = read_rows(made.folder / "manifest.csv")
    assert [(line["student"], line["name"]) for line in lines] == CLASS
    for line in lines:
        folder = made.folder / line["folder"]
        sheet = read_rows(folder / "answers.csv")
        assert {(row["student"], row["variant"], row["exam"]) for row in sheet} == {
            (line["student"], line["variant"], made.exam)
        }
        for column, path in (
            ("questions_sha256", folder / "questions.pdf"),
            ("answers_sha256", folder / "answers.csv"),
            ("sheet_sha256", folder / "answers.html"),
            ("filled_sha256", made.folder / "key" / "filled" / f"{folder.name}.pdf"),
            ("key_sha256", made.folder / "key" / "papers" / f"{folder.name}.pdf"),
        ):
            assert line[column] == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.usefixtures("quick")
def test_a_spreadsheet_runs_nothing_of_the_manifest(tmp_path: Path) -> None:
    """Ids and names that begin like a formula get an apostrophe there."""
    made = class_of(tmp_path, [("=1+1", "@SUM(A1)"), ("+5", "-x")])
    lines = read_rows(made.folder / "manifest.csv")
    assert [(line["student"], line["name"]) for line in lines] == [("'=1+1", "'@SUM(A1)"), ("'+5", "'-x")]


@pytest.mark.usefixtures("quick")
def test_a_paper_does_not_depend_on_the_class(tmp_path: Path) -> None:
    """Shuffled, shortened and extended rosters give each student the same files, and `make` the same numbers."""
    students = [(f"s{number}", f"Name {number}") for number in range(12)]
    everybody = files_below(class_of(tmp_path, students, "all").folder / "handout")
    chosen = random.Random(1).sample(students, 7)
    some = files_below(class_of(tmp_path, [*chosen, ("late", "Latecomer")], "some").folder / "handout")
    assert {name: content for name, content in some.items() if not name.startswith("late/")} == {
        name: content for name, content in everybody.items() if name.split("/")[0] in dict(chosen)
    }
    alone = make("scalar-chain", seed=7, student="s3", out=tmp_path / "alone")
    assert (alone.folder / "answers.csv").read_bytes() == everybody["s3/answers.csv"]


def test_real_papers_are_the_same_bytes_in_any_roster(tmp_path: Path) -> None:
    """The typeset PDFs, too, depend on the student only."""
    both = files_below(class_of(tmp_path, [("s1", "Ada"), ("s2", "Bob")], "a").folder)
    one = files_below(class_of(tmp_path, [("s2", "Bob")], "b").folder)
    assert both["handout/s2/questions.pdf"].startswith(b"%PDF-")
    assert {name: content for name, content in both.items() if "s2" in name} == {
        name: content for name, content in one.items() if "s2" in name
    }
    assert both["handout/s1/questions.pdf"] != both["handout/s2/questions.pdf"]


@pytest.mark.usefixtures("quick")
def test_a_class_hands_in_one_file_or_a_folder(tmp_path: Path) -> None:
    """Filled in where they were handed out, or gathered in one file, the sheets give the same tables."""
    made = class_of(tmp_path, CLASS)
    key = read_rows(made.folder / "key" / "answers.csv")
    gathered = write_sheet(tmp_path / "all.csv", key)
    for line in read_rows(made.folder / "manifest.csv"):
        own = [row for row in key if row["student"] == line["student"]]
        write_sheet(made.folder / line["folder"] / "answers.csv", own, rounded)
        # What stands in for a paper here is no form that can be read.
        (made.folder / line["folder"] / "questions.pdf").unlink()
    tables = []
    for answers, out in ((gathered, "one"), (made.folder / "handout", "many")):
        graded = grade(answers, made.folder / "key", tmp_path / out)
        assert (graded.notices, graded.missing) == ((), ())
        # The web page that the sheet was made with lies beside it, and is named.
        assert {(problem.path.name, problem.reason) for problem in graded.problems} <= {("answers.html", "not_read")}
        tables.append({row["student"]: row for row in read_rows(graded.folder / "gradebook.csv")})
    assert tables[0] == tables[1]
    assert {student: (row["name"], row["percent"]) for student, row in tables[0].items()} == {
        student: (name, "100.0") for student, name in CLASS
    }


@pytest.mark.usefixtures("quick")
def test_a_folder_of_handed_out_sheets_finds_its_key(tmp_path: Path) -> None:
    """Without --key the class's own key is found above handout/, and marks/ is beside it."""
    made = class_of(tmp_path, CLASS)
    graded = grade(made.folder / "handout")
    assert graded.folder == made.folder / "marks"
    assert graded.gradebook["blank"].min() == len(graded.results) / 3


@pytest.mark.usefixtures("quick")
def test_progress_is_told_after_each_paper(tmp_path: Path) -> None:
    """Papers done and papers in all."""
    told: list[tuple[int, int]] = []
    make_class(
        "scalar-chain",
        roster(tmp_path, CLASS),
        seed=7,
        out=tmp_path / "class",
        progress=lambda done, papers: told.append((done, papers)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.usefixtures("quick")
def test_a_fresh_seed_is_told_and_hard_to_guess(tmp_path: Path) -> None:
    """Two classes without a seed have different ones of some sixty bits."""
    list_of_class = roster(tmp_path, CLASS)
    seeds = [make_class("scalar-chain", list_of_class, out=tmp_path / name).seed for name in "ab"]
    assert seeds[0] != seeds[1]
    assert all(seed is not None and seed > 2**32 for seed in seeds)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("id,name\ns1,Ada\n", "utf-8"),
        ("ID;Name;e-mail\r\n s1 ;Ada ;ada@example.org\r\n", "utf-8-sig"),
        ("name\tid\nAda\ts1\n\n", "utf-16"),
        ('id,name\ns1,"Ada\n"\n', "utf-8"),
        ('id,name\n"s1","\x1b Ada\x00"\n', "utf-8"),
    ],
)
def test_rosters_as_spreadsheets_save_them(tmp_path: Path, content: str, encoding: str) -> None:
    """Other columns, another order, other delimiters and encodings; a name is one line without control characters."""
    path = tmp_path / "roster.csv"
    path.write_bytes(content.encode(encoding))
    assert read_roster(path).students == (Student("s1", "Ada"),)


def test_names_of_all_scripts_stay_whole(tmp_path: Path) -> None:
    """Joiners and marks that change how letters look are part of a name."""
    names = ["می‌خواهم", "Zoë", "Jose\u0301", "O'Neill, Jr.", "李 小龙"]
    path = roster(tmp_path, [(f"s{number}", name) for number, name in enumerate(names)])
    assert [student.name for student in read_roster(path).students] == names


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("ids", [("s1", "s1"), ("s1", "S1"), ("straße", ""), ("s1", "s\u200b1")])
def test_ids_must_tell_students_apart(tmp_path: Path, ids: tuple[str, str]) -> None:
    """The same id twice, ids that differ in capitals only, an empty one, or one with an invisible character."""
    with pytest.raises(AnswersError, match=r"roster\.csv"):
        class_of(tmp_path, [(student, "Name") for student in ids])
    assert not (tmp_path / "class").exists()


@pytest.mark.parametrize("seed", [-1, -(2**70)])
def test_a_negative_seed_is_refused(tmp_path: Path, seed: int) -> None:
    """Seeds are 0 or positive, however large."""
    with pytest.raises(ExamgenError, match="use 0 or a positive whole number"):
        make("scalar-chain", seed=seed, out=tmp_path / "x")
    assert not (tmp_path / "x").exists()
