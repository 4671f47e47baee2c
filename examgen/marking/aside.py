"""Marks sheets that nobody keeps: key, answers and marks lie in a folder that is taken away at once.

Called by who tries an exam, and by platforms that mark a question while a student waits.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from examgen.exams.exam import Exam, Variant
from examgen.exams.folders.files import csv_bytes
from examgen.exams.keys.key_documents import NOT_TOLD, Making
from examgen.exams.keys.key_folder import key_files
from examgen.exams.keys.key_lines import SHEET_COLUMNS
from examgen.marking.grading import grade
from examgen.marking.results.graded_class import GradedClass
from examgen.version import __version__


def mark_aside(
    exam: Exam,
    people: Sequence[Variant],
    answer: Callable[[Mapping[str, str]], str],
    making: Making = NOT_TOLD,
) -> GradedClass:
    """Hand in sheets and mark them, files and all.

    Args:
        exam: the exam.
        people: who sits it.
        answer: what is written into an entry, by its row of the key's answers.csv.
        making: with the language in which comments are.
    """
    files = key_files(exam, people, __version__, making)
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "key"
        key.mkdir()
        for name, content in files.items():
            (key / name).write_bytes(content)
        rows = csv.DictReader(io.StringIO(files["answers.csv"].decode()))
        filled = [[*(row[name] for name in SHEET_COLUMNS[:-1]), answer(row)] for row in rows]
        answers = Path(folder) / "answers.csv"
        answers.write_bytes(csv_bytes(SHEET_COLUMNS, filled))
        return grade(answers, key, Path(folder) / "marks")
