"""results.json for each student, as Gradescope's autograders write it: a test for each entry, and the marks of the
paper."""

import json
from collections.abc import Iterator, Sequence

from examgen.errors import AnswersError
from examgen.exams.folders.files import folder_name, typed_text
from examgen.exchange.grades.marked_class import MarkedClass, MarkedStudent, entries_of
from examgen.exchange.made import Made
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.results.earlier import RESULTS
from examgen.marking.results.read_back import Row, number_in

RIGHT = frozenset({"correct", "follow_through"})


def gradescope_files(marked: MarkedClass) -> Made:
    """A folder for each student."""
    rows = entries_of(marked)
    files = {
        f"{folder_name(one.id)}/results.json": _results(one, rows.get(one.id, ()), marked) for one in marked.students
    }
    return Made(files, (*marked.absent_told, f"set the points of the assignment to {marked.most:g}"))


def _results(student: MarkedStudent, rows: Sequence[Row], marked: MarkedClass) -> bytes:
    # What is held back or rounded is in the marks of the paper only; with a score, nobody adds up the tests.
    document = {
        "score": student.marks,
        "output": f"{marked.title}: {student.marks:g} of {marked.most:g}",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": list(_tests(rows, marked)),
        "extra_data": {"exam": marked.exam, "student": student.id},
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _tests(rows: Sequence[Row], marked: MarkedClass) -> Iterator[dict[str, object]]:
    for place, row in enumerate(rows, start=1):
        outcome = row["outcome"]
        if outcome not in OUTCOMES:
            raise AnswersError(f"{marked.folder}: results.csv has the outcome {outcome!r}; mark the class again")
        yield {
            "score": _marks(row, "marks", marked),
            "max_score": _marks(row, "max_marks", marked),
            "status": "passed" if outcome in RIGHT else "failed",
            "name": f"{row['question']} {row['field']}",
            "number": str(place),
            "output": _output(row),
            "tags": [outcome],
        }


def _output(row: Row) -> str:
    answer = typed_text(row["answer"])
    parts = (f"{answer}: " if answer else "", row["outcome"].replace("_", " "), f". {row['comment']}")
    return "".join(part for part in parts if part != ". ")


def _marks(row: Row, name: str, marked: MarkedClass) -> float:
    return number_in(row, name, marked.folder / RESULTS, row["field"])
