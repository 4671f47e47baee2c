"""examgen: exams about backpropagation by hand, made from a seed and marked fairly.

    >>> import examgen
    >>> made = examgen.make("question2", seed=7)            # doctest: +SKIP
    >>> graded = examgen.grade("output/question2-7/answers.csv")  # doctest: +SKIP

The same as on the command line: `make`, `make_class` (examgen batch), `make_secret` (examgen secret), `rehearse`,
`grade`, `explain`, `check` and `samples`. Everything else is internal.
"""

from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from examgen.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from examgen.batch.bench.checked import Checked
    from examgen.batch.bench.rehearsal import Rehearsal
    from examgen.batch.making import MadePapers
    from examgen.batch.samples import Samples
    from examgen.exams.draws.streams import Seed
    from examgen.marking.results.appeals.explanation import Explanation
    from examgen.marking.results.graded_class import GradedClass

__all__ = ["__version__", "check", "explain", "grade", "make", "make_class", "make_secret", "rehearse", "samples"]


def make(
    exam: str | PathLike[str] = "question2",
    *,
    seed: int | None = None,
    secret: str | PathLike[str] | None = None,
    fairness: float | None = None,
    student: str = "",
    notation: str | None = None,
    language: str = "en",
    paper: str = "a4",
    theme: str | PathLike[str] | None = None,
    key_detail: str = "full",
    working_space: bool = False,
    out: str | PathLike[str] | None = None,
    force: bool = False,
) -> "MadePapers":
    """Make one paper: questions.pdf, answers.csv, answers.html, and the key beside them.

    Args:
        exam: a shipped exam or family, or the path of a TOML file.
        seed: the same seed makes the same paper, byte for byte; a fresh one is drawn where it is None.
        secret: file with a secret, which takes the place of the seed and which nobody can guess; see `make_secret`.
        fairness: share of the typical work of each question by which a paper may be more or less, such as 0.1; papers
            are drawn whatever their work where it is None.
        student: id of the student whom the paper is for; empty for a paper that anybody may hand in.
        notation: another notation than the exam's own.
        language: of the papers: en, de, fr, es, hi, or one of the theme.
        paper: a4 or letter.
        theme: folder that may hold paper.css, texts/<language>.toml, questions.html.j2 and key.html.j2.
        key_detail: of the worked solution: full, or short, without the chain rule for single entries.
        working_space: whether ruled space is left under each task.
        out: the folder to write to; `output/<exam>-<seed>` where it is None.
        force: whether to write over what lies there. Another exam is put aside whole, in `old-1/` of the folder; the
            same exam, made the same way, is written anew without.

    Returns: id of the exam, seed, folder, files, and notices of what the instructor should know.

    Raises:
        examgen.errors.ExamgenError: the exam cannot be found, read or satisfied, a file cannot be written, or something
            else lies in the folder.
    """
    from examgen.batch import making

    origin = _seed(seed, secret)
    options = making.MakeOptions(
        origin, notation, language, paper, _path(theme), key_detail, working_space, force, fairness
    )
    return making.make(str(exam), student, _path(out), options)


def make_class(
    exam: str | PathLike[str],
    roster: str | PathLike[str],
    *,
    out: str | PathLike[str],
    seed: int | None = None,
    secret: str | PathLike[str] | None = None,
    fairness: float | None = None,
    notation: str | None = None,
    language: str = "en",
    paper: str = "a4",
    theme: str | PathLike[str] | None = None,
    key_detail: str = "full",
    working_space: bool = False,
    pdf: bool = True,
    print_ready: bool = False,
    duplex: bool = False,
    zip: bool = False,
    jobs: int | None = 1,
    scheduler: str | None = None,
    force: bool = False,
    progress: "Callable[[int, int], None] | None" = None,
) -> "MadePapers":
    """Make a paper of their own for each student of a roster.

    In a folder with the same class, students are added: all others stay in its key, on this roster or not. Papers that
    lie there as they are to be are left; a run that was cut off is gone on with by the same call.

    Args:
        exam: a shipped exam or family, or the path of a TOML file.
        roster: the class list, CSV, xlsx or ods, with the columns id and name or as a course system exports it.
        out: folder of the class, or an address such as `s3://bucket/class`: handout/ with a folder per student, key/,
            and manifest.csv.
        seed: a student's paper depends on the seed, the exam and the student only. Where it is None, that of the class
            that lies in the folder is taken, if it is of this exam, else a fresh one.
        secret: as in `make`.
        fairness: as in `make`.
        notation: another notation than the exam's own.
        language: of the papers: en, de, fr, es, hi, or one of the theme.
        paper: a4 or letter.
        theme: folder that may hold paper.css, texts/<language>.toml, questions.html.j2 and key.html.j2.
        key_detail: of the worked solution: full, or short, without the chain rule for single entries.
        working_space: whether ruled space is left under each task.
        pdf: whether to make PDFs; without, there are keys and answer sheets only.
        print_ready: whether to join the question papers into print/questions.pdf, in the order of the roster, with a
            bookmark for each student.
        duplex: whether each paper there begins on an odd page, for printing on both sides.
        zip: whether to pack the handouts into zip/, a file for each group of the roster's column `group`.
        jobs: processes that make papers; as many as there are cores where it is None. With more than one, a script
            must call this below `if __name__ == "__main__":`.
        scheduler: address of a Dask scheduler, such as tcp://host:8786, whose workers make papers instead.
        force: whether to write over what lies there, as in `make`.
        progress: called with the number of papers done and of all after each paper.

    Returns: id of the exam, seed, folder, files, notices of what the instructor should know, and the students whose
        papers could not be made, as the process that made them ended each time.

    Raises:
        examgen.errors.ExamgenError: as in `make`; also where the roster cannot be read or names a student twice.
    """
    from examgen.batch import class_making, making
    from examgen.batch import print_ready as print_ready_files

    origin = _seed(seed, secret)
    options = making.MakeOptions(
        origin, notation, language, paper, _path(theme), key_detail, working_space, force, fairness
    )
    packing = print_ready_files.Packing(has_print=print_ready, is_duplex=duplex, has_zips=zip)
    how = class_making.ClassOptions(jobs, has_pages=pdf, packing=packing, scheduler=scheduler)
    return class_making.make_class(str(exam), Path(roster), fspath(out), options, how, progress)


