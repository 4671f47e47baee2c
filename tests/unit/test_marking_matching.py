"""Whose paper a row answers, which key belongs to it, and what the instructor is told about all that does not fit."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from examgen.errors import AnswersError, KeyFileError
from examgen.exams.keys.key_folder import Key, read_key
from examgen.marking.grading import GradeOptions, grade
from examgen.marking.reading.class_sheets import read_answers
from examgen.marking.reading.matching import match
from examgen.marking.results.graded_class import GradedClass
from tests.marking_sheets import MadeKey, blank, make_key, read_rows, rounded, shares, write_sheet


@pytest.fixture
def made(tmp_path: Path) -> MadeKey:
    """The key of a class of two."""
    return make_key(tmp_path / "exam")


def kinds(graded: GradedClass) -> list[tuple[str, str]]:
    """Kind and student of every notice."""
    return [(notice.kind, notice.student) for notice in graded.notices]


def test_the_student_decides_and_not_the_variant(made: MadeKey, tmp_path: Path) -> None:
    """Who hands in a neighbour's answers is marked on the own paper, and the instructor is told."""
    sheet = write_sheet(tmp_path / "s.csv", made.of("s2"), changes={"student": "s1"})
    graded = grade(sheet, made.key)
    own, other = (variant.code for variant in made.variants)
    assert kinds(graded) == [("other_variant", "s1")]
    assert other in graded.notices[0].text
    assert own in graded.notices[0].text
    assert graded.gradebook["variant"].tolist() == [own, other]
    assert graded.missing == ("s2",)
    # What follows from the first wrong entries still follows; the weights of the own paper do not fit.
    assert shares(graded)["s1"] < 75


def test_no_variant_is_as_good_as_the_own(made: MadeKey, tmp_path: Path) -> None:
    """A known student may leave the variant out."""
    graded = grade(write_sheet(tmp_path / "s.csv", made.of("s1"), changes={"variant": ""}), made.key)
    assert kinds(graded) == []
    assert shares(graded) == {"s1": 100}


def test_rows_of_one_student_meet_whatever_variants_they_name(tmp_path: Path) -> None:
    """The last row of s1 names the variant of s2, and all rows of s3 that of s1; each answer is of the own paper."""
    made = make_key(tmp_path / "exam", students=("s1", "s2", "s3"))
    first, second = (variant.code for variant in made.variants[:2])
    mine = made.of("s1")
    rows = [*mine[:-1], {**mine[-1], "variant": second}, *made.of("s2")]
    rows += [{**row, "variant": first} for row in made.of("s3")]
    graded = grade(write_sheet(tmp_path / "s.csv", rows), made.key)
    assert kinds(graded) == [("other_variant", "s1"), ("other_variant", "s3")]
    assert shares(graded) == {"s1": 100, "s2": 100, "s3": 100}


def test_a_sheet_without_a_name_and_of_an_unknown_variant_is_nobodys(tmp_path: Path) -> None:
    """Even if there is a paper that names nobody."""
    made = make_key(tmp_path / "exam", students=("",))
    with pytest.raises(AnswersError, match="with variant 'NONE' is not in the key; 17 rows were not marked"):
        grade(write_sheet(tmp_path / "s.csv", made.rows, changes={"variant": "NONE"}), made.key)


def test_an_anonymous_paper_serves_several_students(tmp_path: Path) -> None:
    """Two students fill in copies of one paper that names nobody; each is marked, and nothing is remarked."""
    made = make_key(tmp_path / "exam", students=("",))
    write_sheet(tmp_path / "in" / "a.csv", made.rows, changes={"student": "ada"})
    write_sheet(tmp_path / "in" / "b.csv", made.rows, blank, changes={"student": "bob"})
    graded = grade(tmp_path / "in", made.key)
    assert kinds(graded) == []
    assert shares(graded) == {"ada": 100, "bob": 0}
    assert graded.missing == ()


def test_an_anonymous_sheet_of_an_anonymous_paper(tmp_path: Path) -> None:
    """It is marked without a name, and the instructor is told that nobody is named."""
    made = make_key(tmp_path / "exam", students=("",))
    graded = grade(write_sheet(tmp_path / "s.csv", made.rows), made.key)
    assert kinds(graded) == [("no_student", "")]
    assert shares(graded) == {"": 100}


