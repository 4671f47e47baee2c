"""What lies in a folder already, and whether papers may be written there: nobody's exam, key or file is written over.

Called by `make` and `batch` once they hold the folder. What is the same exam, made the same way, is written anew; all
else is refused in one line that says what it is, or, with --force, put aside whole.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from examgen.errors import ExamgenError, KeyFileError
from examgen.exams.exam import Exam
from examgen.exams.folders.files import remove_parts, unwritable, write_files
from examgen.exams.folders.places import EXCHANGE, MARKS, REHEARSAL
from examgen.exams.keys.key_documents import Making, exam_document
from examgen.exams.keys.key_folder import Key, read_key_so_far

SHEET = "answers.html"
HANDOUT = ("questions.pdf", "answers.csv", SHEET)
KEY, PAPERS, MANIFEST, PROGRESS = "key", "handout", "manifest.csv", "progress.jsonl"
PRINT, ZIPS = "print", "zip"
"""Folders of a class: what goes to the printer as one file, and handouts packed by groups."""
PRINT_FILES = ("questions.pdf",)
KEY_FILES = ("exam.json", "variants.jsonl", "answers.csv", "answers.pdf", "filled.pdf")
KEY_FOLDERS = ("papers", "filled")
"""With a file for each student of a class: worked solutions, and papers with the answers in their boxes."""
OF_A_CLASS = (PAPERS, MANIFEST)
PRACTICE = "practice"
PRACTICE_PAGE = f"{PRACTICE}/practice.html"
"""In a folder of its own: the key is inside, and what lies beside it is handed out."""

_BELONGINGS = (*HANDOUT, *OF_A_CLASS, PRINT, ZIPS, PRACTICE, MARKS, REHEARSAL, EXCHANGE, KEY)
"""What is put aside together; the key last, for without one nobody knows what the rest is."""

_NOT_KNOWN = (None, "")
"""Seed and secret of an older key."""

WAYS_OUT = "choose another folder with --out, or write over it with --force"
NO_WAY_BACK = "what lies there is not moved: choose another address with --out"


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """What is to be written into a folder.

    Attributes:
        exam: whose papers.
        making: how.
        student: whose the only paper is; None for a class.
        files: their paths below the folder.
        id_with: the id of this exam if it were made with another seed and fairness.
    """

    exam: Exam
    making: Making
    student: str | None
    files: tuple[str, ...]
    id_with: Callable[[int, float | None], str]


@dataclass(frozen=True, eq=False, slots=True)
class Claim:
    """A folder that may be written.

    Attributes:
        same: the key that lies there, where it is of the same exam and seed.
        other: what lies there and must be put aside before, in words; empty where there is no such thing.
    """

    same: Key | None = None
    other: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is no key at all."""
        return self.same is None and not self.other


def claim(folder: Path, plan: Plan, *, force: bool, can_move: bool = True) -> Claim:
    """Look at what lies in a folder.

    Args:
        force: whether another exam may be put aside.
        can_move: whether it could be.

    Raises:
        ExamgenError: it is something else than what is to be written, and not forced; the message says what it is.
    """
    is_forced, ways_out = force and can_move, WAYS_OUT if can_move else NO_WAY_BACK
    try:
        there = read_key_so_far(folder / KEY)
    except KeyFileError as error:
        if is_forced:
            return Claim(other="an exam whose key cannot be read")
        raise ExamgenError(f"{error}. Nothing was written to {folder}: {ways_out}") from None
    if there is None:
        # A class has many files: where nothing of their first folders is there, nor is one of them.
        tops = {name for name in _BELONGINGS if os.path.lexists(folder / name)}
        found = next(
            (name for name in plan.files if name.partition("/")[0] in tops and os.path.lexists(folder / name)), None
        )
        if found and not force:
            raise ExamgenError(
                f"{folder / found}: is there already, and no key says of which exam; nothing was written: {WAYS_OUT}"
            )
        return Claim()
    is_alike = _is_same_kind(folder, there, plan) and _is_same_style(there, plan)
    if not (_is_same_exam(there, plan) and is_alike) and not is_forced:
        hint = _way_on(there, plan) if is_alike else ""
        raise ExamgenError(f"{folder}: holds {_told(folder, there)}; nothing was written: {hint}{ways_out}")
    is_same = _is_same_exam(there, plan) and _is_same_kind(folder, there, plan)
    return Claim(there) if is_same else Claim(other=_told(folder, there))


def remove_broken(folder: Path) -> None:
    """Remove what runs that were killed left half-written in a folder that is held."""
    remove_parts(folder, (*HANDOUT, MANIFEST))
    remove_parts(folder / KEY, KEY_FILES)
    for name in KEY_FOLDERS:
        remove_parts(folder / KEY / name)
    remove_parts(folder / PRINT, PRINT_FILES)
    remove_parts(folder / PRACTICE, (Path(PRACTICE_PAGE).name,))
    remove_parts(folder / ZIPS)
    with contextlib.suppress(OSError), os.scandir(folder / PAPERS) as found:
        for one in found:
            if one.is_dir(follow_symlinks=False):
                remove_parts(Path(one.path), HANDOUT)


