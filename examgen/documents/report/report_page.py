"""What stands in a class report, as frozen values; `report_writing` shows it, and `class_report` of the batch fills it.

Numbers are numbers, NaN where there is none to tell; texts are plain, with formulas between dollar signs.
"""

from dataclasses import dataclass

Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextTable:
    """A small table: its heads, its rows, and which of its columns are numbers."""

    heads: Texts
    rows: tuple[Texts, ...]
    numbers: frozenset[int] = frozenset()
    left_out: int = 0
    """Rows that are not shown, as there are too many."""


@dataclass(frozen=True, slots=True)
class NetworkFlow:
    """How a class did along a network; shares are 0 to 1, NaN where nothing was asked.

    Attributes:
        units: names of the units by layer, inputs first.
        forward: by layer and unit, the share that had the values of the forward pass right.
        backward: the same for the derivatives by what comes into a unit.
        weights: by layer, unit to and unit from, the same for the derivatives by the weights.
    """

    units: tuple[Texts, ...]
    forward: tuple[tuple[float, ...], ...]
    backward: tuple[tuple[float, ...], ...]
    weights: tuple[tuple[tuple[float, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One asked quantity in the order of the solution.

    Attributes:
        symbol: of the quantity, as plain text.
        answered: the share of its entries that were answered.
        right: the share that is right, or follows from an earlier slip.
        first_wrong: how many students went wrong here first.
        layer: how many asked quantities lie on the longest way to it.
        reads: places of the asked steps that it is worked out from, past what is not asked.
    """

    symbol: str
    answered: float
    right: float
    first_wrong: int
    layer: int
    reads: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry: symbol and field, and its figures."""

    symbol: str
    field: str
    asked: int
    difficulty: float
    discrimination: float
    blank: int
    unreadable: int
    wrong: int
    first_wrong: int
    cause: str


@dataclass(frozen=True, slots=True)
class TaskBar:
    """A task and how its entries came out, as shares of all."""

    name: str
    right: float
    follows: float
    imprecise: float
    wrong: float
    missing: float


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """One question: where the class goes wrong along its graph, and by entry; `all_right` more have full marks."""

    name: str
    title: str
    network: NetworkFlow | None
    steps: tuple[Step, ...]
    entries: tuple[EntryRow, ...]
    all_right: int = 0


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A misconception: its title, of how many students and entries it is behind, and what to tell the class."""

    name: str
    title: str
    students: int
    entries: int
    advice: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The whole report.

    Attributes:
        title: of the exam.
        facts: what stands at its head, name and value.
        unsaid: sentences on what cannot be said of this class.
        histogram: how many papers in each tenth of the marks, from the least.
        spread: of marks and percent.
        reliability: alpha and its interval.
        tasks: how their entries came out.
        questions: one after another.
        causes: the commonest first.
        unreadable: why answers could not be read.
        variants: marks by shape of each question, and a sentence on them.
        compared: that sentence.
        students: whom to look at, and why.
        integrity: evidence, never a mark.
        absent: names of who handed in nothing.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    unsaid: Texts
    histogram: tuple[int, ...]
    spread: TextTable
    reliability: TextTable
    tasks: tuple[TaskBar, ...]
    questions: tuple[QuestionReport, ...]
    causes: tuple[CauseRow, ...]
    unreadable: TextTable
    variants: TextTable
    compared: str
    students: TextTable
    integrity: TextTable
    absent: TextTable
