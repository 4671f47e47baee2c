"""Answers that come back from Moodle and Canvas are marked as the same answers in answers.csv are."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from examgen.errors import AnswersError
from examgen.exams.keys.key_folder import Key, read_key
from examgen.exchange.exporting import ExportOptions, export
from examgen.marking.grading import GradeOptions, grade
from examgen.marking.results.appeals.explaining import explain
from examgen.marking.results.graded_class import GradedClass
from tests import platform_responses as platforms
from tests.canvas_reader import read_package
from tests.classroom.pupils import Pupil, work_out
from tests.exchange_keys import made_key
from tests.moodle_reader import Box, Question, read_quiz
from tests.packed_sheets import write_xlsx
from tests.platform_responses import Language, Sat, canvas_table, moodle_table

Rows = list[dict[str, str]]
ADA, EMMY, KURT = (
    Sat("Ada", "King, Countess", "ada@uni.edu", "00ada"),
    Sat("Emmy", '=HYPERLINK("x")', "emmy@uni.edu", "emmy"),
    Sat("Kurt", "Gödel", "kurt@uni.edu", "kurt"),
)
STUDENTS = {"00ada": ADA, "emmy": EMMY, "kurt": KURT}


def written(key: Key) -> Rows:
    """What students wrote: one entry of each goes wrong, one has a misconception, too; all leave some boxes empty, and
    write into others what is no number."""
    pupils = [
        Pupil(variant.student, variant, belief="no-slope" if place else "", slips=not place)
        for place, variant in enumerate(key.variants)
    ]
    worked = zip(pupils, work_out(key.exam, pupils, 1), strict=True)
    sheets = {pupil.id: iter(sheet.texts) for pupil, sheet in worked}
    found: Rows = []
    for place, row in enumerate(table_in(key.folder / "answers.csv")):
        answer = next(sheets[row["student"]]) if row["decimals"] else row["answer"]
        found.append({**row, "answer": {23: "", 37: "n/a"}.get(place % 40, answer)})
    return found


def boxes(rows: Rows, variant: str, question: str = "") -> list[str]:
    """What a student typed into the boxes of a question, or of the whole paper, in their order."""
    return [
        row["answer"]
        for row in rows
        if row["variant"] == variant and row["question"] in (question or row["question"]) and _is_asked(row)
    ]


def _is_asked(row: Mapping[str, str]) -> bool:
    return bool(row["decimals"]) or row["field"].startswith("choice_")


def marked(place: Path, key: Key, out: Path, **options: bool) -> tuple[GradedClass, Rows, Rows]:
    """The class, the rows of results.csv, and those of gradebook.csv."""
    found = grade(place, key.folder, out, GradeOptions(**options))  # type: ignore[arg-type]
    return found, table_in(out / "results.csv"), table_in(out / "gradebook.csv")


def table_in(path: Path) -> Rows:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def handed_in(rows: Rows, folder: Path) -> Path:
    """The same answers as a table of answers.csv, of each student the own paper."""
    path = folder / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, ["exam", "variant", "student", "question", "field", "symbol", "answer"], extrasaction="ignore"
        )
        writer.writeheader()
        writer.writerows(row for row in rows if _is_asked(row))
    return path


def sat(key: Key, rows: Rows) -> list[Sat]:
    """Each student answers the own paper's questions."""
    codes = {variant.student: variant.code for variant in key.variants}
    questions = [question.id for question in key.exam.questions]
    return [
        replace(
            one,
            answers={f"{key.exam.id} {number} {codes[name]}": boxes(rows, codes[name], number) for number in questions},
        )
        for name, one in STUDENTS.items()
    ]


