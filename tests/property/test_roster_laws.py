"""Whatever a class list holds, it is a class or one line that says why not."""

import tempfile
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from examgen.batch.rosters.class_list import Roster, read_roster
from examgen.batch.rosters.roster_ids import checked_id, damage
from examgen.errors import AnswersError, ExamgenError
from examgen.exams.banks.building import Student

TITLES = st.sampled_from(
    [
        *("id", "name", "Student", "SIS User ID", "Section", "First name", "Surname", "ID number", "Email address"),
        *("Role", "SID", "Email", "Username", "Student ID", "registration", "Vorname", "Matr.-Nr.", "", "note"),
    ]
)
CELLS = st.one_of(
    st.sampled_from(
        ["", "s1", "S1", "1", "2.0", "Ada", "Points Possible", "Student, Test", "Instructor", '"', "é", "e\u0301"]
    ),
    st.text(max_size=6),
)


def read(content: bytes) -> Roster | str:
    """The roster, or what is said of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "roster.csv")
        path.write_bytes(content)
        try:
            return read_roster(path)
        except AnswersError as error:
            return str(error)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_class_or_a_line(content: bytes) -> None:
    """Nothing but the error for instructors is raised, in one line that names the file."""
    found = read(content)
    assert isinstance(found, Roster) or ("roster.csv: " in found and found.isprintable())


@given(
    st.lists(TITLES, min_size=1, max_size=6), st.lists(st.lists(CELLS, max_size=6), max_size=6), st.sampled_from(",;\t")
)
def test_any_table_is_a_class_or_a_line(titles: list[str], rows: list[list[str]], delimiter: str) -> None:
    """Every student of a class has an id that no other has, and that a marker finds again."""
    found = read("\n".join(delimiter.join(row) for row in [titles, *rows]).encode())
    if isinstance(found, str):
        assert "roster.csv: " in found
        assert found.isprintable()
        return
    ids = [student.id for student in found.students]
    assert ids
    assert all(ids)
    assert len({unicodedata.normalize("NFKC", student).lower() for student in ids}) == len(ids)
    assert [checked_id(student) for student in ids] == ids
    assert not any("\n" in student.name or student.name != student.name.strip() for student in found.students)
    assert all(notice.startswith("/") and "\n" not in notice for notice in found.notices)


@given(
    st.lists(
        st.text(st.characters(min_codepoint=33, exclude_categories=["C", "Z"]), min_size=1, max_size=8),
        min_size=1,
        max_size=5,
    )
)
def test_a_plain_list_is_read_as_it_stands(ids: list[str]) -> None:
    """Ids in quotes come out as typed, in their one spelling, or are refused for a reason that can be checked."""
    rows = "".join('"{}",Name {}\n'.format(student.replace('"', '""'), number) for number, student in enumerate(ids))
    found = read(f"id,name\n{rows}".encode())
    spelled = [unicodedata.normalize("NFC", student) for student in ids]
    if isinstance(found, str):
        keys = {unicodedata.normalize("NFKC", student).lower() for student in spelled}
        is_odd = [bool(damage(student, is_cell=False)) or student.startswith('="') for student in ids]
        assert len(keys) < len(ids) or any(is_odd) or not all(map(is_accepted, ids))
    elif not any(student.startswith('="') for student in ids):
        assert found.students == tuple(Student(student, f"Name {n}") for n, student in enumerate(spelled))


def is_accepted(student: str) -> bool:
    """Whether `make --student` takes this id."""
    try:
        checked_id(student)
    except ExamgenError:
        return False
    return True
