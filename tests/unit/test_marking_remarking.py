"""Marking again: who changed by how much, and what is said where that cannot be told."""

from pathlib import Path

import pytest

from examgen.marking.remarking import Remarking, change_lines, changes

HEADER = "student,name,exam,variant,marks,max_marks"
OLD = f"{HEADER}\ns1,A,e-1,V1,12.5,20\ns2,B,e-1,V2,7,20\ns3,C,e-1,V3,3,20\n"


def compared(folder: Path, text: str | bytes, **new: str) -> Remarking:
    path = folder / "gradebook.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return changes(path, "e-1", {(student, f"V{student[1:]}"): marks for student, marks in new.items()})


def test_changes_are_listed_with_their_size(tmp_path: Path) -> None:
    """More, fewer, new and gone; who stays is not listed."""
    found = compared(tmp_path, OLD, s4="1", s2="6.75", s1="13", s3="3.0")
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
    gone = compared(tmp_path, OLD, s1="12.5", s2="7")
    assert change_lines(gone) == (
        "Marks changed since the last marking, 1 student:",
        "  s3  3 before, not marked now",
    )


def test_no_change_is_told(tmp_path: Path) -> None:
    """The same marks, however they are spelled."""
    found = compared(tmp_path, OLD, s1="12.5", s2="7.00", s3="3")
    assert (found.is_again, change_lines(found)) == (True, ("No marks changed since the last marking.",))


def test_a_first_marking_says_nothing(tmp_path: Path) -> None:
    """No gradebook, or one of another exam, is nothing to compare with."""
    none = [changes(None, "e-1", {}), changes(tmp_path / "gradebook.csv", "e-1", {})]
    others = [compared(tmp_path, text, s1="1") for text in (OLD.replace("e-1", "e-2"), OLD.replace("C,e-1", "C,e-2"))]
    assert [change_lines(found) for found in (*none, *others)] == [()] * 4


def test_long_lists_are_cut(tmp_path: Path) -> None:
    """Twenty lines and a count where there are more."""
    for count, length, last in ((25, 22, "  and 5 more"), (20, 21, "  s19  1 → 2  (+1)")):
        rows = "".join(f"s{number},N,e-1,V{number},1,2\n" for number in range(count))
        found = compared(tmp_path, f"{HEADER}\n{rows}", **{f"s{number}": "2" for number in range(count)})
        lines = change_lines(found)
        assert lines[0] == f"Marks changed since the last marking, {count} students:"
        assert (len(lines), lines[-1]) == (length, last)


def test_a_gradebook_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    """Semicolons, decimal commas and a byte order mark."""
    text = "\ufeff" + OLD.replace("12.5", "12#5").replace(",", ";").replace("#", ",")
    assert compared(tmp_path, text, s1="12.5", s2="7", s3="3") == Remarking(is_again=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "gradebook.csv"),
        ("a,b\n1,2\n", "gradebook.csv"),
        (b"\xff\xff\xff", "gradebook.csv"),
        (OLD.replace("12.5", "many"), "gradebook.csv: line 2: marks is 'many', which is no number"),
        (OLD.replace("12.5", "NaN"), "gradebook.csv: line 2: marks is 'NaN', which is no number"),
        (OLD.replace("12.5", '"12,5"'), "gradebook.csv: line 2: marks is '12,5', which is no number"),
        (OLD.replace("s2,B", "s2"), "gradebook.csv: line 3: the row has 5 cells and the header 6"),
        (OLD.replace("s2,B", "s2").replace("s3,C,e-1", "s3"), "gradebook.csv: line 3: the row has 5 cells"),
        (OLD + "s1,A,e-1,V1,12.5,20\n", "gradebook.csv: line 5: student 's1' is there twice"),
    ],
)
def test_a_damaged_gradebook_is_a_notice(tmp_path: Path, text: str | bytes, said: str) -> None:
    """Marking goes on; the file and the reason are named."""
    found = compared(tmp_path, text, s1="1")
    assert (found.is_again, found.changes) == (False, ())
    assert said in found.notice
    assert change_lines(found) == (found.notice,)
    assert found.notice.endswith("; who changed by how much cannot be told")
    assert "\n" not in found.notice
