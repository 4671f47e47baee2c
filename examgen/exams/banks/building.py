"""From a bank or exam file to an `Exam` with the sources of its numbers, and to the variants of a class."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cached_property, lru_cache
from pathlib import Path

from examgen.core.draw_versions import FIRST_DRAWS
from examgen.core.evaluation import evaluate
from examgen.core.formulas.formula_tokens import MAX_CHARACTERS, MAX_TOKENS, Unparsed, tokenize
from examgen.errors import BankError
from examgen.exams.asking import allowed_names, asked_of
from examgen.exams.banks.bank_files import ExamModel, Family, find_bank, load_bank, taken_of_several
from examgen.exams.banks.families import family_question
from examgen.exams.draws.alike_options import has_alike_options
from examgen.exams.draws.drawing import Source, draw_question, variant_code
from examgen.exams.draws.equal_work import FairSource, fair_source
from examgen.exams.draws.streams import Secret, Seed, stream_key
from examgen.exams.exam import Exam, Question, Variant
from examgen.exams.fields import Field
from examgen.exams.naming.notation import Notation, notation_named
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.references.typed_references import typed_reference
from examgen.exams.task import Task

ID_LENGTH = 6


@dataclass(frozen=True, eq=False)
class LoadedExam:
    """An exam and where its numbers come from.

    Attributes:
        exam: but for its numbers.
        seed: or secret that they are drawn with.
        sources: by question id, as the files say.
        draws: the version of the draws.
        fairness: share of the typical work of a question by which a paper may be more or less; None for any work.
        found: what is to be told of the files that were taken, a line each.
    """

    exam: Exam
    seed: Seed
    sources: Mapping[str, Source]
    draws: int = FIRST_DRAWS
    fairness: float | None = None
    found: tuple[str, ...] = ()

    @cached_property
    def fair_sources(self) -> Mapping[str, FairSource]:
        """By question id, with what the fairness asks for. Made when papers are drawn, as it takes a sample of them.

        Raises: BankError: a question has no papers that are near enough.
        """
        if self.fairness is None:
            return {name: FairSource(source) for name, source in self.sources.items()}
        return {
            question.id: fair_source(question, self.sources[question.id], self.fairness)
            for question in self.exam.questions
        }

    @property
    def notices(self) -> tuple[str, ...]:
        """What an instructor should know of the files and of how the papers are drawn."""
        return (*self.found, *(line for source in self.fair_sources.values() for line in source.notices))


@dataclass(frozen=True, slots=True)
class Student:
    """Who a paper is for; both are empty for a paper that anybody may hand in."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True)
class _Part:
    """One family in an exam; two are equal where all is that their questions depend on, `content` being the file's."""

    number: str
    path: Path
    family: Family = attribute(compare=False)
    title: str
    draws: int
    notation: Notation
    content: str


def load_exam(
    name: str,
    seed: Seed,
    notation: str | None = None,
    fairness: float | None = None,
    own: Sequence[Path] = (),
) -> LoadedExam:
    """The exam of a name or TOML path; a family alone is an exam of one question.

    Args:
        name: of the exam.
        seed: or secret of its numbers.
        notation: another one than its own.
        fairness: as in `LoadedExam`, from 0 to 1.
        own: folders in which exams and families are looked up first, as in `find_bank`.

    Raises:
        BankError: the file is missing or breaks the format, or its questions do not fit the notation.
    """
    path = find_bank(name, own=own)
    bank = load_bank(path)
    parts = [(path, bank, "")] if isinstance(bank, Family) else _families(path, bank, own)
    names = (name, *(part.family for part in bank.questions)) if isinstance(bank, ExamModel) else (name,)
    written = notation_named(notation or bank.notation)
    pairs = [
        _checked_question(_Part(f"Q{number}", *part, bank.draws, written, part[1].model_dump_json()))
        for number, part in enumerate(parts, start=1)
    ]
    exam = Exam(
        id=f"{path.stem}-{_content_code(seed, written.name, fairness, bank, [family for _, family, _ in parts])}",
        name=path.stem,
        title=bank.title,
        notation=written,
        instructions=bank.instructions if isinstance(bank, ExamModel) else (),
        policy=bank.policy,
        questions=tuple(question for question, _ in pairs),
        cover=bank.cover,
    )
    found = tuple(line for one in dict.fromkeys(names) if (line := taken_of_several(one, own)))
    return LoadedExam(exam, seed, {question.id: source for question, source in pairs}, bank.draws, fairness, found)


def draw_variants(loaded: LoadedExam, students: Sequence[Student]) -> list[Variant]:
    """The papers of these students, in their order.

    Raises:
        BankError: a family cannot be satisfied.
    """
    exam, ids = loaded.exam, [student.id for student in students]
    by_question = {
        question.id: draw_question(question, loaded.fair_sources[question.id].source, exam.name, loaded.seed, ids)
        for question in exam.questions
    }
    return [
        Variant(
            student.id,
            student.name,
            variant_code(loaded.seed, exam.name, student.id),
            {name: drawn[place] for name, drawn in by_question.items()},
        )
        for place, student in enumerate(students)
    ]


@lru_cache(maxsize=64)
def _checked_question(part: _Part) -> tuple[Question, Source]:
    """The question of a family and where its numbers come from; the same one for all seeds.

    Raises: BankError: it does not fit the notation, or asks for what is not there.
    """
    question, source = family_question(part.number, part.path, part.family, part.title, part.draws)
    for shape in question.shapes.values():
        if problem := part.notation.problem_with(shape):
            raise BankError(f"{source.path}: {problem}")
    _check_fields(question, source, part.notation)
    return question, source


