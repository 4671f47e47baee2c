"""The files of a class report in the folder of marks; `grade` removes them where they are no longer true."""

from pathlib import Path

from examgen.errors import ExamgenError
from examgen.marking.results.graded_class import REPORT

NAMES = (REPORT, "report.pdf")


def forget_report(marks: Path) -> None:
    """Remove the report of an earlier marking.

    Raises: ExamgenError: a file cannot be removed.
    """
    for name in NAMES:
        try:
            (marks / name).unlink(missing_ok=True)
        except OSError as error:
            raise ExamgenError(f"{marks / name}: cannot be removed: {error.strerror or error}") from None
