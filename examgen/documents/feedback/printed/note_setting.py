"""Sets the explanations of misconceptions on pages of their own: what they are is `feedback_pages`' `Note`.

Students differ in which notes they have, and in their numbers; each distinct paragraph is set once, and each
calculation is laid out once with slots for its numbers. `feedback_printing` calls it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from examgen.core.graph import Values
from examgen.documents.feedback.feedback_notes import Note, Piece
from examgen.documents.feedback.printed.step_columns import step_block
from examgen.documents.feedback.unread import UnreadAnswers
from examgen.documents.numbers import FIRST_SLOT, PageSlots, Slots, entries, widest_number
from examgen.documents.paper.printing import QuestionLayout, printed_numbers
from examgen.documents.paper.typed_tasks import on_one_line
from examgen.documents.pdf.inserted.inserting import Block, PlacedBlock
from examgen.documents.pdf.inserted.paragraphs import Run, display, images_of, paragraph
from examgen.documents.pdf.slot_values import SlotValues
from examgen.documents.pdf.stamping import FONT
from examgen.documents.style import PaperStyle
from examgen.documents.typesetting import INDENT, TEXT_WIDTH, Image, Typesetter, math_font
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.documents.worked.worked_lines import relations
from examgen.typeset import Form, FormSet, form_set, pdf_operators

SHORT_ROOM, FIRST_ROOM, PAGE_ROOM = 150.0, 484.0, 670.0
"""Room in points for little that went wrong, then behind the head of the first page, and on a further one, the same on
either paper; as in feedback_print.css."""

TITLE, HEADING = 13.0, 11.5
"""Sizes of headings in points, as in the style sheets."""

MOST_SYMBOLS = 12
"""So many answers are named beside a reason; all have it in their row."""

BEFORE_NOTE, BEFORE_TEXT, BEFORE_FORMULA, BEFORE_STEP = 14.0, 3.5, 5.0, 7.0
"""Space before a note, a paragraph, a displayed formula and a step, in points."""

Setting = list[tuple[float, Block]]
"""Blocks that follow one another, each with the space before it."""


@dataclass(frozen=True, slots=True)
class DecimalSlots:
    """Slots of numbers that are never printed as fractions: a student's own are no exact ones."""

    slots: Slots

    def text(self, value: object, decimals: int, denominator: int = 0) -> str:  # noqa: ARG002
        """A slot with these decimals."""
        return self.slots.text(value, decimals)

    def bracket(self, text: str) -> str:
        """As of `Slots`."""
        return self.slots.bracket(text)

    def bare_start(self, text: str) -> str:
        """As of `Slots`."""
        return self.slots.bare_start(text)


@dataclass(frozen=True, slots=True, eq=False)
class Calculation:
    """A quantity's relations with slots for a student's own numbers, line by line; `drawings` are of those lines that
    have slots."""

    images: tuple[Image, ...]
    drawings: FormSet
    numbers: SlotValues


def note_blocks(note: Note, style: PaperStyle) -> Setting:
    """A note without its calculation: a paragraph for each cause, and its step both ways."""
    said, language = style.words["feedback"], style.speech
    heading = said["note"].format(number=note.number, title=note.title)
    found: Setting = [(BEFORE_NOTE, _set((Run("bold", heading),), language, "H3", HEADING))]
    wrote = [*_runs(note.wrote), *([Run("text", " "), *_runs(note.same)] if note.same else [])]
    has_several = len(note.explanations) > 1
    if has_several:
        found.append((BEFORE_TEXT, _set((*wrote, Run("text", f" {said['either']}")), language)))
    for explanation in note.explanations:
        runs = [] if has_several else [*wrote, Run("text", " ")]
        if has_several:
            found.append((2 * BEFORE_TEXT, _set((Run("bold", explanation.title),), language)))
        for label, pieces in ((said["did"], explanation.did), (said["should"], explanation.should)):
            runs += [Run("bold", f"{label} "), *_runs(pieces), Run("text", " ")]
        found.append((BEFORE_TEXT, _set(tuple(runs[:-1]), language)))
        if explanation.step is not None:
            headings = said["as_should"], said["as_done"]
            step = step_block(explanation.step, headings, language)
            found.append((BEFORE_STEP, step))
    return found


def slip_blocks(wrote: Sequence[Piece], style: PaperStyle) -> Setting:
    """The sentences before the calculation of a slip, which follows the table of what went wrong."""
    runs = (*_runs(wrote), Run("text", f" {style.words['feedback']['calculation']}"))
    return [(BEFORE_STEP, _set(runs, style.speech))]