def without_variants(rows: Rows) -> Rows:
    """Rows without what is said of the variant."""
    return [{name: cell for name, cell in row.items() if name != "variant"} for row in rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Key, list[Question], Rows]:
    """A class, its quiz as Moodle has it, and what students wrote."""
    key = made_key(tmp_path_factory.mktemp("quiz"), "question2", tuple(STUDENTS))
    quiz = read_quiz(export("moodle", key.folder.parent).place.read_bytes())
    return key, quiz, written(key)


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        (platforms.ENGLISH, "utf-8"),
        (platforms.GERMAN, "utf-8-sig"),
        (platforms.FRENCH, "utf-16"),
        (platforms.SPANISH, "cp1252"),
        (platforms.HINDI, "utf-8"),
    ],
    ids=["en", "de", "fr", "es", "hi"],
)
def test_moodle_responses_are_marked_as_answers_are(
    made: tuple[Key, list[Question], Rows], tmp_path: Path, language: Language, encoding: str
) -> None:
    """In any language of Moodle, with semicolons and decimal commas: the same outcomes, causes and marks."""
    key, quiz, rows = made
    is_comma = language.delimiter == ";"
    typed = [{**row, "answer": row["answer"].replace(".", ",")} for row in rows] if is_comma else rows
    table = tmp_path / "responses.csv"
    table.write_bytes(moodle_table(quiz, sat(key, typed), language).encode(encoding, "replace"))
    _, results, book = marked(table, key, tmp_path / "marks")
    _, expected, expected_book = marked(handed_in(typed, tmp_path), key, tmp_path / "expected")
    assert results == expected
    assert without_variants(book) == without_variants(expected_book)
    outcomes = {row["outcome"] for row in results}
    assert {"correct", "follow_through", "wrong", "blank", "unreadable"} <= outcomes
    assert [row["name"] for row in book] == ["00Ada", "Emmy", "Kurt"]


def test_questions_of_several_variants_make_a_paper(tmp_path: Path) -> None:
    """A quiz draws each question by itself: each is marked against its own variant, and follows through within it."""
    key = made_key(tmp_path / "exam", "midterm")
    export("moodle", key.folder.parent, ExportOptions(variants=3))
    quiz = read_quiz((tmp_path / "exam" / "exchange" / "moodle.xml").read_bytes())
    numbers = {
        question.id: [one for one in quiz if one.name.split()[1] == question.id] for question in key.exam.questions
    }
    texts = {}
    for question, variants in zip(key.exam.questions, (1, 3, 2), strict=True):
        one = numbers[question.id][variants]
        texts[one.name] = [_right(box) for box in one.boxes]
    (tmp_path / "r.csv").write_text(moodle_table(quiz, [replace(KURT, answers=texts)]), encoding="utf-8")
    found, results, book = marked(tmp_path / "r.csv", key, tmp_path / "marks", unknown=True)
    assert {row["outcome"] for row in results if float(row["max_marks"])} == {"correct"}
    assert [(row["student"], row["marks"], row["name"]) for row in book if row["status"] == "marked"] == [
        ("kurt", book[-1]["max_marks"], "Kurt Gödel")
    ]
    assert not [note for note in found.notes if note.kind == "unknown_variant"]
    # What is asked for a number is marked; what no platform asks is worth nothing, and not taken for blank work.
    unasked = [row for row in results if not float(row["max_marks"])]
    assert {row["outcome"] for row in unasked} <= {"blank"}
    explained = explain(tmp_path / "marks", "kurt", next(row["field"] for row in results if row["value"]))
    assert explained.variant == book[-1]["variant"]
    assert len(read_key(found.key).variants) == 2


def _right(box: Box) -> str:
    if box.kind.startswith("MULTI"):
        return ",".join(answer.text[1] for answer in box.answers if answer.fraction > 0)
    return box.right.text


def test_attempts_that_do_not_count_are_told(made: tuple[Key, list[Question], Rows], tmp_path: Path) -> None:
    """Of two attempts the last counts; open ones and people without one are not marked, and named."""
    key, quiz, rows = made
    ada, emmy, kurt = sat(key, rows)
    blank = {name: ["" for _ in texts] for name, texts in ada.answers.items()}
    tries = [
        replace(ada, answers=blank),
        replace(kurt, state="In progress", is_open=True),
        ada,
        replace(ada, answers=blank, state="Overdue", is_open=True),
        replace(emmy, answers={}),
    ]
    (tmp_path / "r.csv").write_text(moodle_table(quiz, tries), encoding="utf-8")
    found, _, book = marked(tmp_path / "r.csv", key, tmp_path / "marks")
    _, _, expected = marked(handed_in(rows, tmp_path), key, tmp_path / "expected")
    assert [row["status"] for row in book] == ["marked", "absent", "absent"]
    assert book[0]["marks"] == expected[0]["marks"]
    told = {note.kind: note.text for note in found.notes}
    assert "'00ada' handed in 2 attempts in Moodle: the last one counts, in row 4, and not row 2" in told["latest"]
    assert "student 'kurt' (In progress): the attempt is not handed in and not marked" in told["unfinished"]


