"""Gradebooks as the importers of Canvas and Moodle take them: a row for each student who was marked."""

import re

from examgen.exams.folders.files import csv_bytes, safe_text
from examgen.exchange.grades.marked_class import MarkedClass
from examgen.exchange.made import Made

CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
"""Canvas finds the columns of students by these titles in this order, and takes all behind them for assignments."""

_NO_ASSIGNMENT = re.compile(r"(Current|Final|Override|Unposted) (Score|Points|Grade|Status)")
"""Columns with this anywhere in their title are passed over by Canvas."""

MOODLES_MOST = 100
"""Moodle refuses a file with a higher grade, unless the site has lifted the limit."""


def canvas_gradebook(marked: MarkedClass) -> Made:
    """A column with the marks of the exam, whose maximum stands in a row of its own."""
    # A number in brackets at the end of the title would be taken for the id of an assignment.
    title = f"{marked.title} [{marked.exam}]"
    column = f"[{marked.exam}]" if _NO_ASSIGNMENT.search(title) else title
    rows = [["    Points Possible", "", "", "", "", _plain(marked.most)]]
    for one in marked.students:
        # Canvas's own number of a student is not known here; the id may be that of the institution, or the login.
        rows.append([safe_text(one.name or one.id), "", one.id, one.id, "", _plain(one.marks)])
    return Made({"": csv_bytes((*CANVAS_COLUMNS, column), rows)}, marked.absent_told)


def moodle_gradebook(marked: MarkedClass) -> Made:
    """A column by which Moodle finds students, and one with the marks of the exam."""
    is_mail = all("@" in one.id for one in marked.students)
    found_by = "Email address" if is_mail else "ID number"
    rows = [[one.id, safe_text(one.name), _plain(one.marks)] for one in marked.students]
    notices = [*marked.absent_told, f"map {found_by} to the user, and set the maximum of the grade to {marked.most:g}"]
    if any(one.marks > MOODLES_MOST for one in marked.students):
        notices.append(f"Moodle takes no grade above {MOODLES_MOST} unless the site has lifted the limit")
    return Made({"": csv_bytes((found_by, "Name", f"{marked.title} [{marked.exam}]"), rows)}, tuple(notices))


def _plain(marks: float) -> str:
    """As in gradebook.csv: the shortest form that reads back as the same number."""
    return f"{marks:.15g}"
