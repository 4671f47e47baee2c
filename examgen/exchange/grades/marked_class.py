"""The marks of a class as `examgen grade` wrote them, read back for gradebooks of other platforms."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from examgen.errors import AnswersError
from examgen.exams.folders.files import typed_text
from examgen.exams.folders.places import MARKS
from examgen.exams.keys.key_folder import Key, read_key
from examgen.exams.wording.words import phrase, shipped_languages
from examgen.marking.results.earlier import ABSENT, GRADEBOOK, RESULTS, STATUS
from examgen.marking.results.key_of_marks import key_of_marks
from examgen.marking.results.read_back import Row, number_in, read_rows, read_table_back, row_of

_BOOK = ("student", "name", "marks", "max_marks")
_ENTRIES = ("student", "question", "field", "answer", "outcome", "marks", "max_marks", "comment")


@dataclass(frozen=True, slots=True)
class MarkedStudent:
    """One student who was marked.

    Attributes:
        id, name: as in the class list.
        marks: in all, as in the gradebook.
    """

    id: str
    name: str
    marks: float


@dataclass(frozen=True, eq=False, slots=True)
class MarkedClass:
    """A class and its marks.

    Attributes:
        folder: of the marks.
        title: of the exam.
        exam: its id.
        students: in the order of the gradebook.
        absent: ids of those who have handed in nothing.
        most: marks of each paper without bonus.
    """

    folder: Path
    title: str
    exam: str
    students: Sequence[MarkedStudent]
    absent: Sequence[str]
    most: float

    @property
    def absent_told(self) -> tuple[str, ...]:
        """That those who have handed in nothing are left out, if there are some."""
        count = len(self.absent)
        who, are = ("student has", "is") if count == 1 else ("students have", "are")
        return (f"{count} {who} handed in nothing and {are} left out",) if count else ()


def read_marked_class(folder: Path, key: Path | None = None) -> MarkedClass:
    """Read the marks of a class.

    Args:
        folder: of the class, with marks/ in it, or of the marks.
        key: folder of the key, or of the exam around it; where it is None, the one that the marks were made with.

    Raises:
        AnswersError: there are no marks, they cannot be read, or nobody was marked.
        KeyFileError: the key that they were made with is not there.
    """
    marks = next((place for place in (folder, folder / MARKS) if (place / GRADEBOOK).is_file()), None)
    if marks is None:
        raise AnswersError(f"{folder}: has no {MARKS}/{GRADEBOOK}; mark the class first, with examgen grade")
    book = read_rows(marks / GRADEBOOK, _BOOK)
    present = [row for row in book if row.get(STATUS) != ABSENT and row["marks"]]
    if not present:
        raise AnswersError(f"{marks / GRADEBOOK}: nobody was marked; mark the class first, with examgen grade")
    if nameless := sum(not row["student"] for row in present):
        raise AnswersError(
            f"{marks / GRADEBOOK}: {nameless} of the papers are of students without an id; a platform would not know "
            "whose they are"
        )
    counts = Counter(row["student"] for row in present)
    if twice := next((student for student, count in counts.items() if count > 1), None):
        raise AnswersError(f"{marks / GRADEBOOK}: student {twice!r} has several papers; mark the class again with one")
    found = read_key(key) if key is not None else key_of_marks(marks / RESULTS, present[0]["student"])
    students = [_student(row, marks) for row in present]
    absent = [typed_text(row["student"]) for row in book if row.get(STATUS) == ABSENT]
    return MarkedClass(
        marks, _title(found), found.exam.id, students, absent, max(_number(row, marks) for row in present)
    )


def entries_of(marked: MarkedClass) -> Mapping[str, Sequence[Row]]:
    """By id of the student, the rows of results.csv in order.

    Raises: AnswersError: it cannot be read.
    """
    header, lines = read_table_back(marked.folder / RESULTS, _ENTRIES)
    found: dict[str, list[Row]] = {}
    for line in lines:
        if line:
            row = row_of(header, line)
            found.setdefault(typed_text(row["student"]), []).append(row)
    return found


def _title(key: Key) -> str:
    language = key.making.language
    return phrase(language, key.exam.title) if language in shipped_languages() else key.exam.title


def _student(row: Row, marks: Path) -> MarkedStudent:
    return MarkedStudent(typed_text(row["student"]), typed_text(row["name"]), _number(row, marks, "marks"))


def _number(row: Row, marks: Path, name: str = "max_marks") -> float:
    return number_in(row, name, marks / GRADEBOOK, f"student {row['student']!r}")
