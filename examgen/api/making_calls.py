"""The public functions that make papers and try banks; importing them loads nothing that is slow."""

from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from examgen.api.arguments import Banks, path_of, paths_of, rows_at_most

if TYPE_CHECKING:
    from examgen.batch.bench.checked import Checked
    from examgen.batch.bench.rehearsal import Rehearsal
    from examgen.batch.making import MadePapers, MakeOptions
    from examgen.batch.running.run_progress import Progress
    from examgen.batch.samples import Samples
    from examgen.exams.draws.streams import Seed


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
    scan: bool = False,
    practice: bool = False,
    out: str | PathLike[str] | None = None,
    force: bool = False,
    banks: Banks = (),
) -> "MadePapers":
    """Make one paper: questions.pdf, answers.csv, answers.html, and the key beside them.

    Args:
        exam: an exam or family by name, or the path of a TOML file.
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
        scan: whether pages with bubbles stand behind the questions, which `grade` reads back from scans and photos.
        practice: whether to make practice/practice.html, too: a page that marks at once, explains mistakes and gives
            hints. The key is inside.
        out: the folder to write to; `output/<exam>-<seed>` where it is None.
        force: whether to write over what lies there. Another exam is put aside whole, in `old-1/` of the folder; the
            same exam, made the same way, is written anew without.
        banks: folder, or folders, in which exams and families are found by name before those of EXAMGEN_BANKS, a list
            of folders in the environment, and the shipped ones.

    Returns: id of the exam, seed, folder, files, and notices of what the instructor should know.

    Raises:
        examgen.errors.ExamgenError: the exam cannot be found, read or satisfied, a file cannot be written, or something
            else lies in the folder.
    """
    from examgen.batch import making

    options = _options(
        seed, secret, notation, language, paper, theme, key_detail, working_space, force, fairness, banks, scan
    )
    return making.make(str(exam), student, path_of(out), options, practice=practice)


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
    scan: bool = False,
    pdf: bool = True,
    print_ready: bool = False,
    duplex: bool = False,
    zip: bool = False,
    jobs: int | None = 1,
    scheduler: str | None = None,
    force: bool = False,
    banks: Banks = (),
    progress: "Progress | bool | None" = None,
) -> "MadePapers":
    """Make a paper of their own for each student of a roster.

    In a folder with the same class, students are added: all others stay in its key, on this roster or not. Papers that
    lie there as they are to be are left; a run that was cut off is gone on with by the same call.

    Args:
        exam: an exam or family by name, or the path of a TOML file.
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
        scan: whether pages with bubbles stand behind the questions, which `grade` reads back from scans and photos.
        pdf: whether to make PDFs; without, there are keys and answer sheets only.
        print_ready: whether to join the question papers into print/questions.pdf, in the order of the roster, with a
            bookmark for each student.
        duplex: whether each paper there begins on an odd page, for printing on both sides.
        zip: whether to pack the handouts into zip/, a file for each group of the roster's column `group`.
        jobs: processes that make papers; as many as there are cores where it is None. With more than one, a script
            must call this below `if __name__ == "__main__":`.
        scheduler: address of a Dask scheduler, such as tcp://host:8786, whose workers make papers instead.
        force: whether to write over what lies there, as in `make`.
        banks: as in `make`.
        progress: called with the number of papers done and of all after each paper; True for a bar, on a terminal or in
            a notebook.

    Returns: id of the exam, seed, folder, files, notices of what the instructor should know, and the students whose
        papers could not be made, as the process that made them ended each time.

    Raises:
        examgen.errors.ExamgenError: as in `make`; also where the roster cannot be read or names a student twice.
    """
    from examgen.batch.running import pool, processes, run_progress

    expected = 1 if scheduler is not None else pool.jobs_for(rows_at_most(Path(roster)), jobs)
    # Other processes import what they need while this one does.
    with (
        run_progress.told(progress, "papers") as told,
        processes.ready(expected, "examgen.batch.paper_orders") as workers,
    ):
        from examgen.batch import class_making
        from examgen.batch.packed import print_ready as print_ready_files

        options = _options(
            seed, secret, notation, language, paper, theme, key_detail, working_space, force, fairness, banks, scan
        )
        packing = print_ready_files.Packing(has_print=print_ready, is_duplex=duplex, has_zips=zip)
        how = class_making.ClassOptions(jobs, has_pages=pdf, packing=packing, scheduler=scheduler)
        return class_making.make_class(str(exam), Path(roster), fspath(out), options, how, told, workers)


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

    return rehearsal.rehearse(Path(folder), out=path_of(out), force=force)


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

    return shipped_samples.samples(path_of(folder), force=force)


def check(
    exam: str | PathLike[str],
    *,
    draws: int = 1000,
    seed: int = 0,
    out: str | PathLike[str] | None = None,
    force: bool = False,
    banks: Banks = (),
) -> "Checked":
    """Try a bank or an exam: draws and screens, the work of a paper, and whether wrong work can look right.

    Args:
        exam: an exam or family by name, or the path of a TOML file.
        draws: to judge for each question.
        seed: of the draws.
        out: folder of a sample paper; `output/<exam>-<seed>-sample` where it is None.
        force: whether to write over what lies there, as in `make`.
        banks: as in `make`.

    Returns: what was found; `problems` is empty where all is well.

    Raises:
        examgen.errors.ExamgenError: the exam cannot be found, read or satisfied, or a file cannot be written.
    """
    from examgen.batch.bench import checking

    return checking.check(str(exam), draws=draws, seed=seed, out=path_of(out), force=force, banks=paths_of(banks))


def _options(
    seed: int | None,
    secret: str | PathLike[str] | None,
    notation: str | None,
    language: str,
    paper: str,
    theme: str | PathLike[str] | None,
    key_detail: str,
    working_space: bool,
    force: bool,
    fairness: float | None,
    banks: Banks,
    scan: bool,
) -> "MakeOptions":
    from examgen.batch.making import MakeOptions

    return MakeOptions(
        _seed(seed, secret),
        notation,
        language,
        paper,
        path_of(theme),
        key_detail,
        working_space,
        force,
        fairness,
        paths_of(banks),
        scan,
    )


def _seed(seed: int | None, secret: str | PathLike[str] | None) -> "Seed | None":
    if secret is None:
        return seed
    from examgen.batch import secret_files
    from examgen.errors import ExamgenError

    if seed is not None:
        raise ExamgenError("give a seed or a secret, not both: papers are drawn with the one or the other")
    return secret_files.read_secret(Path(secret))
