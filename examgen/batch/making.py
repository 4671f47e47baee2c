"""Makes one paper, `examgen make`, and has the steps that a class's papers are made by, too.

All files of a paper are ready in memory before the first is written.
"""

import csv
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from examgen.batch.bubble_notices import bubble_notices, check_scan
from examgen.batch.claiming import (
    HANDOUT,
    KEY,
    KEY_FILES,
    MANIFEST,
    PRACTICE,
    PRACTICE_PAGE,
    SHEET,
    Claim,
    Plan,
    claim,
    exam_to_keep,
    put_aside,
    remove_broken,
)
from examgen.batch.missing_letters import glyph_notices
from examgen.batch.rosters.roster_ids import checked_id
from examgen.documents.paper.printing import print_filled, print_key, print_questions, solved_questions
from examgen.documents.paper.web_sheet import web_sheet
from examgen.documents.style import STANDARD, PaperStyle
from examgen.errors import ExamgenError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.draws.streams import Secret, Seed
from examgen.exams.exam import Exam, Variant
from examgen.exams.folders.files import folder_name, write_files
from examgen.exams.folders.holding import held
from examgen.exams.keys.key_documents import Making
from examgen.exams.keys.key_folder import key_files
from examgen.exams.keys.key_lines import sheet_csv
from examgen.notebooks import html_frame, html_lines, html_table
from examgen.version import __version__

OUTPUT = Path("output")
SEED_BITS = 63
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/")
"""Of a store of objects; a path has lost one of the two slashes."""

SMALL_SEED = 2**32
"""All seeds below can be tried in a day."""


@dataclass(frozen=True, slots=True)
class MakeOptions:
    """What papers are like, and what happens to what lies there already.

    Attributes:
        seed: or secret that all numbers are drawn from; a fresh seed where it is None.
        notation: another one than the exam's own.
        language: of the papers: en, de, fr, es, hi, or one of the theme.
        paper: a4 or letter.
        theme: folder with own rules, words and templates, see `examgen.documents.themes`.
        key_detail: of the worked solution: full, or short, without the chain rule for single entries.
        working_space: whether ruled space is left under each task.
        scan: whether pages with bubbles for a scanner stand behind the questions.
        force: whether to write over what lies in the folder.
        fairness: share of the typical work of a question by which a paper may be more or less; any work where it is
            None.
        banks: folders in which exams and families are looked up before the shipped ones.
    """

    seed: Seed | None = None
    notation: str | None = None
    language: str = STANDARD.language
    paper: str = STANDARD.paper
    theme: Path | None = None
    key_detail: str = STANDARD.key_detail
    working_space: bool = False
    force: bool = False
    fairness: float | None = None
    banks: tuple[Path, ...] = ()
    scan: bool = False

    def style(self) -> PaperStyle:
        """How the papers look.

        Raises: ExamgenError: there is no such language, size or theme.
        """
        further = {"working_space": self.working_space, "scan": self.scan}
        return PaperStyle.of(self.language, self.paper, self.theme, self.key_detail, **further)

    def loaded(self, exam: str, seed: Seed) -> LoadedExam:
        """The exam with a seed or secret, drawn as these options say.

        Raises: ExamgenError: it cannot be found, read or satisfied, or the fairness is no share.
        """
        if self.fairness is not None and not 0 <= self.fairness <= 1:
            raise ExamgenError(f"the fairness is {self.fairness:g}; use a number from 0 to 1, such as 0.1")
        return load_exam(exam, seed, self.notation, self.fairness, self.banks)

    def id_with(self, exam: str) -> Callable[[int, float | None], str]:
        """The exam's id by seed and fairness, all else being as in these options."""
        return lambda seed, fairness: replace(self, fairness=fairness).loaded(exam, seed).exam.id