def test_without_the_text_of_questions_nothing_can_be_told(
    made: tuple[Key, list[Question], Rows], tmp_path: Path
) -> None:
    """The message says what to tick."""
    key, quiz, rows = made
    (tmp_path / "r.csv").write_text(moodle_table(quiz, sat(key, rows), with_text=False), encoding="utf-8")
    with pytest.raises(AnswersError, match='tick "question text" beside "response", press "Show report"'):
        grade(tmp_path / "r.csv", key.folder, tmp_path / "marks")


def test_unknown_variants_are_told_and_the_rest_is_marked(
    made: tuple[Key, list[Question], Rows], tmp_path: Path
) -> None:
    """Of another pool, of another exam, and of somebody whom the class does not know."""
    key, quiz, rows = made
    ada, emmy, kurt = sat(key, rows)
    table = moodle_table(quiz, [ada, emmy, kurt, replace(ada, number="zoe", mail="zoe@uni.edu")])
    codes = {variant.student: variant.code for variant in key.variants}
    table = table.replace(codes["emmy"], "ZZZZZZZZ").replace(
        f"{key.exam.id} Q1 {codes['kurt']}", "other-abcdef Q1 AAAAAAAA"
    )
    (tmp_path / "r.csv").write_text(table, encoding="utf-8")
    found, _, book = marked(tmp_path / "r.csv", key, tmp_path / "marks")
    assert [row["status"] for row in book] == ["marked", "absent", "absent"]
    told = {note.kind: note.text for note in found.notes}
    assert (
        "variant 'ZZZZZZZZ' is not in the key, nor in its pool, and the answers of student 'emmy'"
        in told["unknown_variant"]
    )
    assert "are of exam 'other-abcdef'" in told["other_exam"]
    assert "student is not in the key" in told["unknown_student"]


def test_later_answers_are_added_to_marks(made: tuple[Key, list[Question], Rows], tmp_path: Path) -> None:
    """Who answered before keeps marks, paper and explanation; who answers again has the new ones."""
    key, quiz, rows = made
    ada, emmy, kurt = sat(key, rows)
    (tmp_path / "first.csv").write_text(moodle_table(quiz, [ada, emmy]), encoding="utf-8")
    _, _, first = marked(tmp_path / "first.csv", key, tmp_path / "marks")
    (tmp_path / "second.csv").write_text(moodle_table(quiz, [kurt]), encoding="utf-8")
    found, results, book = marked(tmp_path / "second.csv", key, tmp_path / "marks")
    assert [row["status"] for row in book] == ["marked"] * 3
    assert book[:2] == first[:2]
    field = next(row["field"] for row in results if row["student"] == "emmy" and row["outcome"] == "follow_through")
    assert explain(tmp_path / "marks", "emmy", field).variant == book[1]["variant"]
    assert len(read_key(found.key).variants) == 3


@pytest.mark.parametrize("has_attempts", [True, False])
def test_canvas_analyses_are_marked_as_answers_are(tmp_path: Path, *, has_attempts: bool) -> None:
    """A column for each box, choices by their letters, small numbers times a power of ten, and two attempts."""
    key = made_key(tmp_path / "exam", "tanh-two-outputs", tuple(STUDENTS))
    quizzes = read_package(export("canvas", key.folder.parent, ExportOptions(is_scaled=True)).place.read_bytes())
    rows = written(key)
    codes = {variant.code: STUDENTS[variant.student] for variant in key.variants}
    powers = {
        (title, question.title.split()[-1]): int(power[1])
        for quiz in quizzes
        for title in [quiz.title]
        for question in quiz.questions
        if (power := re.search(r"\*1e(\d+)\]", question.text))
    }
    tries = []
    for quiz in quizzes:
        code = quiz.title.split()[-1]
        typed = [
            _times(row["answer"], powers.get((quiz.title, row["field"]), 0))
            for row in rows
            if row["variant"] == code and _is_asked(row)
        ]
        tries.append(replace(codes[code], answers={quiz.title: typed}, attempt=2))
        if has_attempts:
            tries.insert(0, replace(codes[code], answers={quiz.title: [""] * len(typed)}, attempt=1))
            tries.reverse()
    (tmp_path / "analysis.csv").write_text(canvas_table(quizzes, tries, attempts=has_attempts), encoding="utf-8")
    _, results, book = marked(tmp_path / "analysis.csv", key, tmp_path / "marks")
    _, expected, expected_book = marked(handed_in(rows, tmp_path), key, tmp_path / "expected")
    kept = ("student", "question", "field", "outcome", "misconception", "marks", "max_marks", "tolerance")
    ours, theirs = ([[row[name] for name in kept] for row in table] for table in (results, expected))
    assert sorted(ours) == sorted(theirs)
    assert without_variants(book) == without_variants(expected_book)


