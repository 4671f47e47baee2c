"""What a page shows, as plain frozen values: the contract between the builders of papers and the templates.

Text is plain text in which `$...$` encloses LaTeX; LaTeX fields hold bare LaTeX without dollar signs.
Templates only read these values; nothing in here knows HTML.
"""

from dataclasses import dataclass

from examgen.documents.style import STANDARD, PaperStyle

FEWEST_LINES, MOST_LINES = 4, 14
"""Of the working space of a task."""


@dataclass(frozen=True, slots=True)
class LayerPicture:
    """One column of the network diagram: LaTeX symbols of its units, and what is written under it."""

    units: tuple[str, ...]
    caption: str
    has_bias: bool = False


@dataclass(frozen=True, slots=True)
class NetworkPicture:
    """A fully connected network from left to right, inputs first; `description` is its alternative text."""

    layers: tuple[LayerPicture, ...]
    description: str


@dataclass(frozen=True, slots=True)
class CircuitNode:
    """One operation, quantity or given of a circuit, and the wire that leaves it.

    Attributes:
        sign: LaTeX in its circle or box; of what is given, the name before its wire.
        inputs: places of the nodes whose wires end here, in the order in which they are read.
        outline: `circle`, `box` or, of what is given, `none`.
        above: LaTeX above its wire, the fullest first; one of them is shown, all of the same thing.
        below: LaTeX below its wire, the same way.
        is_ordered: whether the order of its inputs matters.
        quantity: name of the quantity on its wire, empty where that has none.
    """

    sign: str
    inputs: tuple[int, ...] = ()
    outline: str = "circle"
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    is_ordered: bool = False
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Places of nodes of a recurrence that is drawn unrolled.

    Attributes:
        steps: the nodes of each time step in the order in which they are computed.
        behind: those that come after the last step.
    """

    steps: tuple[tuple[int, ...], ...]
    behind: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class GridPicture:
    """An array as squares.

    Attributes:
        symbol: LaTeX above it.
        size: rows and columns.
        cells: LaTeX of its numbers, empty where they are not told.
        ring: so many squares of zeros are around it.
        shaded: first row, first column, rows and columns of what is shaded; the ring counts from below 0.
        sign: LaTeX before it, such as that of an equation.
        widest: of the numbers that its squares may hold on papers of one shape, where any of them may stand there.
    """

    symbol: str
    size: tuple[int, int]
    cells: tuple[tuple[str, ...], ...] = ()
    ring: int = 0
    shaded: tuple[int, int, int, int] = (0, 0, 1, 1)
    sign: str = ""
    widest: str = ""


@dataclass(frozen=True, slots=True)
class CircuitPicture:
    """What a free graph looks like.

    Attributes:
        forms: the same circuit in more and in less detail; the first that has room is drawn.
        description: its alternative text.
        captions: what the numbers at its wires are, as is written under it: where derivatives stand there, and where
            none do; empty on what is handed out.
        line: of a recurrence, where its nodes stand in time.
        grids: rows of arrays with a window; drawn in the place of the circuit.
    """

    forms: tuple[tuple[CircuitNode, ...], ...]
    description: str
    captions: tuple[str, ...] = ()
    line: TimeLine | None = None
    grids: tuple[tuple[GridPicture, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """Numbers that a question gives, as LaTeX of equations, and what is written before them, such as "Sample 1"."""

    label: str
    equations: tuple[str, ...]

    @property
    def latex(self) -> str:
        """All equations in one line."""
        return r",\quad ".join(self.equations)


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer box: the field id of the sheet, its Unicode symbol, and the digits that it asks for."""

    field: str
    symbol: str
    digits: str