def test_an_anonymous_sheet_of_a_students_paper(made: MadeKey, tmp_path: Path) -> None:
    """The paper's owner gets no marks from a sheet without a name, and both are in what the instructor is told."""
    graded = grade(write_sheet(tmp_path / "s.csv", made.of("s1"), changes={"student": ""}), made.key)
    assert kinds(graded) == [("no_student", "")]
    assert "'s1'" in graded.notices[0].text
    assert graded.missing == ("s1", "s2")
    assert [(row["student"], row["name"], row["status"]) for row in read_rows(graded.folder / "gradebook.csv")] == [
        ("s1", "Name of s1", "absent"),
        ("s2", "Name of s2", "absent"),
        ("", "", "marked"),
    ]


def test_an_unknown_student_with_a_known_variant_is_marked_where_that_is_asked_for(
    made: MadeKey, tmp_path: Path
) -> None:
    """On the variant that they name, under their own id, without the owner's name; else they are counted only."""
    write_sheet(tmp_path / "in" / "s1.csv", made.of("s1"))
    write_sheet(tmp_path / "in" / "zoe.csv", made.of("s2"), changes={"student": "zoe"})
    graded = grade(tmp_path / "in", made.key, tmp_path / "without")
    assert kinds(graded) == [("unknown_student", "zoe")]
    assert "1 student is not in the key, and 17 rows were not marked: 'zoe' (with the variant of 's2')" in (
        graded.notices[0].text
    )
    assert shares(graded) == {"s1": 100}
    graded = grade(tmp_path / "in", made.key, tmp_path / "with", GradeOptions(unknown=True))
    assert kinds(graded) == [("unknown_student", "zoe")]
    assert "is marked on variant" in graded.notices[0].text
    assert shares(graded) == {"s1": 100, "zoe": 100}
    assert [row["name"] for row in read_rows(graded.folder / "gradebook.csv")] == ["Name of s1", "Name of s2", ""]


def test_unknown_student_and_variant_beside_known_ones(made: MadeKey, tmp_path: Path) -> None:
    """Rows that belong to nobody are counted and named, and the rest is marked."""
    write_sheet(tmp_path / "in" / "a.csv", made.of("s1"))
    write_sheet(tmp_path / "in" / "b.csv", made.of("s2"), changes={"student": "zoe", "variant": "NONE"})
    graded = grade(tmp_path / "in", made.key)
    assert [(n.kind, n.student, n.count) for n in graded.notices] == [("unknown_student", "zoe", len(made.of("s2")))]
    assert shares(graded) == {"s1": 100}


def test_a_key_among_the_sheets_is_not_marked(made: MadeKey, tmp_path: Path) -> None:
    """Nobody hands it in: it is told, and the others are marked."""
    write_sheet(tmp_path / "in" / "a.csv", made.of("s1"))
    shutil.copy(made.key / "answers.csv", tmp_path / "in" / "b.csv")
    graded = grade(tmp_path / "in", made.key)
    assert [(problem.path.name, problem.reason) for problem in graded.problems] == [("b.csv", "key")]
    assert shares(graded) == {"s1": 100}


def test_nothing_but_strangers_is_a_mistake(made: MadeKey, tmp_path: Path) -> None:
    """Where no row belongs to the key at all, the error says whose rows they are."""
    write_sheet(tmp_path / "in" / "a.csv", made.of("s2"), changes={"student": "zoe", "variant": "NONE"})
    write_sheet(tmp_path / "in" / "b.csv", made.of("s2"), changes={"student": "ann", "variant": "NONE"})
    with pytest.raises(
        AnswersError, match=r"nothing to mark .*2 students are not in the key, and 34 rows .*'zoe', 'ann'"
    ):
        grade(tmp_path / "in", made.key)
    with pytest.raises(AnswersError, match=r"nothing to mark .*'zoe' with variant 'NONE', .* are not in the key"):
        grade(tmp_path / "in", made.key, options=GradeOptions(unknown=True))
    assert not (made.folder / "marks").exists()


