"""Who sits in a simulated class, and what they hand in; called by benchmark and tests."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.network import NetworkShape
from examgen.core.products import ProductsShape
from examgen.core.turned import plain_of
from examgen.exams.exam import Exam, QuestionVariant, Variant
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from tests.classroom import hand_circuits
from tests.classroom.figures import Array
from tests.classroom.learner import Learner
from tests.classroom.misconceptions import MISCONCEPTIONS
from tests.classroom.notebook import Habits, Notebook, Slip
from tests.classroom.warmups import multiply

HONEST: Mapping[str, Habits] = MappingProxyType(
    {
        "carries rounded": Habits(),
        "rounds what is asked": Habits(rounds_unasked=False),
        "carries all digits": Habits(carry=0.0),
        "now so, now so": Habits(carry=0.5),
        "writes more digits": Habits(more=4),
    }
)
"""Ways of honest work."""

SHORT: Mapping[str, Habits] = MappingProxyType(
    {
        f"{figures} figures, {how}, {on}": Habits(
            carry=carry, rounds_unasked=False, figures=figures, cuts=how == "cut off"
        )
        for figures in (2, 3, 4)
        for how in ("rounded", "cut off")
        for on, carry in (("carried", 1.0), ("all digits carried", 0.0), ("now so, now so", 0.5))
    }
)
"""Ways of honest work with fewer digits than asked."""

CUTTING: Mapping[str, Habits] = MappingProxyType(
    {
        f"cut off as asked, {on}": Habits(carry=carry, rounds_unasked=False, cuts=True)
        for on, carry in (("carried", 1.0), ("all digits carried", 0.0), ("now so, now so", 0.5))
    }
)
"""Ways of honest work with digits cut off instead of rounded."""

_HABITS = {**HONEST, **SHORT, **CUTTING}


@dataclass(frozen=True, slots=True)
class Pupil:
    """One student of a simulated class.

    Attributes:
        id: of the student.
        variant: whose numbers the paper has; it is handed in under the id of the student.
        habits: a key of `HONEST`, `SHORT` or `CUTTING`.
        belief: a key of `MISCONCEPTIONS`; empty for none.
        slips: whether one entry goes wrong.
        slips_in: kinds of the entries that may; empty for any.
        goes_on_from: as in `Learner`.
    """

    id: str
    variant: Variant
    habits: str = "carries rounded"
    belief: str = ""
    slips: bool = False
    slips_in: frozenset[str] = frozenset()
    goes_on_from: str = "dL_dz"

    @property
    def own_variant(self) -> Variant:
        """The variant under the student's name, with a code of its own: no two students of a class share one."""
        return replace(self.variant, student=self.id, name="", code=f"{self.variant.code}-{self.id}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one student hands in, fields in the order of the paper.

    Attributes:
        texts: as written; empty where a calculator gave an error.
        values: (fields,) the same as numbers.
        slip: where it slipped, its column counted over the whole paper; None for no slip.
    """

    texts: tuple[str, ...]
    values: Array
    slip: Slip | None


def beliefs_of(exam: Exam, variant: Variant) -> list[str]:
    """Labels of the misconceptions that can show on a paper."""
    shapes = [paper.shape for paper, _ in papers(exam, variant)]
    return [label for label, row in MISCONCEPTIONS.items() if any(row.can_show(shape) for shape in shapes)]


def work_out(exam: Exam, pupils: Sequence[Pupil], seed: int) -> list[Sheet]:
    """The sheets of these students, in their order; the same for the same seed."""
    random = np.random.default_rng(seed)
    pages = [list(papers(exam, pupil.variant)) for pupil in pupils]
    slips = [_slip_columns(each, pupil, random) for each, pupil in zip(pages, pupils, strict=True)]
    done: list[list[tuple[list[str], Array, Slip | None]]] = [[] for _ in pupils]
    for question in range(len(exam.questions)):
        groups: dict[tuple[PaperShape, str, str, str], list[int]] = {}
        for number, pupil in enumerate(pupils):
            key = (pages[number][question][0], pupil.habits, pupil.belief, pupil.goes_on_from)
            groups.setdefault(key, []).append(number)
        for (paper, habits, belief, goes_on_from), members in groups.items():
            givens = [pages[number][question][1].givens for number in members]
            columns = np.array([slips[number][question] for number in members])
            salt = zlib.crc32(f"{question} {paper.label} {habits} {belief} {seed}".encode())
            book = Notebook(paper, len(members), _HABITS[habits], salt, columns)
            together = {name: np.stack([each[name] for each in givens]) for name in givens[0]}
            learner = _learner(exam, paper, belief)
            learner.goes_on_from = goes_on_from
            answer(paper, learner, together, book)
            for row, (number, texts) in enumerate(zip(members, book.texts(), strict=True)):
                done[number].append((texts, book.written[row], book.slips.get(row)))
    return [_sheet(parts) for parts in done]


def answer(paper: PaperShape, learner: Learner, givens: Mapping[str, Array], book: Notebook) -> None:
    """Work a question out, whatever it is of, and write it into the book.

    Args:
        paper: the question.
        learner: whose beliefs count.
        givens: (students, *shape) by given quantity.
        book: where results are written down.
    """
    with np.errstate(all="ignore"):
        match plain_of(paper.shape):
            case NetworkShape() as shape:
                learner.train(shape, givens, book)
            case ProductsShape() as shape:
                multiply(learner, shape, givens, book)
            case CircuitShape() as shape:
                hand_circuits.work_out(shape, givens, hand_circuits.in_book(book.note), learner.beliefs)


def _learner(exam: Exam, paper: PaperShape, belief: str) -> Learner:
    row = MISCONCEPTIONS.get(belief)
    learner = row.learner() if row is not None and row.can_show(paper.shape) else Learner()
    learner.delta = exam.notation.delta or learner.delta
    return learner


def _slip_columns(
    questions: Sequence[tuple[PaperShape, QuestionVariant]], pupil: Pupil, random: np.random.Generator
) -> NDArray[np.int64]:
    """(questions,) the column of the slip in the question where it happens, -1 in all others."""
    columns = np.full(len(questions), -1)
    if pupil.slips:
        places = [
            (number, column)
            for number, (paper, _) in enumerate(questions)
            for column, field in enumerate(paper.fields)
            if not pupil.slips_in or field.kind in pupil.slips_in
        ]
        number, column = places[int(random.integers(len(places)))]
        columns[number] = column
    return columns


def _sheet(parts: Iterable[tuple[list[str], Array, Slip | None]]) -> Sheet:
    texts: list[str] = []
    values: list[Array] = []
    slip = None
    for written, numbers, slipped in parts:
        if slipped is not None:
            slip = replace(slipped, column=len(texts) + slipped.column)
        texts += written
        values.append(numbers)
    return Sheet(tuple(texts), np.concatenate(values), slip)