@dataclass(frozen=True, slots=True)
class AnswerBox:
    """The boxes of one quantity in its shape; `symbol` is LaTeX. A cell is None where nothing is asked."""

    symbol: str
    cells: tuple[tuple[Cell | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """Symbols as LaTeX, and how they are typed in formulas."""

    latex: str
    typed: str


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """A right answer that is no number: LaTeX of what is asked and of the answer, the answer as it is typed, and the
    text of a chosen option; empty where there is none."""

    symbol: str
    latex: str
    typed: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One lettered part: what is asked, to how many digits, for how many marks in all and for each entry.

    Attributes:
        kind: `number`, `formula`, `shape` or `choice`.
        options: letters and texts of the options of a choice.
        takes_several: whether the letters of all right ones are asked.
        spellings: how the symbols of formulas are typed.
        answers: those that are no numbers, for the key.
        characters: that an answer takes at most, as boxes are made for them.
    """

    letter: str
    text: str
    digits: str
    marks: str
    boxes: tuple[AnswerBox, ...]
    each: str = ""
    kind: str = "number"
    options: tuple[tuple[str, str], ...] = ()
    takes_several: bool = False
    spellings: tuple[Spelling, ...] = ()
    answers: tuple[TypedAnswer, ...] = ()
    characters: int = 7

    @property
    def ruled_lines(self) -> int:
        """How many lines of working space it has: more for more answers."""
        answers = sum(cell is not None for box in self.boxes for row in box.cells for cell in row)
        return min(FEWEST_LINES + answers // 2, MOST_LINES)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a worked solution: an optional sentence, then a chain of LaTeX relations.

    `relations` are joined by the template or the typesetter and may be broken between two of them:
    ("z^{(1)}", "= W^{(1)} x + b^{(1)}", "= \\begin{bmatrix}...", "= ...").
    """

    relations: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a worked solution, such as the forward pass of one step."""

    title: str
    lines: tuple[Line, ...]

    @property
    def equations(self) -> tuple[tuple[str, ...], ...]:
        """The relations of its lines."""
        return tuple(line.relations for line in self.lines if line.relations)


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """One question of a paper.

    `sections` (the worked solution) and `appendix` (LaTeX of the derivatives that it uses) are empty on what is handed
    out. `known` has every spelling of a symbol that formulas may have, where some are asked.
    """

    number: str
    title: str
    text: tuple[str, ...]
    picture: NetworkPicture | CircuitPicture | None
    givens: tuple[Given, ...]
    tasks: tuple[Task, ...]
    sections: tuple[Section, ...] = ()
    appendix: tuple[str, ...] = ()
    marks: str = ""
    known: tuple[str, ...] = ()

    @property
    def derivatives(self) -> tuple[tuple[str, ...], ...]:
        """The appendix as chains of relations: of each line the left-hand side and all the rest."""
        lines = (latex.partition(" = ") for latex in self.appendix)
        return tuple((left, f"= {right}") if sign else (left,) for left, sign, right in lines)


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One student's paper, or with worked sections its key.

    Attributes:
        symbols: sentences that say what its symbols mean.
        facts: label and text of what the head of the paper says of the exam, such as course and date.
        is_duplex: whether the inner margin is the wider one.
        is_dense: whether everything stands as close as may be, where that saves a page.
    """

    title: str
    exam: str
    student: str
    name: str
    variant: str
    instructions: tuple[str, ...]
    questions: tuple[QuestionPart, ...]
    marks: str
    symbols: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    is_duplex: bool = False
    is_dense: bool = False
    style: PaperStyle = STANDARD

    @property
    def language(self) -> str:
        """Code of the page's language."""
        return self.style.language

    @property
    def paper(self) -> str:
        """Size of the paper."""
        return self.style.paper

    @property
    def has_working_space(self) -> bool:
        """Whether ruled space is left under each task."""
        return self.style.working_space

    def form_name(self, question: QuestionPart, cell: Cell) -> str:
        """The name of an answer's field in the PDF: its field id, behind the question where there are several."""
        return form_name(question.number if len(self.questions) > 1 else None, cell.field)


def form_name(number: str | None, field: str) -> str:
    """The name of an answer's field in the PDF; the number of its question is None where there is only one."""
    return field if number is None else f"Q{number}_{field}"