def test_rows_of_another_exam_are_counted(made: MadeKey, tmp_path: Path) -> None:
    """They are not marked on this key, and the message names both exams."""
    write_sheet(tmp_path / "in" / "a.csv", made.of("s1"))
    write_sheet(tmp_path / "in" / "b.csv", made.of("s2"), changes={"exam": "final-abcdef"})
    graded = grade(tmp_path / "in", made.key)
    assert kinds(graded) == [("other_exam", "s2")]
    assert "'final-abcdef'" in graded.notices[0].text
    assert graded.missing == ("s2",)


def test_only_another_exam_is_a_mistake(made: MadeKey, tmp_path: Path) -> None:
    """A sheet of another exam and this key do not belong together."""
    sheet = write_sheet(tmp_path / "s.csv", made.of("s1"), changes={"exam": "final-abcdef"})
    with pytest.raises(AnswersError, match=r"nothing to mark .*'final-abcdef'"):
        grade(sheet, made.key)


def test_unknown_fields_are_named_and_passed_over(made: MadeKey, tmp_path: Path) -> None:
    """A made-up field earns nothing and costs nothing."""
    rows = [*made.of("s1"), {**made.of("s1")[0], "field": "bonus"}, {**made.of("s1")[0], "question": "Q9"}]
    graded = grade(write_sheet(tmp_path / "s.csv", rows), made.key)
    assert kinds(graded) == [("unknown_field", "s1")]
    assert "Q1 'bonus', Q9 " in graded.notices[0].text
    assert shares(graded) == {"s1": 100}


def test_of_many_unknown_fields_five_are_named(made: MadeKey, tmp_path: Path) -> None:
    """And the others counted, for each student, in the order of the sheet."""
    rows = [{**made.of(student)[0], "field": f"x{n}"} for student, most in (("s2", 8), ("s1", 5)) for n in range(most)]
    graded = grade(write_sheet(tmp_path / "s.csv", [*rows, *made.rows]), made.key)
    assert [(notice.student, notice.count) for notice in graded.notices] == [("s2", 8), ("s1", 5)]
    named = ", ".join(f"Q1 'x{n}'" for n in range(5))
    assert [notice.text.partition("passed over: ")[2] for notice in graded.notices] == [
        f"{named} and 3 more",
        named,
    ]
    assert shares(graded) == {"s2": 100, "s1": 100}


def test_a_sheet_that_names_nobody_is_told_in_words(made: MadeKey, tmp_path: Path) -> None:
    """Its unknown fields are those of a student without a name, and not of a student called ''."""
    rows = [*made.of("s1"), {**made.of("s1")[0], "field": "bonus"}]
    sheet = write_sheet(tmp_path / "s.csv", [{**row, "student": ""} for row in rows], lambda _: "abc")
    told = [note.text for note in grade(sheet, made.key).notes]
    assert any(text.startswith("a student without a name: 1 unknown fields") for text in told)
    unread = (
        f"a student without a name: 17 answers cannot be read: Q1 {rows[0]['field']} 'abc' and 16 more: This is not"
    )
    assert any(text.startswith(unread) for text in told)
    assert not any("''" in text for text in told)


def test_fields_that_are_left_out_are_blank(made: MadeKey, tmp_path: Path) -> None:
    """A row that is missing counts as blank; every asked entry is in the results."""
    graded = grade(write_sheet(tmp_path / "s.csv", made.of("s1")[:5]), made.key)
    assert Counter(graded.results["outcome"]) == {"correct": 5, "blank": len(made.of("s1")) - 5}


def test_double_rows_count_once_and_only_if_they_agree(made: MadeKey, tmp_path: Path) -> None:
    """The same answer twice is read once; two different answers to one entry are none, which one note tells."""
    first, second, *others = made.of("s1")
    path = write_sheet(tmp_path / "s.csv", [first, first, second, *others])
    with path.open("a", encoding="utf-8") as file:
        file.write(",".join([*(second[name] for name in ("exam", "variant", "student", "question", "field")), "", "7"]))
    graded = grade(path, made.key)
    by_field = dict(zip(graded.results["field"], graded.results["outcome"], strict=True))
    assert by_field.pop(second["field"]) == "unreadable"
    assert set(by_field.values()) == {"correct"}
    assert [(note.kind, note.student) for note in graded.notes] == [("contradiction", "s1"), ("absent", "s2")]


