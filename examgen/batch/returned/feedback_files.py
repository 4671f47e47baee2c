"""Which files of feedback/ are whose: names that tell any two students apart, on file systems without capitals too.

Called by `class_feedback`, which writes the files, and by whoever marks again and takes away what is no longer true.
"""

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path

from examgen.errors import ExamgenError
from examgen.exams.folders.files import folder_name
from examgen.marking.results.earlier import FEEDBACK

FOLDER = FEEDBACK
ENDINGS = (".html", ".pdf")

Paper = tuple[str, str]
"""Id of the student, empty for a paper without a name, and code of the variant."""

_MORE = "~"
_NAMELESS = "variant="
"""Neither is in any `folder_name`."""


def feedback_names(papers: Iterable[Paper], known: Iterable[str] = ()) -> dict[Paper, str]:
    """The name of each paper's files, without their endings.

    It is the student's `folder_name`, and `variant=CODE` where there is no name. Where two ids differ in capitals only,
    those of the class list and then those that come first keep it, and others have a part of their hash behind it; so
    has a student's further paper its code.
    """
    papers = list(papers)
    first = {folder_name(student).lower(): student for student in reversed([*known, *(one for one, _ in papers)])}
    names: dict[Paper, str] = {}
    seen: set[str] = set()
    for student, code in papers:
        if not student:
            names[student, code] = f"{_NAMELESS}{folder_name(code)}"
        elif (student, code) not in names:
            stem = folder_name(student)
            whose = "" if first[stem.lower()] == student else f"{_MORE}{_hash(student)}"
            names[student, code] = f"{stem}{whose}{_MORE}{folder_name(code)}" if student in seen else f"{stem}{whose}"
            seen.add(student)
    return names


def forget_feedback(folder: Path, students: Iterable[str], keep: Collection[str] = ()) -> int:
    """Remove what was written for students whose marks are others now.

    Args:
        folder: of the marks, with feedback/ in it.
        students: their ids; the empty one for all papers without a name.
        keep: names of files that stay.

    Returns: how many files were removed.

    Raises: ExamgenError: a file cannot be removed.
    """
    stems = {folder_name(student) if student else "" for student in students}
    removed = 0
    for path in sorted((folder / FOLDER).glob("*")) if stems else ():
        # The listing has the names as they were written, whatever the file system takes for the same.
        if path.suffix in ENDINGS and path.name not in keep and _stem(path.name.removesuffix(path.suffix)) in stems:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise ExamgenError(f"{path}: cannot be removed: {error.strerror or error}") from None
            removed += 1
    return removed


def _stem(name: str) -> str:
    """The `folder_name` of the student whose file it is, empty for a paper without a name."""
    return "" if name.startswith(_NAMELESS) else name.split(_MORE)[0]


def _hash(student: str) -> str:
    return hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:16]
