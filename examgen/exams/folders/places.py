"""Names of the folders in an exam's folder that hold its key, marks and exports; who makes papers, marks them or takes
them to other platforms calls it."""

from pathlib import Path

KEY = "key"
MARKS = "marks"
QUIZ_KEY = "quiz-key"
"""In a folder of marks, the key of the papers that students had on another platform."""
REHEARSAL = "rehearsal"
"""Sheets and marks that are only for trying (`examgen rehearse`)."""
EXCHANGE = "exchange"
"""What goes to other platforms (`examgen export`), right answers and all."""


def marks_folder(answers: Path, exam: Path) -> Path:
    """Where marks go if nothing else is said: those of a rehearsal never get among real ones.

    Args:
        answers: what is marked.
        exam: folder of the exam, with `key/` in it.
    """
    rehearsal = exam / REHEARSAL
    return (rehearsal if answers.resolve().is_relative_to(rehearsal.resolve()) else exam) / MARKS