def test_a_class_from_one_file_and_from_a_folder(tmp_path: Path) -> None:
    """Fifty students in one file or in fifty, in any order of rows, have the same results."""
    students = [f"s{n:02}" for n in range(50)]
    made = make_key(tmp_path / "exam", students=students)
    one = write_sheet(tmp_path / "one.csv", made.rows, lambda row: rounded(row) if row["student"] < "s40" else "0.1")
    for student in students:
        rows = made.of(student)[::-1]
        write_sheet(
            tmp_path / "many" / student[:2] / f"{student}.csv", rows, rounded if student < "s40" else lambda _: "0.1"
        )
    tables = []
    for answers in (one, tmp_path / "many"):
        folder = grade(answers, made.key, tmp_path / f"marks of {answers.stem}").folder
        tables.append([(folder / name).read_bytes() for name in ("results.csv", "gradebook.csv")])
    assert tables[0] == tables[1]
    assert tables[0][1].count(b",100.0,") == 40


def test_who_handed_in_nothing_is_listed(made: MadeKey, tmp_path: Path) -> None:
    """Students of the key without a row are missing; one with a blank sheet is not."""
    assert grade(write_sheet(tmp_path / "s.csv", made.of("s2"), blank), made.key).missing == ("s1",)


def test_a_shared_code_does_not_mix_papers_up(made: MadeKey, tmp_path: Path) -> None:
    """Even if two papers of a very large class have one code, each student is marked on the own numbers."""
    key = read_key(made.key)
    code = key.variants[0].code
    same = Key(key.folder, key.exam, tuple(replace(variant, code=code) for variant in key.variants))
    sheet = read_answers(write_sheet(tmp_path / "s.csv", made.rows, changes={"variant": code}))
    matched = match(same, sheet.table)
    assert [submission.variant for submission in matched.submissions] == list(same.variants)
    assert matched.notices == ()


# Finding the key.


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.mark.parametrize("place", ["exam/s.csv", "exam/key/s.csv", "exam/handout/s1/s.csv", "exam/in/a/s.csv"])
def test_the_key_beside_or_above_the_sheet(made: MadeKey, elsewhere: Path, tmp_path: Path, place: str) -> None:
    """A sheet in the exam's folder, or a few folders below it, finds the key there; marks go beside the key."""
    graded = grade(write_sheet(tmp_path / place, made.of("s1")))
    assert graded.folder == made.folder / "marks"
    assert not list(elsewhere.iterdir())


def test_the_key_in_the_output_folder(made: MadeKey, elsewhere: Path, tmp_path: Path) -> None:
    """A sheet from anywhere finds the key of its exam among those under ./output, broken ones passed over."""
    (elsewhere / "output" / "broken" / "key").mkdir(parents=True)
    (elsewhere / "output" / "broken" / "key" / "exam.json").write_text("{", encoding="utf-8")
    make_key(elsewhere / "output" / "a-first", seed=8)
    shutil.move(made.folder, elsewhere / "output" / "right")
    sheet = write_sheet(tmp_path / "far" / "away" / "from" / "it" / "s.csv", made.of("s1"))
    assert grade(sheet).folder == elsewhere / "output" / "right" / "marks"


def test_the_exam_of_most_sheets_is_looked_for(elsewhere: Path, tmp_path: Path) -> None:
    """Of two exams in one folder of sheets, each with a key, the one that most of them name is marked."""
    for name, seed, sheets in (("few", 7, ["a"]), ("many", 8, ["b", "c"])):
        made = make_key(elsewhere / "output" / name, seed=seed)
        for sheet, student in zip(sheets, ("s1", "s2"), strict=False):
            write_sheet(tmp_path / "far" / f"{sheet}.csv", made.of(student))
    graded = grade(tmp_path / "far")
    assert graded.folder == elsewhere / "output" / "many" / "marks"
    assert shares(graded) == {"s1": 100, "s2": 100}