def _times(text: str, power: int) -> str:
    try:
        return f"{Decimal(text).scaleb(power):f}" if power else text
    except InvalidOperation:
        return text


def test_choices_come_back_by_their_letters(tmp_path: Path) -> None:
    """From Moodle and Canvas, one option or several, and tasks that were not asked cost nothing."""
    key = made_key(tmp_path / "exam", "formulas", tuple(STUDENTS))
    quiz = read_quiz(export("moodle", key.folder.parent).place.read_bytes())
    rows = table_in(key.folder / "answers.csv")
    (tmp_path / "r.csv").write_text(moodle_table(quiz, sat(key, rows)), encoding="utf-8")
    _, results, book = marked(tmp_path / "r.csv", key, tmp_path / "marks")
    assert {row["percent"] for row in book} == {"100.0"}
    assert {row["answer"] for row in results if row["field"].startswith("choice_")} <= set("abcdefgh")
    quizzes = read_package(export("canvas", key.folder.parent).place.read_bytes())
    codes = {variant.code: STUDENTS[variant.student] for variant in key.variants}
    tries = [
        replace(codes[one.title.split()[-1]], answers={one.title: boxes(rows, one.title.split()[-1])})
        for one in quizzes
    ]
    (tmp_path / "c.csv").write_text(canvas_table(quizzes, tries), encoding="utf-8")
    _, again, _ = marked(tmp_path / "c.csv", key, tmp_path / "canvas")
    assert again == results


def test_a_spreadsheet_of_responses_is_read(made: tuple[Key, list[Question], Rows], tmp_path: Path) -> None:
    """Moodle downloads Excel, too."""
    key, quiz, rows = made
    lines = list(csv.reader(io.StringIO(moodle_table(quiz, sat(key, rows)))))
    write_xlsx(tmp_path / "r.xlsx", lines)
    (tmp_path / "r.csv").write_text(moodle_table(quiz, sat(key, rows)), encoding="utf-8")
    _, results, _ = marked(tmp_path / "r.xlsx", key, tmp_path / "marks")
    assert results == marked(tmp_path / "r.csv", key, tmp_path / "csv")[1]


def test_nobodys_own_file_says_what_others_answered(made: tuple[Key, list[Question], Rows], tmp_path: Path) -> None:
    """Among the files of a folder, a table of a platform is read only when the instructor asks for tables."""
    key, quiz, rows = made
    folder = tmp_path / "handed-in"
    folder.mkdir()
    (folder / "emmy.csv").write_text(moodle_table(quiz, sat(key, rows)), encoding="utf-8")
    own = next(row for row in rows if row["student"] == "kurt")
    (folder / "kurt.csv").write_text(
        f"student,{own['question']}:{own['field']}\nkurt,{own['answer']}\n", encoding="utf-8"
    )
    found, _, book = marked(folder, key, tmp_path / "marks")
    assert [row["status"] for row in book] == ["absent", "absent", "marked"]
    assert any("is a table of answers that a platform exported" in note.text for note in found.notes)
    _, _, book = marked(folder, key, tmp_path / "tables", tables=True)
    assert [row["status"] for row in book] == ["marked"] * 3


