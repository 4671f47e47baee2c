"""Marking again: who changed by how much, and what happens where an earlier gradebook cannot be read."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from examgen.errors import ExamgenError
from examgen.exams.banks.building import load_exam
from examgen.exams.exam import Exam
from examgen.marking.results.earlier import Earlier, read_earlier
from examgen.marking.results.remarking import Remarking, change_lines, changes

HEADER = "student,name,exam,variant,marks,max_marks,Q1,correct"
OLD = f"{HEADER}\ns1,A,e-1,V1,12.5,20,12.5,9\ns2,B,e-1,V2,7,20,7,5\ns3,C,e-1,V3,3,20,3,2\n"
ABSENT = "student,name,exam,variant,status,marks,max_marks\ns1,A,e-1,V1,marked,1,20\ns2,B,e-1,V2,absent,,20\n"


@pytest.fixture(scope="module")
def exam() -> Exam:
    """An exam of one question."""
    return replace(load_exam("scalar-chain", 7).exam, id="e-1")


def lying(folder: Path, text: str | bytes) -> Path:
    """A folder with this gradebook."""
    (folder / "gradebook.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def compared(earlier: Earlier, **new: str) -> Remarking:
    """Marks by student against those from before."""
    return changes(earlier, {(student, f"V{student[1:]}"): marks for student, marks in new.items()})


def test_changes_are_listed_with_their_size(tmp_path: Path, exam: Exam) -> None:
    """More, fewer, new and gone; who stays is not listed."""
    earlier = read_earlier(lying(tmp_path, OLD), exam)
    found = compared(earlier, s4="1", s2="6.75", s1="13", s3="3.0")
    assert [(change.student, str(change.difference)) for change in found.changes] == [
        ("s4", "None"),
        ("s2", "-0.25"),
        ("s1", "0.5"),
    ]
    assert change_lines(found) == (
        "Marks changed since the last marking, 3 students:",
        "  s4  1, not marked before",
        "  s2  7 → 6.75  (-0.25)",
        "  s1  12.5 → 13  (+0.5)",
    )
    gone = compared(earlier, s1="12.5", s2="7")
    assert change_lines(gone) == (
        "Marks changed since the last marking, 1 student:",
        "  s3  3 before, not marked now",
    )


def test_no_change_is_told(tmp_path: Path, exam: Exam) -> None:
    """The same marks, however they are spelled."""
    found = compared(read_earlier(lying(tmp_path, OLD), exam), s1="12.5", s2="7.00", s3="3")
    assert (found.is_again, change_lines(found)) == (True, ("No marks changed since the last marking.",))


def test_who_was_absent_before_was_not_marked_before(tmp_path: Path, exam: Exam) -> None:
    """Their row in the earlier gradebook holds no marks to compare with, and is no row to keep."""
    earlier = read_earlier(lying(tmp_path, ABSENT), exam)
    assert change_lines(compared(earlier, s1="1", s2="5"))[1:] == ("  s2  5, not marked before",)
    assert list(earlier.kept(frozenset())) == [("s1", "V1")]


def test_a_first_marking_says_nothing(tmp_path: Path, exam: Exam) -> None:
    """Where there is no gradebook there is nothing to compare with; so it is where another exam's is written over."""
    none = read_earlier(tmp_path, exam)
    others = [read_earlier(lying(tmp_path, OLD.replace("e-1", "e-2")), exam, force=True)]
    assert [change_lines(compared(earlier, s1="1")) for earlier in (none, *others)] == [()] * 2


def test_long_lists_are_cut(tmp_path: Path, exam: Exam) -> None:
    """Twenty lines and a count where there are more."""
    for count, length, last in ((25, 22, "  and 5 more"), (20, 21, "  s19  1 → 2  (+1)")):
        rows = "".join(f"s{number},N,e-1,V{number},1,2,1,1\n" for number in range(count))
        earlier = read_earlier(lying(tmp_path, f"{HEADER}\n{rows}"), exam)
        lines = change_lines(compared(earlier, **{f"s{number}": "2" for number in range(count)}))
        assert lines[0] == f"Marks changed since the last marking, {count} students:"
        assert (len(lines), lines[-1]) == (length, last)


def test_a_gradebook_saved_by_a_spreadsheet_is_read(tmp_path: Path, exam: Exam) -> None:
    """Semicolons, decimal commas and a byte order mark."""
    text = "\ufeff" + OLD.replace("12.5", "12#5").replace(",", ";").replace("#", ",")
    earlier = read_earlier(lying(tmp_path, text), exam)
    assert compared(earlier, s1="12.5", s2="7", s3="3") == Remarking(is_again=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "gradebook.csv: the file is empty"),
        ("a,b\n1,2\n", 'lacks "student", "exam", "variant", "marks"'),
        (b"\xff\xff\xff", "is not UTF-8"),
        (OLD.replace("12.5,20", "many,20"), "line 2: marks is 'many', which is no number"),
        (OLD.replace("12.5,20", "NaN,20"), "line 2: marks is 'NaN', which is no number"),
        (OLD.replace("12.5,20", '"12,5",20'), "line 2: marks is '12,5', which is no number"),
        (OLD.replace("3,20,3,2", ",20,3,2"), "line 4: marks is '', which is no number"),
        (OLD.replace("7,20,7,5", "7,20,x\x1b,5"), r"line 3: Q1 is 'x\\x1b', which is no number"),
        (OLD.replace("7,20,7,5", "7,20,7,inf"), "line 3: correct is 'inf', which is no number"),
        (OLD.replace("s2,B", "s2"), "line 3: the row has 7 cells and the header 8"),
        (OLD.replace("s2,B", "s2").replace("s3,C,e-1", "s3"), "line 3: the row has 7 cells"),
        (OLD + "s1,A,e-1,V1,12.5,20,1,1\n", "line 5: student 's1' is there twice"),
    ],
)
def test_a_damaged_gradebook_is_not_written_over(tmp_path: Path, exam: Exam, text: str | bytes, said: str) -> None:
    """Marks that cannot be kept are not lost unasked: one line says what is wrong, and the ways out of it."""
    folder = lying(tmp_path, text)
    with pytest.raises(ExamgenError, match=re.escape(said)) as told:
        read_earlier(folder, exam)
    assert str(told.value).startswith(f"{folder}: its gradebook.csv is none that examgen wrote (")
    assert str(told.value).endswith(
        "nothing was written. Give another folder with --out DIR, or write over it with --force"
    )
    assert str(told.value).isprintable()
    earlier = read_earlier(folder, exam, force=True)
    assert (earlier.rows, change_lines(compared(earlier, s1="1"))) == ({}, ())


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"gradebook.csv": OLD.replace("e-1", "e-2")}, "it holds the marks of exam 'e-2', not 'e-1'"),
        ({"gradebook.csv": OLD.replace("C,e-1", "C,e-2")}, "it holds the marks of exam 'e-2', not 'e-1'"),
        ({"results.csv": "mine"}, "results.csv is there without a gradebook.csv"),
        ({"notes.csv": "mine"}, "notes.csv is there without a gradebook.csv"),
        ({"integrity.csv": "mine"}, "integrity.csv is there without a gradebook.csv"),
    ],
)
def test_what_is_not_of_this_exam_is_not_written_over(
    tmp_path: Path, exam: Exam, files: Mapping[str, str], said: str
) -> None:
    """Neither marks of another exam nor files that stand there for themselves."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ExamgenError, match=f"{re.escape(said)}; nothing was written. .*--out DIR, .*--force$"):
        read_earlier(tmp_path, exam)
    assert not read_earlier(tmp_path, exam, force=True).rows