def test_no_upload_outvotes_the_class(elsewhere: Path, tmp_path: Path) -> None:
    """Who hands in many rows and files of an old exam, whose key is there too, does not have the class marked by it."""
    made, old = make_key(elsewhere / "output" / "now"), make_key(elsewhere / "output" / "old", seed=8)
    write_sheet(tmp_path / "far" / "s1.csv", made.of("s1"))
    write_sheet(tmp_path / "far" / "s2" / "sheet.csv", made.of("s2"))
    for number in range(5):
        write_sheet(tmp_path / "far" / "s2" / f"{number}.csv", [*old.rows] * 3)
    graded = grade(tmp_path / "far")
    assert graded.key == made.key
    assert shares(graded) == {"s1": 100, "s2": 100}


@pytest.mark.usefixtures("elsewhere")
def test_no_key_says_where_it_was_looked_for(tmp_path: Path) -> None:
    """The message names the sheets' exam, the exams whose keys are there, and --key."""
    made = make_key(tmp_path / "exam")
    sheet = write_sheet(tmp_path / "exam" / "in" / "s.csv", made.of("s1"), changes={"exam": "final-abcdef"})
    with pytest.raises(KeyFileError, match=rf"'final-abcdef'.*\./output; there are keys of {made.exam.id}.*--key DIR"):
        grade(sheet)


@pytest.mark.usefixtures("elsewhere")
def test_a_sheet_that_names_no_exam_finds_no_key(made: MadeKey) -> None:
    """The message says that no exam is named."""
    with pytest.raises(KeyFileError, match="the sheets name no exam"):
        grade(write_sheet(made.folder / "s.csv", made.of("s1"), changes={"exam": ""}))


def test_of_two_keys_of_one_exam_the_one_that_knows_the_students(elsewhere: Path, tmp_path: Path) -> None:
    """Two students' papers of one seed are one exam with two keys; each sheet finds its own."""
    for student in ("ada", "bob"):
        made = make_key(elsewhere / "output" / student, students=(student,))
        graded = grade(write_sheet(tmp_path / "far" / f"{student}.csv", made.rows))
        assert graded.folder == elsewhere / "output" / student / "marks"
        assert shares(graded) == {student: 100}


def forged(real: MadeKey, folder: Path, *students: str) -> MadeKey:
    """A key of the same exam with other numbers, for the same students or for others."""
    other = make_key(folder, students=students or ("s1", "s2"), seed=8)
    for file in other.key.iterdir():
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(other.exam.id, real.exam.id), encoding="utf-8")
    return other


@pytest.mark.parametrize("place", ["in", "in/key", "in/bob/key", "in/bob"])
def test_a_key_that_was_handed_in_is_never_believed(elsewhere: Path, tmp_path: Path, place: str) -> None:
    """Whether the real one is found or not; the sheets are marked by the real one, whatever lies among them."""
    made = make_key(elsewhere / "output" / "right")
    other = forged(made, tmp_path / "other")
    handed_in = tmp_path / "far" / "in"
    write_sheet(handed_in / "s1.csv", other.of("s1"), changes={"exam": made.exam.id, "variant": ""})
    write_sheet(handed_in / "s2.csv", made.of("s2"))
    shutil.copytree(other.key, tmp_path / "far" / place, dirs_exist_ok=True)
    graded = grade(handed_in)
    assert graded.key == made.key
    assert shares(graded)["s1"] < 75
    assert shares(graded)["s2"] == 100
    shutil.rmtree(elsewhere / "output")
    with pytest.raises(
        KeyFileError, match=rf"'{made.exam.id}', and no key of it is beside them or in \./output"
    ) as told:
        grade(handed_in)
    assert ("was handed in with the sheets and is not used" in str(told.value)) == (place in ("in", "in/key"))


@pytest.mark.parametrize("student", ["s1", "nobody"])
def test_of_several_keys_that_fit_none_is_taken(elsewhere: Path, tmp_path: Path, student: str) -> None:
    """All are named, though a sheet that lies beside one of them may name whom only this one knows."""
    made = make_key(elsewhere / "output" / "right")
    other = forged(made, tmp_path / "upload", student)
    sheet = write_sheet(tmp_path / "upload" / "s.csv", other.rows, changes={"exam": made.exam.id})
    with pytest.raises(KeyFileError, match=r"2 different keys of .* fit, and none is taken: .*--key DIR") as told:
        grade(sheet)
    assert f"{other.key}, output/right/key;" in str(told.value)
    assert shares(grade(sheet, other.key, tmp_path / "out")) == {student: 100}