def test_one_exam_without_students_is_anybodys(tmp_path: Path) -> None:
    """A pool made of one paper: everybody in the table has one, under the number that Moodle knows."""
    key = made_key(tmp_path / "exam", "scalar-chain", ("",))
    quiz = read_quiz(export("moodle", key.folder.parent, ExportOptions(variants=2)).place.read_bytes())
    tries = [
        replace(one, answers={question.name: [_right(box) for box in question.boxes]})
        for one, question in zip(STUDENTS.values(), quiz, strict=True)
    ]
    tries.append(replace(tries[0], given="Zoe", family="Zuse", number="zoe", mail="zoe@uni.edu"))
    (tmp_path / "r.csv").write_text(moodle_table(quiz, tries), encoding="utf-8")
    found, _, book = marked(tmp_path / "r.csv", key, tmp_path / "marks")
    assert [(row["student"], row["percent"]) for row in book] == [(one.number, "100.0") for one in tries]
    assert len(read_key(found.key).variants) == 5
    # The same again changes nothing.
    before = (tmp_path / "marks" / "results.csv").read_bytes()
    again, _, _ = marked(tmp_path / "r.csv", key, tmp_path / "marks")
    assert (tmp_path / "marks" / "results.csv").read_bytes() == before
    assert not again.remarking.changes


def test_one_question_in_two_variants_is_told(tmp_path: Path) -> None:
    """Boxes that Canvas drew one by one: those of one variant are marked, the others named."""
    key = made_key(tmp_path / "exam", "scalar-chain", tuple(STUDENTS))
    quizzes = read_package(export("canvas", key.folder.parent).place.read_bytes())
    rows = table_in(key.folder / "answers.csv")
    first, second, _ = key.variants
    tries = [replace(ADA, answers={quiz.title: boxes(rows, quiz.title.split()[-1]) for quiz in quizzes[:2]})]
    lines = list(csv.reader(io.StringIO(canvas_table(quizzes[:2], tries))))
    # Of the second quiz, only three boxes were asked.
    asked = [place for place, title in enumerate(lines[0]) if f" {second.code} " in title]
    for place in asked[3:]:
        lines[1][place] = lines[1][place + 1] = ""
    made = io.StringIO()
    csv.writer(made).writerows(lines)
    (tmp_path / "c.csv").write_text(made.getvalue(), encoding="utf-8")
    found, results, _ = marked(tmp_path / "c.csv", key, tmp_path / "marks")
    assert {row["outcome"] for row in results if row["student"] == "00ada"} == {"correct"}
    [told] = [note.text for note in found.notes if note.kind == "mixed_variants"]
    assert f"what was answered to {second.code} was not marked, but to {first.code}" in told


def test_other_questions_of_a_quiz_are_passed_over(made: tuple[Key, list[Question], Rows], tmp_path: Path) -> None:
    """An instructor's own question has no tag."""
    key, quiz, rows = made
    lines = list(csv.reader(io.StringIO(moodle_table(quiz, sat(key, rows)))))
    for line, cells in zip(lines, [["Question 2", "Response 2"], *[["Why?", "Because."]] * 3], strict=True):
        line += cells
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    (tmp_path / "r.csv").write_text(text.getvalue(), encoding="utf-8")
    found, results, _ = marked(tmp_path / "r.csv", key, tmp_path / "marks")
    assert any("1 column of responses to other questions" in note.text for note in found.notes)
    assert len({row["student"] for row in results}) == 3


def test_papers_may_follow_a_quiz(made: tuple[Key, list[Question], Rows], tmp_path: Path) -> None:
    """Who answered in Moodle keeps marks and explanation when others hand in sheets, into the same marks."""
    key, quiz, rows = made
    ada, _, kurt = sat(key, rows)
    strange = replace(ada, answers=kurt.answers)
    (tmp_path / "r.csv").write_text(moodle_table(quiz, [strange]), encoding="utf-8")
    _, _, before = marked(tmp_path / "r.csv", key, tmp_path / "marks")
    sheet = handed_in([row for row in rows if row["student"] == "emmy"], tmp_path)
    found, results, book = marked(sheet, key, tmp_path / "marks")
    assert [row["status"] for row in book] == ["marked", "marked", "absent"]
    assert book[0] == before[0]
    field = next(row["field"] for row in results if row["student"] == "00ada" and row["outcome"] == "correct")
    assert explain(tmp_path / "marks", "00ada", field).variant == book[0]["variant"]
    codes = {variant.student: variant.code for variant in read_key(found.key).variants}
    assert (codes["00ada"], codes["emmy"]) == (book[0]["variant"], book[1]["variant"])
