"""The public function that takes exams and marks to other platforms; importing it loads nothing that is slow."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from examgen.api.arguments import Banks, path_of, paths_of

if TYPE_CHECKING:
    from examgen.exchange.exporting import Exported


def export(
    format: str,
    folder: str | PathLike[str],
    *,
    variants: int = 0,
    out: str | PathLike[str] | None = None,
    secret: str | PathLike[str] | None = None,
    exam: str | PathLike[str] | None = None,
    banks: Banks = (),
    key: str | PathLike[str] | None = None,
    scaled: bool = False,
    split: float | None = None,
    force: bool = False,
) -> "Exported":
    """Write an exam's questions, or the marks of a class, in the format of another platform.

    Args:
        format: its name: moodle, canvas, qti21, qti30, r-exams, prairielearn, gradescope, canvas-grades or
            moodle-grades.
        folder: of a paper or class that was made; of formats for marks also the folder of the marks.
        variants: further variants of the exam for a pool of questions, beside the papers that were made.
        out: the file or folder to write; in `exchange/` of the exam's folder where it is None.
        secret: file with the secret that the papers were drawn with, if they were; for further variants.
        exam: name or TOML file of the exam, where it is not found by its name; for further variants.
        banks: as in `make`; for further variants.
        key: folder of the key that marks were made with, where it is not found beside them.
        scaled: whether numbers that a platform would round to 0 are asked times a power of ten.
        split: megabytes of a file, of which a format then writes several; one file where it is None.
        force: whether files that hold something else are written over.

    Returns: where it lies, how many tasks or students there are, what the platform cannot express, and notices.

    Raises:
        examgen.errors.ExamgenError: there is no such format, key or marks, the exam has changed, or a file cannot be
            written.
    """
    from examgen.batch import secret_files
    from examgen.exchange import exporting

    drawn_with = None if secret is None else secret_files.read_secret(Path(secret))
    named = None if exam is None else str(exam)
    most = None if split is None else int(split * 1_000_000)
    options = exporting.ExportOptions(
        variants, drawn_with, named, paths_of(banks), path_of(key), path_of(out), force, scaled, most
    )
    return exporting.export(format, Path(folder), options)
