"""The public functions for authors of banks; importing them loads nothing that is slow."""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from examgen.api.arguments import Banks, path_of, paths_of

if TYPE_CHECKING:
    from examgen.batch.bench.previewing import Preview
    from examgen.errors import ExamgenError
    from examgen.exams.banks.listing import ListedBank
    from examgen.exams.banks.new_banks import NewBank


def new(
    name: str,
    *,
    like: str | PathLike[str] = "",
    graph: bool = False,
    out: str | PathLike[str] | None = None,
    banks: Banks = (),
) -> "NewBank":
    """Write NAME.toml, a bank to begin with that has each key explained, and the schema for editors beside it.

    Args:
        name: of the bank; the file must not be there yet.
        like: an exam or family to copy, by name or path; a short network where it is empty.
        graph: whether the short one is a free graph instead.
        out: the folder to write to; the current one where it is None.
        banks: as in `make`.

    Returns: the paths of the bank and of the schema, and notices.

    Raises:
        examgen.errors.ExamgenError: there is such a file already, or nothing to copy, or a file cannot be written.
    """
    from examgen.exams.banks import new_banks

    return new_banks.new_bank(name, like=str(like), is_graph=graph, out=path_of(out), own=paths_of(banks))


def schema(out: str | PathLike[str] | None = None) -> str:
    """The JSON Schema of bank and exam files, by which editors complete keys and mark mistakes.

    Args:
        out: a file to write it to, over what is there; none where it is None.

    Returns: its text.

    Raises:
        examgen.errors.ExamgenError: the file cannot be written.
    """
    from examgen.exams.banks.bank_schema import schema_text
    from examgen.exams.folders.files import write_files

    text = schema_text()
    if out is not None:
        write_files(Path(out).parent, {Path(out).name: text.encode()})
    return text


def preview(
    exam: str | PathLike[str],
    *,
    seed: int = 0,
    out: str | PathLike[str] | None = None,
    open: bool = True,
    banks: Banks = (),
) -> "Preview":
    """Lay out a sample paper with its key as one PDF, and tell an author what there is to know of the bank.

    Args:
        exam: an exam or family by name, or the path of a TOML file.
        seed: of the numbers.
        out: folder of the PDF, of which one of an earlier preview is replaced; a temporary one where it is None.
        open: whether to show it with the system's viewer, where there is one.
        banks: as in `make`.

    Returns: the PDF, whether a viewer was started, and lines about draws and weights.

    Raises:
        examgen.errors.ExamgenError: the exam cannot be found, read or satisfied, or the file cannot be written.
    """
    from examgen.batch.bench import previewing

    return previewing.preview(
        str(exam), previewing.PreviewOptions(seed, path_of(out), is_shown=open, banks=paths_of(banks))
    )


def previews(
    exam: str | PathLike[str],
    *,
    seed: int = 0,
    out: str | PathLike[str] | None = None,
    open: bool = True,
    banks: Banks = (),
) -> "Iterator[Preview | ExamgenError]":
    """A preview now and after each change of the exam or of a family in it, without end.

    Args:
        exam, seed, out, open, banks: as in `preview`; the viewer is started once.

    Yields: what was laid out, or the mistake that is in the way.

    Raises:
        examgen.errors.ExamgenError: there is no such exam, or the library watchfiles is missing.
    """
    from examgen.batch.bench import watching

    return watching.previews(
        str(exam), watching.PreviewOptions(seed, path_of(out), is_shown=open, banks=paths_of(banks))
    )


def list_banks(banks: Banks = ()) -> "tuple[ListedBank, ...]":
    """All exams and families that are found by name: those of own folders, then the shipped ones.

    Args:
        banks: as in `make`.

    Raises:
        examgen.errors.ExamgenError: a folder is not there.
    """
    from examgen.exams.banks import listing

    return listing.listed_banks(paths_of(banks))