@dataclass(frozen=True, slots=True, repr=False)
class MadePapers:
    """What was made.

    Attributes:
        exam: id of the exam, as in the column `exam` of the sheets.
        seed: drawn where none was given; None where there was a secret.
        folder: the exam's folder.
        students: how many papers there are.
        files: paths of all files, relative to the folder.
        notices: what the instructor should know, a line each: of papers that are not as they should be, of the seed,
            the roster, and what lay in the folder.
        set_aside: students whose papers could not be made, as the process that made them ended each time.
        address: where the files are objects; the folder is then the path in it.
    """

    exam: str
    seed: int | None
    folder: Path
    students: int
    files: tuple[str, ...]
    notices: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    address: str = ""

    def where(self, name: str = "") -> str:
        """Path or address of a file, or of the whole."""
        return "/".join(filter(None, (self.address, name))) if self.address else str(self.folder / name)

    def __repr__(self) -> str:
        papers = "1 paper" if self.students == 1 else f"{self.students:,} papers"
        return f"<{papers} of {self.exam} in {self.where()}>"

    def _repr_html_(self) -> str:
        """In a notebook: the paper as it is on a screen, or the class as a table."""
        told = html_lines([repr(self).strip("<>"), *self.notices])
        sheet, manifest = self.folder / SHEET, self.folder / MANIFEST
        if self.address or not (sheet.is_file() or manifest.is_file()):
            return told
        if sheet.is_file():
            return told + html_frame(sheet.read_text(encoding="utf-8"), f"{self.exam}: {SHEET}", 640)
        with manifest.open(encoding="utf-8", newline="") as file:
            heads, *rows = csv.reader(file)
        shown = [heads.index(name) for name in ("student", "name", "variant", "status") if name in heads]
        return told + html_table([heads[place] for place in shown], [[row[place] for place in shown] for row in rows])


@dataclass(frozen=True, slots=True)
class PaperFiles:
    """One student's paper: what is handed out, by file name, the worked solution, the paper with its boxes filled in,
    and what is to be told of them."""

    handout: dict[str, bytes]
    solution: bytes
    filled: bytes
    notices: tuple[str, ...]


def fresh_seed() -> int:
    """A seed that nobody can guess."""
    return secrets.randbits(SEED_BITS)


def make(
    exam: str,
    student: str = "",
    out: Path | None = None,
    options: MakeOptions = MakeOptions(),
    *,
    keeps_other: bool = True,
    practice: bool = False,
) -> MadePapers:
    """Make one paper with its key.

    Args:
        exam: an exam or family by name, or the path of a TOML file.
        student: id of the student whom the paper is for; empty for a paper that anybody may hand in.
        out: the exam's folder; under ./output where it is None.
        options: what the paper is like.
        keeps_other: whether another exam in the folder is put aside whole where it is written over, and not lost.
        practice: whether to make the practice page, too.

    Raises:
        ExamgenError: the exam cannot be found, read or satisfied, a file cannot be written, or something else lies in
            the folder.
    """
    seed, force = checked_seed(options.seed), options.force
    if out is not None and _ADDRESS.match(str(out)):
        raise ExamgenError(f"{out}: make writes one paper into a folder; a class goes to an address with batch")
    style = options.style()
    check_scan(style)
    loaded = options.loaded(exam, seed)
    variant = draw_variants(loaded, [Student(checked_id(student))])[0]
    making = style.making(seed, loaded.draws, loaded.fairness)
    names = (*HANDOUT, *(f"{KEY}/{name}" for name in KEY_FILES), *([PRACTICE_PAGE] if practice else []))
    plan = Plan(loaded.exam, making, variant.student, names, options.id_with(exam))
    folder = out or OUTPUT / _folder(loaded, variant.student, style, is_own_notation=options.notation is None)
    with held(folder):
        claimed = claim(folder, plan, force=force)
        remove_broken(folder)
        printed = printed_paper(loaded.exam, variant, style)
        kept, changed = exam_to_keep(loaded.exam, claimed, force=force)
        # The key first: where a run is killed, a paper must not lie there without one.
        own = {f"{KEY}/answers.pdf": printed.solution, f"{KEY}/filled.pdf": printed.filled}
        files = key_below(kept, [variant], making) | own | printed.handout
        if practice:
            # Imported where it is needed: a paper alone needs nothing of the marker.
            from examgen.batch.practice.practising import practice_page

            files[PRACTICE_PAGE] = practice_page(loaded, variant, style)
        with put_aside(folder, claimed if keeps_other else Claim()) as aside:
            write_files(folder, files, private=(KEY, PRACTICE))
    told = (*printed.notices, *bubble_notices(loaded.exam, [variant], style))
    notices = (*seed_notices(seed), *loaded.notices, *aside, *changed, *told)
    return MadePapers(loaded.exam.id, seed_told(seed), folder, 1, names, notices)