def test_of_one_paper_in_two_languages_the_key_is_that_of_its_folder(elsewhere: Path, tmp_path: Path) -> None:
    """Marks are the same by both; sheets that lie in none of the folders do not say which, nor where numbers differ."""
    made, german = make_key(elsewhere / "output" / "right"), make_key(elsewhere / "output" / "german")
    document = json.loads((german.key / "exam.json").read_text(encoding="utf-8"))
    (german.key / "exam.json").write_text(json.dumps(document | {"language": "de", "decimal_mark": ","}))
    for one in (made, german):
        graded = grade(write_sheet(one.folder / "rehearsal" / "handed-in" / "s.csv", made.of("s1")))
        assert graded.key == one.key
        assert shares(graded) == {"s1": 100}
    far = write_sheet(tmp_path / "far" / "s.csv", made.of("s1"))
    with pytest.raises(KeyFileError, match="2 different keys"):
        grade(far)
    other = forged(made, elsewhere / "output" / "other")
    with pytest.raises(KeyFileError, match="3 different keys"):
        grade(write_sheet(other.folder / "handed-in" / "s.csv", made.of("s1")))


def test_copies_of_one_key_are_one_key(elsewhere: Path, tmp_path: Path) -> None:
    """Whoever keeps a copy of the key beside the sheets need not say which is meant."""
    made = make_key(elsewhere / "output" / "right")
    shutil.copytree(made.key, tmp_path / "copy" / "key")
    graded = grade(write_sheet(tmp_path / "copy" / "in" / "s.csv", made.of("s1")))
    assert graded.folder == tmp_path / "copy" / "marks"
    assert shares(graded) == {"s1": 100}


def test_the_key_may_be_given_as_its_folder_or_the_exams(made: MadeKey, tmp_path: Path) -> None:
    """--key takes the folder of exam.json, and the folder around it, absolute or relative."""
    sheet = write_sheet(tmp_path / "s.csv", made.of("s1"))
    for key in (made.key, made.folder, Path(os.path.relpath(made.folder))):
        assert shares(grade(sheet, key, tmp_path / "out")) == {"s1": 100}


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("exam.json", lambda text: text[:-100], r"exam.json: not a JSON file"),
        ("exam.json", lambda text: text.replace('"format": 1', '"format": 2'), r"format 2, written by examgen 0; this"),
        ("exam.json", lambda text: text.replace('"relu"', '"rulu"'), r"exam.json: questions\[1\].shapes.A: .*rulu"),
        ("exam.json", lambda text: json.dumps(json.loads(text)["questions"]), r"exam.json: not the key of an exam"),
        ("exam.json", lambda text: text.replace('"notation"', '"notion"'), r"damaged: 'notation' is missing"),
        ("variants.jsonl", lambda text: text[:-10], r"variants.jsonl: line 2: damaged"),
        ("variants.jsonl", lambda text: text.replace('"b1"', '"b9"'), r"variants.jsonl: line 1: damaged: 'b1'"),
        ("variants.jsonl", lambda text: text.replace("[[", "[", 1), r"variants.jsonl: line 1: damaged"),
        ("variants.jsonl", lambda text: "\x00" + text, r"variants.jsonl: line 1: damaged"),
        ("variants.jsonl", lambda _: "[]\n", r"variants.jsonl: line 1: damaged"),
    ],
)
def test_a_damaged_key_is_named_with_its_file(
    made: MadeKey, tmp_path: Path, file: str, change: Callable[[str], str], said: str
) -> None:
    """One message says which file is damaged; nothing is marked."""
    sheet = write_sheet(tmp_path / "s.csv", made.of("s1"))
    path = made.key / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(KeyFileError, match=said):
        grade(sheet, made.key)
    assert not (made.folder / "marks").exists()


@pytest.mark.parametrize("file", ["exam.json", "variants.jsonl"])
def test_a_key_without_one_of_its_files(made: MadeKey, tmp_path: Path, file: str) -> None:
    """The message names the file that is missing."""
    sheet = write_sheet(tmp_path / "s.csv", made.of("s1"))
    (made.key / file).unlink()
    with pytest.raises(KeyFileError, match=file):
        grade(sheet, made.key)
