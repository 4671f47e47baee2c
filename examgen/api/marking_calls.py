"""The public functions that mark answers; importing them loads nothing that is slow."""

from collections.abc import Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from examgen.api.arguments import path_of

if TYPE_CHECKING:
    from examgen.batch.running.run_progress import Progress
    from examgen.marking.results.appeals.explanation import Explanation
    from examgen.marking.results.graded_class import GradedClass


def grade(
    answers: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    key: str | PathLike[str] | None = None,
    out: str | PathLike[str] | None = None,
    decimal: Literal["auto", ".", ","] = "auto",
    latest: bool = False,
    table: bool = False,
    unknown: bool = False,
    fresh: bool = False,
    force: bool = False,
    overrides: str | PathLike[str] | None = None,
    feedback: bool = False,
    report: bool = False,
    jobs: int | None = 1,
    progress: "Progress | bool | None" = None,
    time_limit: float = 60.0,
) -> "GradedClass":
    """Mark answer sheets and write results.csv, gradebook.csv, notes.csv and integrity.csv.

    Args:
        answers: one file with the answers of one or many students, or a folder or zip file of such files; or an address
            of such files, as `s3://bucket/handed-in`, which are fetched into `fetched/` in the folder `out`; or a table
            of responses that Moodle or Canvas exports; or scanned or photographed pages of bubbles, which need
            examgen[scan]. Or several of these, and settled.csv, in which doubtful entries of scans were settled.
        key: folder of the key, or of the exam around it; looked up by the sheets' exam where it is None. Or an address,
            of which the key is fetched into `key/` in the folder `out`.
        out: folder for the tables; `marks` in the exam's folder where it is None.
        decimal: the decimal mark of the answers; "auto" as described in the README.
        latest: whether of a student's different answers the newest count; else they are unreadable.
        table: whether files of a folder may hold the rows of several students.
        unknown: whether students whom the key of a class does not know are marked too.
        fresh: whether earlier marks in the folder are dropped; else students who hand in nothing now keep theirs.
        force: whether marks of another exam in the folder are written over.
        overrides: CSV of marks set by hand (student, field, marks, reason); `overrides.csv` in the key's folder where
            it is None and there is one.
        feedback: whether to write feedback/ with a web page and a PDF for each student, too. Pages of an earlier
            marking that are no longer true are removed in any case.
        report: whether to write report.html and report.pdf about the whole class, too; needs examgen[report]. Those of
            an earlier marking are removed in any case.
        jobs: processes that make feedback, as in `make_class`.
        progress: called with the number of pages of feedback done and of all; True for a bar, as in `make_class`.
        time_limit: seconds that reading the files of one student may take together; those that are left are named.

    Returns: the tables as data frames, and all that could not be read or matched.

    Raises:
        examgen.errors.ExamgenError: the answers or the key cannot be read at all, or do not belong together.
    """
    from examgen.batch.afar.fetched_sheets import brought_here
    from examgen.collector import paused_collector
    from examgen.marking import grading

    options = grading.GradeOptions(
        decimal=decimal,
        latest=latest,
        tables=table,
        unknown=unknown,
        fresh=fresh,
        force=force,
        time_limit=time_limit,
    )
    first, *others = [answers] if isinstance(answers, str | PathLike) else answers
    here = brought_here(fspath(first), key if key is None else fspath(key), out if out is None else fspath(out))
    with paused_collector():
        graded = grading.grade(
            here.answers,
            here.key,
            here.out,
            options,
            overrides=path_of(overrides),
            unread=here.unread,
            others=[Path(other) for other in others],
        )
    from examgen.batch.returned.doubts_page import write_doubts

    write_doubts(graded)
    if graded.changed:
        from examgen.batch.returned.feedback_files import forget_feedback

        forget_feedback(graded.folder, graded.changed)
    if feedback:
        from examgen.batch.returned.class_feedback import feedback_from_files
        from examgen.batch.running import run_progress

        with run_progress.told(progress, "pages of feedback") as told:
            feedback_from_files(graded.folder, graded.key, jobs=jobs, progress=told)
    if report:
        from examgen.batch.reported.class_report import write_report

        write_report(graded.folder, graded.key)
    else:
        from examgen.batch.reported.report_files import forget_report

        forget_report(graded.folder)
    return graded


def explain(
    folder: str | PathLike[str],
    student: str,
    field: str,
    *,
    key: str | PathLike[str] | None = None,
) -> "Explanation":
    """Work out one mark again, with all that it comes from.

    Args:
        folder: of a class or paper that was marked, with marks/results.csv in it; or that folder, or that file.
        student: id as in results.csv; empty or "-" for a paper without a name.
        field: as in results.csv; with the question before it, `Q1:z2_1`, where several questions have it.
        key: folder of the key; where it is None, the one that the marks were made with, else one beside them or in
            ./output.

    Returns: the answer, the reference, what follows from the student's own answers, the parts of the tolerance, the
        misconceptions that were tried, and the rule that decided.

    Raises:
        examgen.errors.ExamgenError: the tables or the key cannot be read, or there is no such student or field.
    """
    from examgen.marking.results.appeals import explaining

    return explaining.explain(Path(folder), student, field, path_of(key))