def checked_seed(seed: Seed | None) -> Seed:
    """The seed or secret, a fresh seed in place of None.

    Raises:
        ExamgenError: it is negative.
    """
    if seed is None:
        return fresh_seed()
    if not isinstance(seed, Secret) and seed < 0:
        raise ExamgenError(f"the seed is {seed}; use 0 or a positive whole number")
    return seed


def seed_notices(seed: Seed) -> tuple[str, ...]:
    """A line where all seeds of that size can be tried until the paper comes out."""
    told = "practice mode: a seed this small can be found by trying; leave it out, or use --secret, where it counts"
    return (told,) if not isinstance(seed, Secret) and seed < SMALL_SEED else ()


def seed_told(seed: Seed) -> int | None:
    """The seed as it may be told; a secret is none."""
    return None if isinstance(seed, Secret) else seed


def key_below(
    exam: Exam, variants: Sequence[Variant], making: Making, lines: Iterable[bytes] | None = None
) -> dict[str, bytes]:
    """The files of the key, by path below the exam's folder; `lines` as in `key_files`."""
    files = key_files(exam, variants, __version__, making, lines)
    return {f"{KEY}/{name}": content for name, content in files.items()}


def printed_paper(exam: Exam, variant: Variant, style: PaperStyle) -> PaperFiles:
    """Print the paper of one student, its worked solution, and the paper with its boxes filled in."""
    solved = solved_questions(exam, variant)
    questions, key = print_questions(exam, variant, style), print_key(exam, variant, style, solved)
    filled = print_filled(questions, solved, style)
    contents = (questions.pdf, *sheet_files(exam, variant, style))
    handout = dict(zip(HANDOUT, contents, strict=True))
    return PaperFiles(handout, key.pdf, filled, tuple(glyph_notices(exam, variant, questions, key)))


def sheet_files(exam: Exam, variant: Variant, style: PaperStyle) -> tuple[bytes, bytes]:
    """answers.csv and answers.html of one student."""
    return sheet_csv(exam, [variant]), web_sheet(exam, variant, style)


def _folder(loaded: LoadedExam, student: str, style: PaperStyle, *, is_own_notation: bool) -> str:
    """`question2-7`; papers of one seed that differ otherwise do not overwrite one another."""
    # A secret has no name that could be told; the exam's id says which one it was.
    parts = [loaded.exam.id] if isinstance(loaded.seed, Secret) else [loaded.exam.name, str(loaded.seed)]
    if student:
        parts.append(folder_name(student))
    if loaded.fairness is not None:
        parts.append(f"fairness-{loaded.fairness:g}")
    if not is_own_notation:
        parts.append(loaded.exam.notation.name)
    if style.language != STANDARD.language:
        parts.append(style.language)
    if style.paper != STANDARD.paper:
        parts.append(style.paper)
    if style.key_detail != STANDARD.key_detail:
        parts.append(f"{style.key_detail}-key")
    if style.working_space:
        parts.append("working-space")
    if style.scan:
        parts.append("scan")
    return "-".join(parts)
