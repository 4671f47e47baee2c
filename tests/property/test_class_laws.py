"""Laws of a class: neither the order of its files, nor other students' files, nor marking it in parts changes marks."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from examgen.errors import AnswersError
from examgen.marking.grading import GradeOptions, grade
from tests.laws import tried
from tests.marking_sheets import MadeKey, Row, make_key, rounded, write_sheet

STUDENTS = ("s1001", "s1002", "s1003")
ALICE = STUDENTS[0]
SPELLINGS = (*STUDENTS, "S1001", "ｓ1002", "ghost")
ANSWERS = ("right", "right", "", "7.5", "1,234", "-0,5", "x")
FIELDS = 6
OTHERS_NAMES = ("s1002.csv", "s1002 of s1001.csv", "s1003_answers.csv", "upload.csv", "a.csv", "zz.csv")


@dataclass(frozen=True)
class Line:
    """A row of a sheet: who is named, which field, what was typed, and whose variant is named."""

    student: str
    field: int
    answer: str
    variant: str


@dataclass(frozen=True)
class File:
    """A sheet and when it was last changed."""

    name: str
    lines: tuple[Line, ...]
    age: int = 0


def lines(
    students: Sequence[str], most: int = 8, variants: Sequence[str] = ("own", "own", "", *STUDENTS)
) -> st.SearchStrategy[tuple[Line, ...]]:
    """Rows of some of these students, also with another's variant or none."""
    line = st.builds(
        Line,
        st.sampled_from(students),
        st.integers(0, FIELDS - 1),
        st.sampled_from(ANSWERS),
        st.sampled_from(variants),
    )
    return st.lists(line, min_size=1, max_size=most).map(tuple)


def files(names: Sequence[str], students: Sequence[str]) -> st.SearchStrategy[list[File]]:
    """Some files with different names."""
    one = st.builds(File, st.sampled_from(names), lines(students), st.integers(0, 3))
    return st.lists(one, max_size=4, unique_by=lambda file: file.name)


OPTIONS = st.builds(GradeOptions, latest=st.booleans(), unknown=st.booleans())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeKey:
    """The key of this class."""
    return make_key(tmp_path_factory.mktemp("class") / "exam", students=STUDENTS)


def row_of(made: MadeKey, line: Line) -> Row:
    """The row as the file has it."""
    whose = line.student.lower().replace("ｓ", "s")
    row = made.of(whose if whose in STUDENTS else ALICE)[line.field]
    variants = {variant.student: variant.code for variant in made.variants} | {"own": row["variant"], "": ""}
    answer = rounded(row) if line.answer == "right" else line.answer
    return {**row, "student": line.student, "variant": variants[line.variant], "answer": answer}


def written(made: MadeKey, folder: Path, sheets: Iterable[File]) -> Path:
    """A folder with these files."""
    for file in sheets:
        path = write_sheet(folder / file.name, [row_of(made, line) for line in file.lines], lambda row: row["answer"])
        os.utime(path, (1_000_000 + file.age, 1_000_000 + file.age))
    return folder


def book(made: MadeKey, folder: Path, out: Path, options: GradeOptions) -> list[bytes]:
    """The lines of the gradebook, as it is behind this marking: as it was, where nothing can be marked."""
    try:
        grade(folder, made.key, out, options)
    except AnswersError as error:
        if not re.search("nothing to mark|holds no CSV file", str(error)):
            raise
    return sorted((out / "gradebook.csv").read_bytes().splitlines()) if (out / "gradebook.csv").exists() else []


