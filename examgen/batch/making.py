"""Makes papers: the one of `examgen make` and the class of `examgen batch`, by the same steps.

All files of a paper are ready in memory before the first is written.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from examgen import __version__
from examgen.documents.papers import question_page
from examgen.documents.printing import PrintedPaper, print_key, print_questions
from examgen.documents.render import sheet_html
from examgen.documents.style import STANDARD, PaperStyle
from examgen.errors import AnswersError, ExamgenError
from examgen.exams.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from examgen.exams.files import csv_bytes, folder_name, safe_text, write_files
from examgen.exams.key_documents import Making
from examgen.exams.keys import key_files, sheet_csv, sheet_rows
from examgen.tables.csv_tables import read_table

DEFAULT_EXAM = "question2"
OUTPUT = Path("output")
SEED_BITS = 63
MOST_NAMED = 5
"""So many characters without a glyph are named in a notice; the rest is counted."""

MANIFEST_COLUMNS = ("student", "name", "variant", "folder", "questions_sha256", "answers_sha256", "key_sha256")

Progress = Callable[[int, int], None]
"""Called with the number of papers done and of all."""


@dataclass(frozen=True, slots=True)
class MadePapers:
    """What was made.

    Attributes:
        exam: id of the exam, as in the column `exam` of the sheets.
        seed: the seed, drawn where none was given.
        folder: the exam's folder.
        students: how many papers there are.
        files: paths of all files, relative to the folder.
        notices: what the instructor should know of papers that are not as they should be, a line each.
    """

    exam: str
    seed: int
    folder: Path
    students: int
    files: tuple[str, ...]
    notices: tuple[str, ...] = ()


def fresh_seed() -> int:
    """A seed that nobody can guess."""
    return secrets.randbits(SEED_BITS)


def make(
    exam: str = DEFAULT_EXAM,
    *,
    seed: int | None = None,
    student: str = "",
    notation: str | None = None,
    language: str = STANDARD.language,
    paper: str = STANDARD.paper,
    theme: Path | None = None,
    out: Path | None = None,
) -> MadePapers:
    """Make one paper with its key.

    Args:
        exam: a shipped exam or family, or the path of a TOML file.
        seed: the same seed makes the same paper, byte for byte; a fresh one is drawn where it is None.
        student: id of the student whom the paper is for; empty for a paper that anybody may hand in.
        notation: another notation than the exam's own.
        language: of the papers: en, de, fr, es, hi, or one of the theme.
        paper: a4 or letter.
        theme: folder with own rules, words and templates, see `examgen.documents.themes`.
        out: the exam's folder; under ./output where it is None.

    Raises:
        ExamgenError: the exam cannot be found, read or satisfied, or a file cannot be written.
    """
    seed = _checked_seed(seed)
    style = PaperStyle.of(language, paper, theme)
    loaded = load_exam(exam, seed, notation)
    variant = draw_variants(loaded, [Student(_checked_id(student))])[0]
    questions, key = print_questions(loaded.exam, variant, style), print_key(loaded.exam, variant, style)
    files = _handout(loaded.exam, variant, style, questions)
    files |= _key(loaded.exam, [variant], Making(seed, language, paper, style.decimal_mark))
    files["key/answers.pdf"] = key.pdf
    folder = out if out is not None else OUTPUT / _folder(loaded, student, language, is_own_notation=notation is None)
    write_files(folder, files)
    notices = tuple(_notices(loaded.exam, variant, questions, key))
    return MadePapers(loaded.exam.id, seed, folder, 1, tuple(files), notices)


def make_class(
    exam: str,
    roster: Path,
    *,
    seed: int | None = None,
    out: Path,
    notation: str | None = None,
    language: str = STANDARD.language,
    paper: str = STANDARD.paper,
    theme: Path | None = None,
    progress: Progress | None = None,
) -> MadePapers:
    """Make a paper of their own for each student of a roster.

    Args:
        exam: a shipped exam or family, or the path of a TOML file.
        roster: CSV with the columns id and name.
        seed: a student's paper depends on the seed, the exam and the student only, never on the roster.
        out: folder of the class: handout/ with a folder per student, key/, and manifest.csv.
        notation: another notation than the exam's own.
        language: of the papers: en, de, fr, es, hi, or one of the theme.
        paper: a4 or letter.
        theme: folder with own rules, words and templates, see `examgen.documents.themes`.
        progress: called after each paper.

    Raises:
        ExamgenError: as in `make`; also where the roster cannot be read, or names a student twice.
    """
    seed = _checked_seed(seed)
    style = PaperStyle.of(language, paper, theme)
    students = read_roster(roster)
    loaded = load_exam(exam, seed, notation)
    variants = draw_variants(loaded, students)
    folders = _folders(roster, students)
    written: list[str] = []
    manifest: list[Sequence[str]] = []
    notices: dict[str, None] = {}
    # The key first: a batch that breaks off must not leave handed-out papers without one.
    keys = _key(loaded.exam, variants, Making(seed, language, paper, style.decimal_mark))
    write_files(out, keys)
    written += keys
    for number, (variant, folder) in enumerate(zip(variants, folders, strict=True), start=1):
        questions, key = print_questions(loaded.exam, variant, style), print_key(loaded.exam, variant, style)
        handout = _handout(loaded.exam, variant, style, questions)
        files = {f"handout/{folder}/{name}": content for name, content in handout.items()}
        files[f"key/papers/{folder}.pdf"] = key.pdf
        write_files(out, files)
        written += files
        sums = (_sha256(handout["questions.pdf"]), _sha256(handout["answers.csv"]), _sha256(key.pdf))
        manifest.append((safe_text(variant.student), safe_text(variant.name), variant.code, f"handout/{folder}", *sums))
        # Of what every paper lacks there is one notice.
        notices |= dict.fromkeys(_notices(loaded.exam, variant, questions, key))
        if progress is not None:
            progress(number, len(variants))
    write_files(out, {"manifest.csv": csv_bytes(MANIFEST_COLUMNS, manifest)})
    return MadePapers(loaded.exam.id, seed, out, len(variants), (*written, "manifest.csv"), tuple(notices))


def read_roster(path: Path) -> list[Student]:
    """The students of a class list with the columns id and name; other columns are passed over.

    Raises:
        AnswersError: the file cannot be read, or a row has no id, an id that came before, or another number of cells.
    """
    table = read_table(path, ("id", "name"), extra="ignore")
    if table.problems:
        first = table.problems[0]
        raise AnswersError(f"{path}: line {first.line}: {first.detail}")
    students: dict[str, Student] = {}
    for line, row in table.rows:
        student = Student(row["id"].strip(), _one_line(row["name"]))
        if not student.id:
            raise AnswersError(f"{path}: line {line}: the id is empty; give each student an id of their own")
        try:
            _checked_id(student.id)
        except ExamgenError as error:
            raise AnswersError(f"{path}: line {line}: {error}") from None
        if student.id in students:
            raise AnswersError(
                f"{path}: line {line}: id {student.id!r} came before; give each student an id of their own"
            )
        students[student.id] = student
    if not students:
        raise AnswersError(f"{path}: there are no students below the header")
    return list(students.values())


def _one_line(name: str) -> str:
    """A name without line breaks and control characters, which a quoted cell may hold."""
    return " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in name).split())


def _handout(exam: Exam, variant: Variant, style: PaperStyle, questions: PrintedPaper) -> dict[str, bytes]:
    """What is handed out to one student, by file name."""
    page = question_page(exam, variant, style)
    rows = [(question, field, symbol) for _, _, _, question, field, symbol, _ in sheet_rows(exam, [variant])]
    return {
        "questions.pdf": questions.pdf,
        "answers.csv": sheet_csv(exam, [variant]),
        "answers.html": sheet_html(page, rows).encode(),
    }


def _key(exam: Exam, variants: Sequence[Variant], making: Making) -> dict[str, bytes]:
    """The files of the key, by path below the exam's folder."""
    return {f"key/{name}": content for name, content in key_files(exam, variants, __version__, making).items()}


