"""What went wrong, in print: which entries these are, and their rows as blocks before all else.

`feedback_printing` calls it, and draws all other texts as it does.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import chain, repeat

from examgen.documents.feedback.feedback_texts import FIRST, SIGNS, FeedbackTexts, RowTexts
from examgen.documents.feedback.printed.feedback_layout import COLUMNS
from examgen.documents.feedback.printed.note_setting import FIRST_ROOM, PAGE_ROOM, SHORT_ROOM, Setting, formula_blocks
from examgen.documents.feedback.printed.row_widths import (
    ANSWER_WIDTH,
    LINE_WIDTH,
    MARKS_WIDTH,
    OWN_WIDTH,
    REFERENCE_WIDTH,
    RESULT_WIDTH,
    ROW_SIZE,
    digits_in,
)
from examgen.documents.feedback.student_feedback import EntryFeedback
from examgen.documents.paper.typed_tasks import on_one_line, symbol_latex
from examgen.documents.pdf.inserted.inserting import PlacedBlock
from examgen.documents.pdf.inserted.row_setting import WrongRow, tables_of
from examgen.documents.style import PaperStyle
from examgen.documents.typesetting import HYPHEN, NAMES, fitted, math_font
from examgen.exams.fields import Field, task_letter
from examgen.exams.paper_shapes import PaperShape

UNKNOWN = "?"
"""What stands in a PDF for a character that its font lacks; the web page shows the character."""

_SIGNS = frozenset({*"".join(SIGNS.values()), FIRST})

BEFORE_TABLE = 6.0
"""Space before a table, in points."""

RESULT_AT = 2100
"""The words of a result begin so far behind its sign's left edge, in thousandths of the size."""


Wrong = tuple[str, str, RowTexts]
"""Part of the paper, symbol as LaTeX and texts of an entry that went wrong."""


def went_wrong(
    entries: Sequence[tuple[PaperShape, Field, EntryFeedback]], texts: FeedbackTexts, questions: int
) -> list[Wrong]:
    """Those that went wrong, in the order of the paper."""
    places = {question: place for place, question in enumerate(dict.fromkeys(one.question for *_, one in entries), 1)}
    found = []
    for (paper, field, entry), row in zip(entries, texts.rows, strict=True):
        if not row.is_right:
            number = f"{places[entry.question]} " if questions > 1 else ""
            found.append((f"{number}({task_letter(field.task)})", on_one_line(symbol_latex(paper, field)), row))
    return found


def is_short(pages: Sequence[Sequence[PlacedBlock]]) -> bool:
    """Whether what went wrong leaves room on the first page."""
    return len(pages) == 1 and all(one.down + one.block.height <= SHORT_ROOM for one in pages[0])


def wrong_blocks(wrong: Sequence[Wrong], above: float, style: PaperStyle) -> list[Setting]:
    """The rows of numbers as tables that fill pages, then what is said of answers that are none."""
    said = style.words["feedback"]
    rows = [
        WrongRow(part, symbol, _numbers_of(row), shown(_in_one_line(row), RESULT_WIDTH, ROW_SIZE))
        for part, symbol, row in wrong
        if not row.is_wide
    ]
    found: list[Setting] = []
    if rows:
        headings = tuple(said[key] for key in COLUMNS)
        rooms = chain([FIRST_ROOM - above - BEFORE_TABLE], repeat(PAGE_ROOM))
        tables = tables_of(rows, headings, style.speech, rooms)
        found += [[(BEFORE_TABLE, table)] for table in tables]
    for part, symbol, row in wrong:
        if row.is_wide:
            line = row.line if row.word else ""
            lines = ((said["answer"], row.answer), (said["reference"], row.reference), (said["result"], line))
            drawn = [(label, _broken_or_cut(text)) for label, text in lines]
            found.append(formula_blocks(part, symbol, drawn, style.speech))
    return found


def _broken_or_cut(text: str) -> str:
    """Two lines of a text, but one of a text that cannot be broken."""
    has_breaks = all(shown(word, LINE_WIDTH, ROW_SIZE)[-1:] != "…" for word in text.split())
    return shown(text, 2 * LINE_WIDTH if has_breaks else LINE_WIDTH, ROW_SIZE)


def _numbers_of(row: RowTexts) -> tuple[str, str, str, str]:
    texts = (row.answer, row.own, row.reference, row.marks)
    widths = (ANSWER_WIDTH, OWN_WIDTH, REFERENCE_WIDTH, MARKS_WIDTH)
    answer, own, reference, marks = (shown(text, width, ROW_SIZE) for text, width in zip(texts, widths, strict=True))
    return answer, own, reference, marks


def _in_one_line(row: RowTexts) -> str:
    """Sign and words, those of all rows below one another."""
    aligned = replace(row, word=signed(row.sign) + row.word)
    return (replace(aligned, why=row.short) if row.short and not _fits(aligned.line) else aligned).line


@lru_cache(maxsize=4096)
def _fits(line: str) -> bool:
    return fitted(line, digits_in(RESULT_WIDTH, ROW_SIZE)) == line


@cache
def signed(sign: str) -> str:
    """A sign with spaces behind it."""
    font = math_font()
    widths = [font.advances[font.glyph(char)] * 1000 / font.units_per_em for char in f"{sign} "]
    return sign + " " * round((RESULT_AT - sum(widths[:-1])) / widths[-1])


@lru_cache(maxsize=65536)
def shown(text: str, width: float, size: float) -> str:
    """A text as far as the font and the room go."""
    return fitted(known(text.replace("-", HYPHEN)), digits_in(width, size))


def known(text: str) -> str:
    """A text as far as the font goes."""
    characters = math_font().characters
    return "".join(char if ord(char) in characters and (char in NAMES or char in _SIGNS) else UNKNOWN for char in text)