laws = tried(25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(files(("f0.csv", "f1.csv", "f2.csv", "f3.csv"), SPELLINGS), st.permutations(range(4)), st.booleans())
@laws
def test_the_order_of_files_changes_nothing(made: MadeKey, sheets: list[File], order: list[int], unknown: bool) -> None:
    """Files whose names say nothing may be called otherwise."""
    renamed = [File(f"f{order[int(file.name[1])]}.csv", file.lines, file.age) for file in sheets]
    options = GradeOptions(unknown=unknown)
    with TemporaryDirectory() as name:
        place = Path(name)
        for folder, these in (("one", sheets), ("two", renamed)):
            (place / folder).mkdir()
            written(made, place / folder, these)
        assert book(made, place / "one", place / "a", options) == book(made, place / "two", place / "b", options)


@given(
    lines((ALICE, "S1001", *STUDENTS[1:])),
    lines((ALICE,), 3),
    files(OTHERS_NAMES, SPELLINGS),
    st.integers(0, 3),
    OPTIONS,
)
@laws
def test_files_of_others_never_change_a_students_row(
    made: MadeKey,
    hers: tuple[Line, ...],
    more: tuple[Line, ...],
    others: list[File],
    age: int,
    options: GradeOptions,
) -> None:
    """Whatever they hold of her, spelled as they like, older or newer; hers are those that the path gives her."""
    own = [File(f"{ALICE}.csv", (*more, *hers), age), File(f"{ALICE} (2).csv", more, 3 - age)]
    # Others may also call a file by her name; what it holds of themselves is then nobody's.
    named_so = [
        File(f"{ALICE} x{n}.csv", tuple(line for line in file.lines if line.student in STUDENTS[1:]))
        for n, file in enumerate(others)
    ]
    with TemporaryDirectory() as name:
        place = Path(name)
        alone = book(made, written(made, place / "alone", own), place / "a", options)
        mixed = written(made, place / "mixed", [*own, *others, *(file for file in named_so if file.lines)])
        together = book(made, mixed, place / "b", options)
    [before], [behind] = ([line for line in lines if line.startswith(ALICE.encode())] for lines in (alone, together))
    assert b",marked," in before
    assert behind == before


@given(
    st.tuples(*(files((f"{student}.csv", f"{student} b.csv"), (student,)) for student in (*STUDENTS, "ghost"))),
    st.lists(st.booleans(), min_size=4, max_size=4),
    OPTIONS,
)
@laws
def test_marking_in_parts_is_marking_at_once(
    made: MadeKey, sheets: tuple[list[File], ...], is_late: list[bool], options: GradeOptions
) -> None:
    """The gradebook has the same rows, and results.csv too, whichever students hand in later."""
    with TemporaryDirectory() as name:
        place = Path(name)
        for folder in ("early", "late", "all"):
            (place / folder).mkdir()
        for late, these in zip(is_late, sheets, strict=True):
            for folder in ("late" if late else "early", "all"):
                written(made, place / folder, these)
        book(made, place / "early", place / "parts", options)
        parts = book(made, place / "late", place / "parts", options)
        assert parts == book(made, place / "all", place / "once", options)
        results = [sorted(path.read_bytes().splitlines()) for path in place.glob("*/results.csv")]
        assert results[1:] == results[:-1]


@given(st.lists(lines((ALICE,), variants=("own",)), min_size=1, max_size=3))
@laws
def test_with_latest_only_the_newest_file_counts_where_files_disagree(
    made: MadeKey, sheets: list[tuple[Line, ...]]
) -> None:
    """Or all of them, where they do not: then the option makes no difference."""
    typed = {(line.field, line.answer) for rows in sheets for line in rows if line.answer}
    disagree = len(typed) > len({field for field, _ in typed})
    found = [File(f"f{age}.csv", rows, age) for age, rows in enumerate(sheets)]
    with TemporaryDirectory() as name:
        place = Path(name)
        latest = book(made, written(made, place / "in", found), place / "a", GradeOptions(latest=True))
        together = book(made, place / "in", place / "b", GradeOptions())
        answered = [file for file in found if any(line.answer for line in file.lines)] or found
        alone = book(made, written(made, place / "new", answered[-1:]), place / "c", GradeOptions(latest=True))
    assert latest == (alone if disagree else together)