def answers_blocks(
    number: int, title: str, unread: Sequence[UnreadAnswers], style: PaperStyle, *, has_several: bool
) -> Setting:
    """A note on answers that have no explanation: a paragraph for each reason.

    Args:
        number: of the note.
        title: of the note.
        unread: the reasons.
        style: of the page.
        has_several: whether the exam has several questions, so that symbols alone do not say which answers.
    """
    said, language = style.words["feedback"], style.speech
    heading = said["note"].format(number=number, title=title)
    found: Setting = [(BEFORE_NOTE, _set((Run("bold", heading),), language, "H3", HEADING))]
    for one in unread:
        runs = [Run("bold", style.words["question"].format(number=one.question) + said["colon"])] if has_several else []
        for part, symbols in groupby(one.answers[:MOST_SYMBOLS], key=itemgetter(0)):
            runs.append(Run("typed", f"({part}) "))
            for _, symbol in symbols:
                runs += [Run("formula", on_one_line(symbol)), Run("typed", ", ")]
        more = ", …" if len(one.answers) > MOST_SYMBOLS else ""
        runs[-1] = Run("typed", f"{more}{said['colon']}{one.reason}")
        found.append((BEFORE_TEXT, _set(tuple(runs), language)))
    return found


def calculation_heading(style: PaperStyle) -> Setting:
    """The sentence before a calculation."""
    return [(BEFORE_TEXT, _set((Run("text", style.words["feedback"]["calculation"]),), style.speech))]


def calculation_blocks(
    question: QuestionLayout, quantity: str, values: Values, style: PaperStyle
) -> Iterator[tuple[float, Block]]:
    """The calculation of a quantity with a student's own numbers.

    Args:
        question: the digits are those of the student's numbers.
        quantity: its name.
        values: the student's, by name.
        style: of the page.

    Raises: SlotTooNarrow if a number has more digits than the layout says.
    """
    set_once = calculation_of(question, quantity, style.speech, style.decimal_mark)
    numbers = set_once.numbers
    texts, spoken = printed_numbers(numbers, [values], style)
    aloud = {FIRST_SLOT + slot: spoken[place] for slot, place in enumerate(numbers.places)}
    drawings = iter(set_once.drawings.operators(texts))
    for number, image in enumerate(set_once.images):
        formula = image.formula
        drawn = next(drawings) if image.slots else pdf_operators(formula.place(), FONT, y=formula.depth)
        left = (TEXT_WIDTH - image.formula.width) / 2 if image.is_centred else INDENT * (number > 0)
        yield BEFORE_FORMULA, display(drawn, image, image.spoken.translate(aloud), left)


@lru_cache(maxsize=4096)
def calculation_of(question: QuestionLayout, quantity: str, language: str, decimal_mark: str) -> Calculation:
    """The calculation of a quantity, laid out for numbers of so many digits."""
    slots = PageSlots(texts=0)
    graph = question.paper.graph
    solved = SolvedPaper(question.paper, entries(graph), dict(question.decimals), DecimalSlots(Slots(0, slots)))
    shown = relations(solved, graph[quantity])
    widest = {
        place: widest_number(slot, question.whole_digits).replace(".", decimal_mark)
        for place, (_, slot) in enumerate(slots.numbers)
    }
    typesetter = Typesetter(widest, language)
    images = images_of(typesetter.equation(shown), typesetter)
    numbers = SlotValues.of(slots, [graph])
    forms = [
        Form(image.formula, tuple(numbers.places[slot] for slot in image.slots), image.is_centred)
        for image in images
        if image.slots
    ]
    return Calculation(tuple(images), form_set(forms, math_font(), FONT), numbers)


def title_block(title: str, language: str) -> Block:
    """What stands above all that went wrong."""
    return _set((Run("bold", title),), language, "H2", TITLE)


def pages_of(heading: Block, notes: Sequence[Setting]) -> list[list[PlacedBlock]]:
    """The notes under a heading on pages; each is kept on one page where it fits."""
    pages, down = [[PlacedBlock(heading, 0.0)]], heading.height
    for note in notes:
        height = sum(space + block.height for space, block in note)
        room = FIRST_ROOM if len(pages) == 1 else PAGE_ROOM
        kept = [note] if down + height <= room or height <= PAGE_ROOM else [[one] for one in note]
        for blocks in kept:
            room = FIRST_ROOM if len(pages) == 1 else PAGE_ROOM
            if down + sum(space + block.height for space, block in blocks) > room:
                pages.append([])
                down = 0.0
            for space, block in blocks:
                down += space if pages[-1] else 0.0
                pages[-1].append(PlacedBlock(block, down))
                down += block.height
    return pages


@lru_cache(maxsize=16384)
def _set(runs: tuple[Run, ...], language: str, role: str = "P", size: float = 10.5) -> Block:
    return paragraph(runs, language, role=role, size=size)


def formula_blocks(part: str, symbol: str, said: Sequence[tuple[str, str]], language: str) -> Setting:
    """What is said of an answer that is no number: labels and texts, a line each."""
    runs = (Run("typed", f"{part} "), Run("formula", symbol))
    found: Setting = [(BEFORE_STEP, _set(runs, language))]
    for label, text in said:
        found.append((1.0, _set((Run("bold", f"{label} "), Run("typed", text)), language, "P", 9.0)))
    return found


def _runs(pieces: Sequence[Piece]) -> Iterator[Run]:
    for piece in pieces:
        yield Run("typed" if piece.kind == "value" else piece.kind, piece.content)