def exam_to_keep(exam: Exam, claimed: Claim, *, force: bool) -> tuple[Exam, tuple[str, ...]]:
    """The exam for exam.json: what an instructor has changed there stays, and is told in a line."""
    if claimed.same is None or force or exam_document(claimed.same.exam, "") == exam_document(exam, ""):
        return exam, ()
    place = claimed.same.folder / "exam.json"
    return claimed.same.exam, (
        f"{place}: differs from the exam file, as another policy would make it, and stays so; --force writes it anew",
    )


@contextmanager
def put_aside(folder: Path, claimed: Claim) -> Iterator[tuple[str, ...]]:
    """Move another exam, all that belongs to it, into a folder of its own; back again if the body fails.

    Yields: a line that says where it is, if there was one.
    """
    if not claimed.other:
        yield ()
        return
    number = 1
    while os.path.lexists(aside := folder / f"old-{number}"):
        number += 1
    moved: list[str] = []
    try:
        aside.mkdir()
        for name in _BELONGINGS:
            if os.path.lexists(folder / name):
                (folder / name).rename(aside / name)
                moved.append(name)
        yield (f"{folder}: what lay there, {claimed.other}, is kept in {aside}",)
    except BaseException as error:
        for name in reversed(moved):
            with contextlib.suppress(OSError):
                (aside / name).rename(folder / name)
        with contextlib.suppress(OSError):
            aside.rmdir()
        if isinstance(error, OSError):
            raise unwritable(error, folder) from None
        raise


@contextmanager
def begun(folder: Path, claimed: Claim, key: Mapping[str, bytes]) -> Iterator[None]:
    """Write these files of the key into a folder that has none yet; they go again if the body fails."""
    if not claimed.is_empty:
        yield
        return
    write_files(folder, key, private=(KEY,))
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for name in key:
                (folder / name).unlink(missing_ok=True)
            (folder / KEY).rmdir()
        raise


def _is_same_exam(there: Key, plan: Plan) -> bool:
    # Of an older key the seed is not known, but the exam's id follows from it.
    origins = [(making.seed, making.secret) for making in (there.making, plan.making)]
    return there.exam.id == plan.exam.id and origins[0] in (_NOT_KNOWN, origins[1])


def _is_same_style(there: Key, plan: Plan) -> bool:
    # An older key says neither its seed nor how its papers look.
    return (there.making.seed, there.making.secret) == _NOT_KNOWN or _looks(there.making) == _looks(plan.making)


def _looks(making: Making) -> tuple[str, str, str, int]:
    return making.language, making.paper, making.key_detail, making.scan


def _is_same_kind(folder: Path, there: Key, plan: Plan) -> bool:
    """A class is no single paper, and the paper of one student not that of another."""
    is_class = _has(folder, OF_A_CLASS)
    if plan.student is None:
        return is_class or not _has(folder, HANDOUT)
    return not is_class and {variant.student for variant in there.variants} <= {plan.student}


def _has(folder: Path, names: tuple[str, ...]) -> bool:
    return any(os.path.lexists(folder / name) for name in names)


def _told(folder: Path, there: Key) -> str:
    """What lies there, in words."""
    making, how = there.making, [f"notation {there.exam.notation.name}"]
    if (making.seed, making.secret) != _NOT_KNOWN:
        looks = (f"language {making.language}", f"paper {making.paper}", f"{making.key_detail} key")
        fairness = [] if making.fairness is None else [f"fairness {making.fairness:g}"]
        bubbles = ["bubble pages"] if making.scan else []
        how = ["a secret" if making.secret else f"seed {making.seed}", *fairness, *how, *looks, *bubbles]
    return f"{_whose(folder, there)} of exam {there.exam.id} ({', '.join(how)})"


def _whose(folder: Path, there: Key) -> str:
    if not there.variants:
        return "the key without papers"
    if _has(folder, OF_A_CLASS) or len(there.variants) > 1:
        return f"a class of {len(there.variants)}"
    student = there.variants[0].student
    return f"the paper of student {student!r}" if student else "a paper for anybody"


def _way_on(there: Key, plan: Plan) -> str:
    """Where seed, secret and fairness are all that differ, how to go on with those that lie there."""
    made, planned = there.making, plan.making
    if not made.secret and (made.seed is None or plan.id_with(made.seed, made.fairness) != there.exam.id):
        return ""
    options = [option for option in (_origin_option(made, planned), _fairness_option(made, planned)) if option]
    ways = [f"give {' and '.join(options)}"] if options else []
    if made.fairness is None and planned.fairness is not None:
        ways.append("leave out --fairness")
    wish = "go on with it or add students" if plan.student is None else "make it again"
    return f"{' and '.join(ways)} to {wish}, " if ways else ""


def _origin_option(made: Making, planned: Making) -> str:
    if made.secret:
        return "" if made.secret == planned.secret else "--secret with the file that it was made with"
    return "" if made.seed == planned.seed else f"--seed {made.seed}"


def _fairness_option(made: Making, planned: Making) -> str:
    return "" if made.fairness in (None, planned.fairness) else f"--fairness {made.fairness!r}"