def _families(exam_path: Path, exam: ExamModel, own: Sequence[Path]) -> list[tuple[Path, Family, str]]:
    found = []
    for number, part in enumerate(exam.questions, start=1):
        where = f"{exam_path}: questions[{number}].family"
        try:
            path = find_bank(part.family, exam_path.parent, own)
        except BankError as error:
            raise BankError(f"{where}: {error}") from None
        family = load_bank(path)
        if not isinstance(family, Family):
            raise BankError(f"{where}: {part.family!r} is an exam; name a family")
        found.append((path, family, part.title))
    return found


def _content_code(
    seed: Seed, notation: str, fairness: float | None, bank: Family | ExamModel, families: Sequence[Family]
) -> str:
    """Six letters and digits that change with the seed, the notation, the fairness or anything in the files but policy
    and cover.

    With another policy the papers are the same, and what was handed in can be marked by it. The seed cannot be read
    from the code, but a small seed can be found by trying; exams that count draw a fresh one.
    """
    dumps = (model.model_dump_json(exclude={"policy", *model.cover_keys}) for model in (bank, *families))
    origin = stream_key(seed, "exam id").hex() if isinstance(seed, Secret) else str(seed)
    parts = [origin, notation, *dumps, *([] if fairness is None else [f"fairness {float(fairness)!r}"])]
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return "".join("abcdefghjkmnpqrstuvwxyz23456789"[byte % 31] for byte in digest[:ID_LENGTH])


def _check_fields(question: Question, source: Source, notation: Notation) -> None:
    """Every task asks for something that is there, and no entry is asked twice."""
    for label in question.shapes:
        paper = paper_shape(question, label, notation)
        for number, task in enumerate(question.tasks):
            fields = [field for field in paper.fields if field.task == number]
            if absent := _absent(paper, task, fields):
                raise BankError(f"{source.path}: tasks[{number + 1}]: {absent}")
        _check_shown(paper, source.path)
        _check_alike(paper, source)
        _first_repeated([field.name for field in paper.fields], source.path)
        _check_digits(paper, source.path)
        _check_lengths(paper, source.path)


def _check_shown(paper: PaperShape, path: str) -> None:
    """What is printed is there, and nobody asks for it."""
    for text in paper.question.shown:
        wanted = asked_of(text)
        means = [one for one in paper.graph if wanted.means(one)]
        if wanted.entry or not means:
            told = "name whole quantities" if means else allowed_names([paper.graph], text)
            raise BankError(f"{path}: shown: {text} is not there (shape {paper.label}); {told}")
        if asked := {field.quantity for field in paper.fields}.intersection(one.name for one in means):
            raise BankError(f"{path}: shown: {min(asked)} is printed, and a task asks for it; leave one of them out")


def _check_alike(paper: PaperShape, source: Source) -> None:
    """With fixed numbers, no two options say the same."""
    found = has_alike_options(paper, evaluate(paper.graph, source.fixed)) if source.fixed else None
    if found is not None and found.any():
        raise BankError(
            f"{source.path}: fixed: two options of a choice come to the same number, or one to none, with these numbers"
        )


def _check_digits(paper: PaperShape, path: str) -> None:
    """The entries of one quantity are asked to the same digits, for what follows from them starts from all of them."""
    asked = {field.quantity: field.digits for field in reversed(paper.number_fields)}
    for field in paper.number_fields:
        if field.digits != asked[field.quantity]:
            raise BankError(
                f"{path}: tasks[{field.task + 1}]: entries of {field.quantity} are asked to other digits than in "
                "another task; ask all of them to the same"
            )


def _check_lengths(paper: PaperShape, path: str) -> None:
    """A formula that is asked can be typed within the length that is read."""
    for field in paper.fields:
        if field.as_ == "formula" and not _is_typable(paper, field):
            raise BankError(
                f"{path}: tasks[{field.task + 1}]: the formula of {field.symbol} is longer than {MAX_CHARACTERS} "
                f"characters or {MAX_TOKENS} numbers, symbols and signs; allow it more symbols"
            )


def _is_typable(paper: PaperShape, field: Field) -> bool:
    try:
        return not isinstance(tokenize(typed_reference(paper, field)), Unparsed)
    except ValueError:
        return False


def _absent(paper: PaperShape, task: Task, fields: Sequence[Field]) -> str:
    """That a task names what this question does not have, and what may be named; empty where all is there."""
    quantities = [quantity for quantity in paper.graph.derived if task.is_in_place(quantity)]
    layers, steps = ({getattr(field, part) for field in fields} for part in ("layer", "step"))
    names = [text for text in task.ask if not any(asked_of(text).means(quantity) for quantity in quantities)]
    others = [text for text in task.symbols or () if not any(map(asked_of(text).means, paper.graph))]
    named = [
        *names,
        *(f"layer {layer}" for layer in task.layers if layer not in layers),
        *(f"step {step}" for step in task.steps if step not in steps),
    ]
    if not named and not others:
        return ""
    does = f"asks for {', '.join(named)}" if named else f"has the symbols {', '.join(others)}"
    unknown = [text for text in (*names, *others) if not any(map(asked_of(text).means, paper.graph))]
    allowed = f"; {allowed_names([paper.graph], unknown[0])}" if unknown else ""
    return f"{does}, which this question does not have (shape {paper.label}) in these steps and layers{allowed}"


def _first_repeated(names: Sequence[str], path: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BankError(f"{path}: tasks: {name} is asked twice; ask for each quantity once")
        seen.add(name)