def make_secret(file: str | PathLike[str]) -> None:
    """Write a fresh secret into a new file, which only its owner can read: 32 random bytes.

    Raises:
        examgen.errors.ExamgenError: there is such a file already, or it cannot be written.
    """
    from examgen.batch import secret_files

    secret_files.make_secret(Path(file))


def rehearse(
    folder: str | PathLike[str],
    *,
    out: str | PathLike[str] | None = None,
    force: bool = False,
) -> "Rehearsal":
    """Fill in the sheets of a paper or a class as students might, to see the marking before anybody sits the exam.

    Args:
        folder: of a paper or class that was made.
        out: folder of the sheets; `rehearsal/handed-in` in the exam's folder where it is None. What is marked from
            there goes into `rehearsal/marks`.
        force: whether sheets that were changed since are written over.

    Returns: the folder of the sheets, and of each student what is wrong with the work.

    Raises:
        examgen.errors.ExamgenError: there is no key, or it cannot be read, or a file cannot be written.
    """
    from examgen.batch.bench import rehearsal

    return rehearsal.rehearse(Path(folder), out=_path(out), force=force)


def samples(folder: str | PathLike[str] | None = None, *, force: bool = False) -> "Samples":
    """Write files to begin with: a class list, a question family, and an exam that asks it.

    Args:
        folder: `output/samples` where it is None.
        force: whether files that were changed since are written over.

    Returns: the folder, and the names of the files.

    Raises:
        examgen.errors.ExamgenError: a file cannot be written, or was changed.
    """
    from examgen.batch import samples as shipped_samples

    return shipped_samples.samples(_path(folder), force=force)


def grade(
    answers: str | PathLike[str],
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
    jobs: int | None = 1,
    progress: "Callable[[int, int], None] | None" = None,
    time_limit: float = 60.0,
) -> "GradedClass":
    """Mark answer sheets and write results.csv, gradebook.csv, notes.csv and integrity.csv.

    Args:
        answers: one file with the answers of one or many students, or a folder or zip file of such files; or an address
            of such files, as `s3://bucket/handed-in`, which are fetched into `fetched/` in the folder `out`.
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
        jobs: processes that make feedback, as in `make_class`.
        progress: called with the number of pages of feedback done and of all.
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
    here = brought_here(fspath(answers), key if key is None else fspath(key), out if out is None else fspath(out))
    with paused_collector():
        graded = grading.grade(
            here.answers, here.key, here.out, options, overrides=_path(overrides), unread=here.unread
        )
    if graded.changed:
        from examgen.batch.feedback_files import forget_feedback

        forget_feedback(graded.folder, graded.changed)
    if feedback:
        from examgen.batch.class_feedback import feedback_from_files

        feedback_from_files(graded.folder, graded.key, jobs=jobs, progress=progress)
    return graded


def check(
    exam: str | PathLike[str],
    *,
    draws: int = 1000,
    seed: int = 0,
    out: str | PathLike[str] | None = None,
    force: bool = False,
) -> "Checked":
    """Try a bank or an exam: draws and screens, the work of a paper, and whether wrong work can look right.

    Args:
        exam: a shipped exam or family, or the path of a TOML file.
        draws: to judge for each question.
        seed: of the draws.
        out: folder of a sample paper; `output/<exam>-<seed>-sample` where it is None.
        force: whether to write over what lies there, as in `make`.

    Returns: what was found; `problems` is empty where all is well.

    Raises:
        examgen.errors.ExamgenError: the exam cannot be found, read or satisfied, or a file cannot be written.
    """
    from examgen.batch.bench import checking

    return checking.check(str(exam), draws=draws, seed=seed, out=_path(out), force=force)


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

    return explaining.explain(Path(folder), student, field, _path(key))


def _seed(seed: int | None, secret: str | PathLike[str] | None) -> "Seed | None":
    if secret is None:
        return seed
    from examgen.batch import secret_files
    from examgen.errors import ExamgenError

    if seed is not None:
        raise ExamgenError("give a seed or a secret, not both: papers are drawn with the one or the other")
    return secret_files.read_secret(Path(secret))


def _path(path: str | PathLike[str] | None) -> Path | None:
    return None if path is None else Path(path)