def _notices(exam: Exam, variant: Variant, questions: PrintedPaper, key: PrintedPaper) -> Iterator[str]:
    """A line for the student and a line for the exam where a paper has characters that no font can show."""
    missing = dict.fromkeys(questions.missing + key.missing)
    own = {*variant.student, *variant.name}
    for whose, letters in (
        (f"student {variant.student!r}", [letter for letter in missing if letter in own]),
        (f"exam {exam.id!r}", [letter for letter in missing if letter not in own]),
    ):
        if letters:
            yield (
                f"{whose}: no font has {_named(letters)}; boxes stand there. Install a font with that script, such as "
                "the Noto font for it, and make the papers again"
            )


def _named(letters: Sequence[str]) -> str:
    names = [f"U+{ord(letter):04X} {unicodedata.name(letter, 'without a name')}" for letter in letters[:MOST_NAMED]]
    more = len(letters) - MOST_NAMED
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _checked_seed(seed: int | None) -> int:
    if seed is None:
        return fresh_seed()
    if seed < 0:
        raise ExamgenError(f"the seed is {seed}; use 0 or a positive whole number")
    return seed


def _checked_id(student: str) -> str:
    """A student id that survives a CSV file: one line, no spaces around it."""
    if student != student.strip() or any(not char.isprintable() for char in student):
        raise ExamgenError(f"student id {student!r} has spaces around it or a control character; use plain text")
    if len(student) > 200:
        raise ExamgenError(f"student id {student[:20]!r}… has {len(student)} characters; use at most 200")
    return student


def _folder(loaded: LoadedExam, student: str, language: str, *, is_own_notation: bool) -> str:
    """`question2-7`; papers of one seed for several students or in another notation do not overwrite one another."""
    parts = [loaded.exam.name, str(loaded.seed)]
    if student:
        parts.append(folder_name(student))
    if not is_own_notation:
        parts.append(loaded.exam.notation.name)
    if language != STANDARD.language:
        parts.append(language)
    return "-".join(parts)


def _folders(roster: Path, students: Sequence[Student]) -> list[str]:
    """A folder name per student; ids that differ in capitals only would be one folder on some systems."""
    taken: dict[str, str] = {}
    names = []
    for student in students:
        name = folder_name(student.id)
        if (other := taken.setdefault(name.lower(), student.id)) != student.id:
            raise AnswersError(
                f"{roster}: ids {other!r} and {student.id!r} differ in capitals only; change one of them"
            )
        names.append(name)
    return names


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
