"""Sets a step both ways beside one another, or below one another where a formula is too wide; for `note_setting`."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from examgen.documents.feedback.mistaken_steps import Step
from examgen.documents.pdf.inserted.inserting import Block, Part
from examgen.documents.pdf.inserted.paragraphs import LINE, images_of, letters
from examgen.documents.pdf.stamping import FONT
from examgen.documents.typesetting import INDENT, SIZE, TEXT_WIDTH, Image, Typesetter
from examgen.typeset import pdf_operators

GAP = 22.0
"""Between the columns, in points."""

COLUMN = (TEXT_WIDTH - INDENT - GAP) / 2
_COMMA = re.compile(r"(?<=\d), (?=\d)")
"""A decimal comma as speech has it."""

BETWEEN = 5.5
"""Space between the lines of a column, in points."""


@lru_cache(maxsize=2048)
def step_block(step: Step, headings: tuple[str, str], language: str) -> Block:
    """A step as it should be and as it was done, under their headings.

    Raises: BankError for a formula that cannot be set.
    """
    ways = step.right.lines, step.done.lines
    columns = [_lines(way, language, COLUMN) for way in ways]
    if any(image.formula.width > COLUMN for column in columns for image in column):
        columns = [_lines(way, language, TEXT_WIDTH - INDENT) for way in ways]
        lefts, tops = (INDENT, INDENT), (0.0, _height(columns[0]) + 2 * BETWEEN)
    else:
        lefts, tops = (INDENT, INDENT + COLUMN + GAP), (0.0, 0.0)
    parts: list[Part] = []
    for heading, column, left, top in zip(headings, columns, lefts, tops, strict=True):
        parts += _column(heading, column, left, top)
    height = max(top + _height(column) for column, top in zip(columns, tops, strict=True))
    return Block("P", height, tuple(parts))


def _lines(relations: Sequence[str], language: str, room: float) -> list[Image]:
    """As many relations on each line as fit."""
    typesetter = Typesetter({}, language)

    def image(latex: str) -> Image:
        (found,) = images_of(typesetter.inline(latex, display=True, room=room), typesetter)[-1:]
        return found

    found: list[Image] = []
    line = ""
    for relation in relations:
        longer = f"{line} {relation}".strip()
        fits = image(longer).formula
        if line and (fits.width > room or len(fits.ends) > 1):
            found.append(image(line))
            line = relation
        else:
            line = longer
    return [*found, image(line)]


def _height(column: Sequence[Image]) -> float:
    return LINE * SIZE + sum(BETWEEN + image.formula.height + image.formula.depth for image in column)


def _column(heading: str, column: Sequence[Image], left: float, top: float) -> Iterator[Part]:
    yield Part(letters(left, -top - SIZE, (heading, True), SIZE))
    down = top + LINE * SIZE
    for image in column:
        down += BETWEEN + image.formula.height
        yield Part(pdf_operators(image.formula.place(), FONT, x=left, y=-down), _COMMA.sub(",", image.spoken))
        down += image.formula.depth
