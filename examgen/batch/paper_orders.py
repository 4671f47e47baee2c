"""The papers of a class as work for many: each is made from documents of the key alone, wherever that happens.

`class_making` hands the orders out and keeps the records; `running` does not know what they are.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from socket import gethostname

from examgen.batch.claiming import HANDOUT, KEY, PAPERS
from examgen.batch.making import MakeOptions, printed_paper, sheet_files
from examgen.batch.travelling import Travelling, TravellingExam, style_of
from examgen.documents.pdf.stored.store import surroundings
from examgen.documents.style import PaperStyle
from examgen.errors import ExamgenError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants
from examgen.exams.cover import Cover
from examgen.exams.draws.streams import Seed
from examgen.exams.exam import Exam, Variant
from examgen.exams.folders.files import folder_name
from examgen.exams.folders.stores import Store
from examgen.exams.keys.key_lines import key_lines

FILES = ("questions", "answers", "sheet", "key", "filled")
"""The files of a student, as their checksums are called."""

OF_SHEETS = ("answers", "sheet")
"""Those of them that are no pages."""

Sums = Mapping[str, str]
"""SHA-256 of the files of a student that there are, by a name in `FILES`."""


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """A paper that lies in the folder of its class.

    Attributes:
        recipe: a hash of all that it was made from; the same recipe makes the same files.
        sums: of its files.
        notices: what the instructor should know.
    """

    recipe: str
    sums: Sums
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """A paper to be made.

    Attributes:
        line: the student's packed numbers.
        accommodation: that is printed on it.
        told: of a paper that should lie there already.
    """

    line: str
    accommodation: str = ""
    told: PaperRecord | None = None


@dataclass(frozen=True)
class KeyWriter(Travelling):
    """Works out the lines of a class's key, one student after another."""

    exam: TravellingExam

    def __call__(self, line: str) -> bytes:
        """The lines of one student in the key's answers.csv, from the packed numbers."""
        return key_lines(self.exam.exam, self.exam.unpacked(line))


@dataclass(frozen=True)
class Drawer(Travelling):
    """Draws papers of a class, and works out their lines in its key.

    Attributes:
        name: of the exam, as it is looked up.
        seed: or secret; it goes to processes of the same machine only.
        options: what the papers are like.
        key_exam: as it is in the key, where its policy may be another one.
    """

    name: str
    seed: Seed
    options: MakeOptions
    key_exam: TravellingExam

    def __call__(self, students: Sequence[Student]) -> list[tuple[Variant, bytes]]:
        """The papers of some students in their order, each with its lines.

        Raises: ExamgenError: a family cannot be satisfied, or is not what it was.
        """
        exam = self.key_exam.exam
        return [(variant, key_lines(exam, variant)) for variant in draw_variants(self._loaded, students)]

    @cached_property
    def _loaded(self) -> LoadedExam:
        loaded = self.options.loaded(self.name, self.seed)
        if loaded.exam.id != self.key_exam.exam.id:
            raise ExamgenError(f"{self.name}: was changed while papers were drawn; give the same command again")
        return loaded


@dataclass(frozen=True)
class ClassPrinter(Travelling):
    """Makes papers of one class, one after another.

    Attributes:
        exam: whose papers.
        cover: of the exam, which a key does not hold.
        style: of the papers.
        has_pages: whether PDFs are made.
        store: where the files go.
        surroundings: with what they are to be made, wherever that is.
    """

    exam: TravellingExam
    cover: Cover
    style: PaperStyle
    has_pages: bool
    store: Store
    surroundings: str

    @classmethod
    def of(cls, exam: Exam, style: PaperStyle, store: Store, *, has_pages: bool) -> "ClassPrinter":
        """The printer of an exam's papers."""
        return cls(TravellingExam.of(exam), exam.cover, style, has_pages, store, surroundings())

    def __call__(self, order: PaperOrder) -> PaperRecord | None:
        """Make and write a paper; None if it lies there as it was told.

        Raises: ExamgenError: a file cannot be written, or this machine would make another one.
        """
        variant = self.exam.unpacked(order.line)
        recipe = self.recipe(order)
        if order.told is not None and order.told.recipe == recipe and self._lies_there(variant, order.told):
            return None
        exam = self._exam_with(order.accommodation)
        style = style_of(self.style, variant.language, variant.paper)
        files, notices = self._files(exam, variant, style)
        paths = paths_of(variant.student)
        self.store.write({paths[name]: content for name, content in files.items()})
        sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        return PaperRecord(recipe, sums, notices)

    def prepare(self, line: str) -> None:
        """Make a paper of packed numbers and write nothing: layouts and fonts are there then."""
        variant = self.exam.unpacked(line)
        self._files(self._exam_with(""), variant, style_of(self.style, variant.language, variant.paper))

    def recipe(self, order: PaperOrder) -> str:
        """A hash of all that a paper is made from."""
        return hashlib.sha256("\0".join((self._common, order.line, order.accommodation)).encode()).hexdigest()

    @cached_property
    def _common(self) -> str:
        if surroundings() != self.surroundings:
            raise ExamgenError(
                f"{gethostname()}: has other versions of examgen or its libraries than who gives the orders, and would "
                "make other papers; install the same on all machines"
            )
        parts = (self.surroundings, self.exam.text, repr(self.cover), repr(self.style), str(self.has_pages))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @cached_property
    def _exams(self) -> dict[str, Exam]:
        return {}

    def _exam_with(self, accommodation: str) -> Exam:
        # One for all papers with the same words, as layouts are kept by their exam.
        if accommodation not in self._exams:
            cover = replace(self.cover, accommodation=accommodation)
            self._exams[accommodation] = replace(self.exam.exam, cover=cover)
        return self._exams[accommodation]

    def _files(self, exam: Exam, variant: Variant, style: PaperStyle) -> tuple[dict[str, bytes], tuple[str, ...]]:
        if not self.has_pages:
            answers, sheet = sheet_files(exam, variant, style)
            return dict(zip(OF_SHEETS, (answers, sheet), strict=True)), ()
        printed = printed_paper(exam, variant, style)
        contents = (*(printed.handout[name] for name in HANDOUT), printed.solution, printed.filled)
        return dict(zip(FILES, contents, strict=True)), printed.notices

    def _lies_there(self, variant: Variant, told: PaperRecord) -> bool:
        if not told.sums.keys() >= set(FILES if self.has_pages else OF_SHEETS):
            return False
        found = sums_of(self.store, variant.student)
        return all(found.get(name) == told.sums[name] for name in told.sums)


def handout_of(student: str) -> str:
    """The folder with a student's papers, below that of the class."""
    return f"{PAPERS}/{folder_name(student)}"


def paths_of(student: str) -> dict[str, str]:
    """Where the files of a student are, below the folder of the class, by a name in `FILES`."""
    name = folder_name(student)
    handout = f"{PAPERS}/{name}"
    paths = (*(f"{handout}/{file}" for file in HANDOUT), f"{KEY}/papers/{name}.pdf", f"{KEY}/filled/{name}.pdf")
    return dict(zip(FILES, paths, strict=True))


def sums_of(store: Store, student: str) -> dict[str, str]:
    """The checksums of a student's files that are there."""
    paths = paths_of(student)
    found = store.read_all(paths.values())
    return {name: hashlib.sha256(found[path]).hexdigest() for name, path in paths.items() if path in found}
