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
class Given:
    """Numbers that a question gives, as LaTeX of equations, and what is written before them, such as "Sample 1"."""

    label: str
    latex: str


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
    out.
    """

    number: str
    title: str
    text: tuple[str, ...]
    picture: NetworkPicture | None
    givens: tuple[Given, ...]
    tasks: tuple[Task, ...]
    sections: tuple[Section, ...] = ()
    appendix: tuple[str, ...] = ()
    marks: str = ""

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
