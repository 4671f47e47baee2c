"""What a class handed in on its way to the answers that are marked: scans, quizzes of platforms, sheets; and the key.

Called by `grading`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from examgen.errors import AnswersError
from examgen.exams.folders.files import Content
from examgen.exams.folders.places import QUIZ_KEY
from examgen.exams.keys.key_folder import Key, key_files
from examgen.marking.reading.class_sheets import TIME_LIMIT, Answers, HandedIn
from examgen.marking.reading.decimal_marks import DecimalChoice
from examgen.marking.reading.earlier_scans import decisions, read_scanned, with_earlier, with_left
from examgen.marking.reading.key_lookup import find_key, named_exams
from examgen.marking.reading.quiz_papers import quiz_papers
from examgen.marking.reading.scans.scan_tables import ScannedClass, settled_notices
from examgen.marking.reading.scans.settled_answers import is_settled_file, read_settled
from examgen.marking.results.earlier import Earlier
from examgen.tables.csv_tables import printable
from examgen.version import __version__


@dataclass(frozen=True, slots=True)
class GradeOptions:
    """How answer sheets are read, and what happens to marks that are there already.

    Attributes:
        decimal: the decimal mark of the answers, or "auto".
        latest: whether of a student's different answers the newest count; else they are unreadable.
        tables: whether files of a folder may hold rows of several students.
        unknown: whether students whom the key of a class does not know are marked too.
        fresh: whether earlier marks of the same exam are dropped instead of added to.
        force: whether marks of another exam are written over.
        time_limit: seconds that reading the files of one student may take together.
    """

    decimal: DecimalChoice = "auto"
    latest: bool = False
    tables: bool = False
    unknown: bool = False
    fresh: bool = False
    force: bool = False
    time_limit: float = TIME_LIMIT


AS_USUAL = GradeOptions()

_SETTLES = "settles entries of scans; give it together with the scans"


def told_apart(answers: Path, others: Sequence[Path]) -> tuple[Path, list[Path], list[Path]]:
    """What was handed in, further files of it, and files in which a person has settled what was doubtful."""
    given = [answers, *others]
    settled = [path for path in given if is_settled_file(path)]
    sheets = [path for path in given if path not in settled]
    if not sheets:
        raise AnswersError(f"{printable(answers)}: {_SETTLES}")
    return sheets[0], sheets[1:], settled


def with_scans(
    key: Key, files: HandedIn, settled: Sequence[Path], earlier: Earlier, options: GradeOptions
) -> tuple[HandedIn, ScannedClass | None]:
    """The files with their pages of bubbles read, and what was read of these, also when other files were marked.

    Raises: AnswersError: what was read earlier, or what a person has settled, cannot be read.
    """
    before = read_scanned(earlier.folder, key) if earlier.is_there and not options.fresh else ()
    has_scans = any(sheet.scan is not None for sheet in files.sheets)
    if settled and not (has_scans or before):
        raise AnswersError(f"{printable(settled[0])}: {_SETTLES}")
    if not (has_scans or before):
        return files, None
    said = read_settled(settled, key.exam.id)
    if has_scans:
        from examgen.marking.reading.scanned_papers import scanned_papers  # it needs OpenCV

        files, scans = scanned_papers(key, files, said, before, time_limit=options.time_limit)
    else:
        scans = with_left((), before, (), decisions(before, said))
    return replace(files, notices=(*files.notices, *settled_notices(scans.entries, said))), scans


def with_quiz(
    key: Key, files: HandedIn, folder: Path, earlier: Earlier, options: GradeOptions
) -> tuple[Key, HandedIn, dict[str, Content]]:
    """The key and the answers as they are marked, and the key's files where students had their papers on a platform."""
    kept = frozenset() if options.fresh else frozenset(student for student, _ in earlier.rows)
    quiz = quiz_papers(key, files, folder, kept, with_unknown=options.unknown)
    if quiz is None:
        return key, files, {}
    made = key_files(quiz.key.exam, quiz.key.variants, __version__, quiz.key.making)
    return quiz.key, quiz.files, {f"{QUIZ_KEY}/{name}": content for name, content in made.items()}


def read_answers(
    files: HandedIn, key: Key, scans: ScannedClass | None, options: GradeOptions
) -> tuple[Answers, ScannedClass | None]:
    """The answers of the class, each once; and of its scans which entries count."""
    ours = files.of_exam(key.exam).of_class(key, with_unknown=options.unknown, with_tables=options.tables)
    if scans is not None:
        ours, scans = with_earlier(ours, key, scans)
    return ours.with_numbers(options.decimal, key.making.decimal_mark).once(latest=options.latest), scans


def key_of(answers: Path, files: HandedIn) -> Key:
    table = files.table
    identities = frozenset([*table.student.distinct.to_pylist(), *table.variant.distinct.to_pylist()])
    return find_key(answers, named_exams(files.given, [source.path for source in files.sources], table), identities)
